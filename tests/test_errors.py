"""What an error says is only shown, by a terminal too."""

from __future__ import annotations

import unicodedata

from utils.errors import WorkbookError, printable, without_colours

HOSTILE = "\x1b]0;x\x07\x1b[2J\x9b31m\r\x00\u2028\ud800"


def test_control_characters_are_blanks_and_line_breaks_stay() -> None:
    assert printable("a\x1b[2J\tb\nc\u2028d\x9b\ud800e") == "a [2J b\nc d  e"


def test_colours_of_a_program_are_left_out() -> None:
    assert without_colours("a\x1b[1;31mb\x1b[0m\x1b[2Jc") == "abc"


def test_no_part_of_an_error_steers_a_terminal() -> None:
    try:
        raise WorkbookError(f"It has {HOSTILE}.", f"Mend\n{HOSTILE}.") from KeyError(HOSTILE)
    except WorkbookError as error:
        told = [str(error), error.full_report(), *error._render_traceback_()]
        assert error.what == f"It has {HOSTILE}.", "whoever escapes it by himself has it whole"
    for text in told:
        assert "]0;x" in text
        assert {one for one in text if unicodedata.category(one) in ("Cc", "Cs")} <= {"\n"}
