from __future__ import annotations

import re
from pathlib import Path

import pytest

from utils import paths
from utils.complaints import card


@pytest.fixture(scope="module")
def measures() -> card.Measures:
    return card.measure()


def test_the_committed_card_is_what_the_data_gives(measures: card.Measures) -> None:
    assert card.render(measures) == (paths.DATA / "README.md").read_text(encoding="utf-8")


def test_every_effect_is_within_its_tolerance(measures: card.Measures) -> None:
    checked = 0
    for line in measures.effects:
        if line.tolerance is not None and line.constant is not None:
            assert abs(line.measured - line.constant) <= line.tolerance, line
            checked += 1
    assert checked >= 40


def test_model_effects_have_the_planted_signs(measures: card.Measures) -> None:
    found = {line.effect: line.measured for line in measures.models}
    assert found["AUC with text"] > found["AUC without text"] + 0.04
    assert found["AUC with text, on S4"] < found["AUC with text"] - 0.08
    assert found["false positive rate, in the group"] > (
        2 * found["false positive rate, outside of it"]
    )
    assert found["false positive rate without `state`, in the group"] == pytest.approx(
        found["false positive rate without `state`, outside of it"], abs=0.05
    )
    for line in measures.models:
        assert line.constant is not None
        assert line.measured == pytest.approx(line.constant, abs=0.1)


def test_the_card_has_no_gaps_and_names_no_machine() -> None:
    text = (paths.DATA / "README.md").read_text(encoding="utf-8")
    assert "{{" not in text
    assert not re.search(r"/work/|/tmp/|\bnan\b", text)
    for heading in ("What is invented", "Columns", "Planted effects", "Power", "Limits", "Licence"):
        assert heading in text


def test_writing_is_atomic_and_repeatable(
    tmp_path: Path, measures: card.Measures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card, "measure", lambda progress=False: measures)
    path = card.write(tmp_path / "README.md")
    assert path.read_bytes() == (paths.DATA / "README.md").read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["README.md"]
