"""What mutmut writes is read as its author wrote it, and what changes only words is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutation import __main__ as command
from tests.mutation import equivalent, mutants, running
from tests.mutation.equivalent import Equivalent
from tests.mutation.modules import APART, MODULES, SENTENCES
from tests.mutation.running import Outcome
from utils import paths

WRITTEN = """
from somewhere import trampoline

mutants_x_half = {}


@trampoline(mutants_x_half)
def half(value):
    return value / 2


def x_half__mutmut_orig(value):
    if value < 0:
        raise ValueError("Below zero.", "Give more.")
    return (
        value / 2
    )


def x_half__mutmut_1(value):
    if value <= 0:
        raise ValueError("Below zero.", "Give more.")
    return (
        value / 2
    )


def x_half__mutmut_2(value):
    if value < 0:
        raise ValueError("XXBelow zero.XX", "Give more.")
    return (
        value / 2
    )


def x_half__mutmut_10(value):
    if value < 0:
        raise ValueError("Below zero.", )
    return (
        value / 2
    )


class Told:
    def xǁToldǁwords__mutmut_orig(self, text):
        return "few" if text == "none" else f"{text} " + "many".join("a")

    def xǁToldǁwords__mutmut_1(self, text):
        return "FEW" if text == "none" else f"{text} " + "many".join("a")

    def xǁToldǁwords__mutmut_2(self, text):
        return "few" if text == "NONE" else f"{text} " + "many".join("a")

    def xǁToldǁwords__mutmut_3(self, text):
        return "few" if text == "none" else f"{text} " + "MANY".join("a")
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    file = tmp_path / "some.py"
    file.write_text(WRITTEN, "utf-8")
    return file


def test_each_mutant_is_named_by_its_function_and_the_lines_that_it_changes(written: Path) -> None:
    found = mutants.read(written, "some")
    assert [one.name.removeprefix("some.") for one in found] == [
        *(f"x_half__mutmut_{number}" for number in (1, 2, 10)),
        *(f"xǁToldǁwords__mutmut_{number}" for number in (1, 2, 3)),
    ]
    first = found[0]
    assert (first.function, first.before, first.after) == (
        "half",
        "if value < 0:",
        "if value <= 0:",
    )
    assert found[3].function == "Told.words"


def test_only_words_of_errors_and_of_sentences_are_wording(written: Path) -> None:
    plain = {one.name: one.wording for one in mutants.read(written, "some")}
    assert [name for name, wording in plain.items() if wording] == ["some.x_half__mutmut_2"]
    told = mutants.read(written, "some", ["Told.words"])
    assert [one.name[-1] for one in told if one.wording and "Told" in one.function] == ["1"]


def test_the_same_seed_draws_the_same_and_no_wording(written: Path) -> None:
    found = mutants.read(written, "some")
    assert [one.name for one in mutants.draw(found, 9, "a")] == [
        one.name for one in found if not one.wording
    ]
    drawn = mutants.draw(found, 2, "a")
    assert len(drawn) == 2 and drawn == mutants.draw(found, 2, "a")
    assert {tuple(mutants.draw(found, 2, str(seed))) for seed in range(9)} > {tuple(drawn)}


def test_survivors_are_open_unless_they_are_known(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three, *_ = mutants.read(written, "some")
    known = Equivalent("some.py", "half", one.before, one.after, "Nobody halves nothing.")
    monkeypatch.setattr(equivalent, "known", lambda: (known,))
    found = command.record(Outcome("some.py", 7, (two,), (one, three)))
    assert found == {
        "module": "some.py",
        "made": 7,
        "mutants": 3,
        "noticed": 1,
        "hung": 0,
        "equivalent": 1,
        "survived": 1,
        "open": [{"function": "half", "before": three.before, "after": three.after}],
    }
    assert command.judged(found) == found
    also = Equivalent("some.py", "half", three.before, three.after, "Words.")
    monkeypatch.setattr(equivalent, "known", lambda: (known, also))
    assert command.judged(found) == {**found, "equivalent": 2, "survived": 0, "open": []}


def test_mutants_are_made_in_a_copy_that_knows_one_module_and_its_tests(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    running.copy(folder)
    module = "utils/intervals.py"
    assert (folder / module).read_bytes() == (paths.ROOT / module).read_bytes()
    assert not (folder / "build").exists()
    lines = running.settings(module, MODULES[module], folder).splitlines()
    assert 'only_mutate = ["utils/intervals.py"]' in lines
    assert 'pytest_add_cli_args_test_selection = ["tests/test_intervals.py"]' in lines
    (others,) = (line for line in lines if line.startswith("also_copy"))
    assert '"data"' in others and '"utils"' not in others


def test_every_module_and_every_test_is_there() -> None:
    for module, tests in MODULES.items():
        for name in (module, *tests):
            assert (paths.ROOT / name).is_file(), name
    assert set(SENTENCES) | set(APART) <= set(MODULES)


def test_what_is_known_to_change_nothing_says_why_and_still_stands_in_the_code() -> None:
    listed = equivalent.known()
    assert len({one[:4] for one in listed}) == len(listed)
    for one in listed:
        assert one.reason.endswith("."), one
        lines = (paths.ROOT / one.module).read_text("utf-8").splitlines()
        code = " ".join(line.strip() for line in lines if line.strip())
        assert one.before in code, one
