"""Answers to chapter 10 that a test can make without a model."""

import pandas as pd
import pytest
from tfx import v1 as tfx
from tfx.components import CsvExampleGen
from tfx.components.example_gen.base_example_gen_executor import BaseExampleGenExecutor
from tfx.components.example_gen.component import FileBasedExampleGen
from tfx.dsl.component.experimental.decorators import component
from tfx.dsl.components.base.executor_spec import BeamExecutorSpec
from tfx.types.artifact import Property, PropertyType
from tfx.types.standard_artifacts import Examples, Float, ModelBlessing
from tfx.v1.dsl.components import InputArtifact, OutputArtifact, OutputDict, Parameter

from utils.exercises import chapter_10
from utils.exercises.reading import AnswerForm


class Comparison(tfx.dsl.Artifact):
    """Two ends of an interval."""

    TYPE_NAME = "Comparison"
    PROPERTIES = dict.fromkeys(("low", "high"), Property(PropertyType.FLOAT))


class Letters(BaseExampleGenExecutor):
    """Read nothing."""

    def GetInputSourceToExamplePTransform(self):
        raise NotImplementedError


@component
def Share(examples: InputArtifact[Examples], split: Parameter[str]) -> OutputDict(share=float):  # type: ignore[valid-type]
    """Count nothing."""
    return {"share": 0.0}


@component
def Compare(comparison: OutputArtifact[Comparison]) -> None:
    """Compare nothing."""


@component
def Review(blessing: OutputArtifact[ModelBlessing]) -> None:
    """Ask nobody."""


@component
def Raises(
    comparison: InputArtifact[Comparison],
    margin: Parameter[float],
    blessing: OutputArtifact[ModelBlessing],
) -> None:
    """Stop at once."""
    raise KeyError("low")


@component
def Silent(
    comparison: InputArtifact[Comparison],
    margin: Parameter[float],
    blessing: OutputArtifact[ModelBlessing],
) -> None:
    """Say nothing."""


@component
def Right(
    comparison: InputArtifact[Comparison],
    margin: Parameter[float],
    blessing: OutputArtifact[ModelBlessing],
) -> None:
    """Judge by the lower end."""
    blessing.set_int_custom_property("blessed", int(comparison.low >= -margin))


@component
def Both(
    first: InputArtifact[ModelBlessing],
    second: InputArtifact[ModelBlessing],
    blessing: OutputArtifact[ModelBlessing],
) -> None:
    """Need two people."""
    yes = all(one.get_int_custom_property("blessed") for one in (first, second))
    people = {one.get_string_custom_property("by") for one in (first, second)}
    blessing.set_int_custom_property("blessed", int(yes and len(people) == 2))


@pytest.mark.parametrize(
    ("kind", "margin", "hint"),
    [
        (Raises, 0.02, "raises KeyError"),
        (Silent, 0.02, "leaves the custom property blessed unset"),
        (Right, 0.5, "another margin"),
        (Right, 0.02, "Now run it"),
    ],
)
def test_what_the_function_does_is_told(kind, margin, hint):
    compared = Compare()
    answer = kind(comparison=compared.outputs["comparison"], margin=margin)
    verdict = chapter_10.good_enough(answer, None, compared=compared)
    assert not verdict
    assert hint in verdict.reason


def test_both_orders_of_two_reviews_are_accepted():
    reviewed = [Review().with_id("One"), Review().with_id("Other")]
    for first, second in (reviewed, reviewed[::-1]):
        answer = Both(first=first.outputs["blessing"], second=second.outputs["blessing"])
        verdict = chapter_10.four_eyes(answer, None, reviewed=reviewed)
        assert "Now run it" in verdict.reason
    twice = Both(first=reviewed[0].outputs["blessing"], second=reviewed[0].outputs["blessing"])
    assert "its input" in chapter_10.four_eyes(twice, None, reviewed=reviewed).reason


@pytest.mark.parametrize("answer", [Right, "a text", lambda: None])
def test_another_form_is_named(answer):
    with pytest.raises(AnswerForm):
        chapter_10.good_enough(answer, None, compared=Compare())


def test_letters_that_all_have_one_number(monkeypatch, tmp_path):
    for name in ("1", "2"):
        (tmp_path / f"{name}.txt").write_text(f"letter {name}")
    rows = {"complaint_id": ["1", "1"], "consumer_complaint_narrative": ["letter 1", "letter 2"]}
    monkeypatch.setattr(chapter_10.read, "table", lambda *_: pd.DataFrame(rows))
    monkeypatch.setattr(chapter_10.reading, "has_run", lambda *_: True)
    answer = FileBasedExampleGen(
        input_base=str(tmp_path), custom_executor_spec=BeamExecutorSpec(Letters)
    )
    verdict = chapter_10.an_executor_for_letters(answer, None, folder=tmp_path)
    assert "complaint_id is '1' twice" in verdict.reason


@pytest.mark.parametrize("now", [None, {}, {"share": None}, KeyError("label")])
def test_a_function_that_was_edited_since_and_stops(monkeypatch, now):
    def called(**_):
        if isinstance(now, Exception):
            raise now
        return now

    made = CsvExampleGen(input_base="data")
    made.outputs["examples"].set_artifacts([Examples()])
    answer = Share(examples=made.outputs["examples"], split="eval")
    (share,) = answer.outputs["share"].get() or [Float()]
    answer.outputs["share"].set_artifacts([share])
    monkeypatch.setattr(type(share), "read", lambda _: 0.9)
    monkeypatch.setattr(type(answer), "test_call", called)
    monkeypatch.setattr(chapter_10.reading, "has_run", lambda *_: True)
    labels = pd.DataFrame({chapter_10.LABEL: [1, 0]})
    monkeypatch.setattr(chapter_10.read, "table", lambda *_: labels)
    verdict = chapter_10.a_share_by_a_function(answer, None, examples=made)
    assert not verdict
    assert "it returned 0.9" in verdict.reason
