"""Two sentences, whoever passes the error on."""

import pickle

from utils.errors import wrapped
from utils.ingestion.errors import IngestionError
from utils.session import errors


def test_both_sentences_survive_beam_and_pickle():
    error = pickle.loads(pickle.dumps(IngestionError("It is broken.", "Mend it.")))
    assert str(error) == "It is broken.\nMend it."
    beams = type(error)(error.args[0] + " [while running 'Read']", *error.args[1:])
    assert errors.reason(beams) == "IngestionError: It is broken."
    assert errors.cure_for(beams) == "Mend it."
    assert error._render_traceback_() == [
        "IngestionError: It is broken.",
        "What to do: Mend it.",
    ]


def test_long_lines_are_broken_between_words():
    what = " ".join(["complaint_id,"] * 30)
    shown = IngestionError(what)._render_traceback_()[0]
    assert max(map(len, shown.splitlines())) <= 100
    assert shown.split() == ["IngestionError:", *what.split()]


def test_short_lines_and_long_words_stay_as_they_are():
    text = f"two\n    lines, and\n{'x' * 150}"
    assert wrapped(text) == text
