"""Answers to chapter 10 that a test can make without a model."""

import pytest
from tfx import v1 as tfx
from tfx.dsl.component.experimental.decorators import component
from tfx.types import standard_artifacts
from tfx.types.artifact import Property, PropertyType

from utils.exercises import chapter_10
from utils.exercises.reading import AnswerForm


class Comparison(tfx.dsl.Artifact):
    """Two ends of an interval."""

    TYPE_NAME = "Comparison"
    PROPERTIES = dict.fromkeys(("low", "high"), Property(PropertyType.FLOAT))


@component
def Compare(comparison: tfx.dsl.components.OutputArtifact[Comparison]) -> None:
    """Compare nothing."""


@component
def Review(blessing: tfx.dsl.components.OutputArtifact[standard_artifacts.ModelBlessing]) -> None:
    """Ask nobody."""


@component
def Raises(
    comparison: tfx.dsl.components.InputArtifact[Comparison],
    margin: tfx.dsl.components.Parameter[float],
    blessing: tfx.dsl.components.OutputArtifact[standard_artifacts.ModelBlessing],
) -> None:
    """Stop at once."""
    raise KeyError("low")


@component
def Silent(
    comparison: tfx.dsl.components.InputArtifact[Comparison],
    margin: tfx.dsl.components.Parameter[float],
    blessing: tfx.dsl.components.OutputArtifact[standard_artifacts.ModelBlessing],
) -> None:
    """Say nothing."""


@component
def Right(
    comparison: tfx.dsl.components.InputArtifact[Comparison],
    margin: tfx.dsl.components.Parameter[float],
    blessing: tfx.dsl.components.OutputArtifact[standard_artifacts.ModelBlessing],
) -> None:
    """Judge by the lower end."""
    blessing.set_int_custom_property("blessed", int(comparison.low >= -margin))


@component
def Both(
    first: tfx.dsl.components.InputArtifact[standard_artifacts.ModelBlessing],
    second: tfx.dsl.components.InputArtifact[standard_artifacts.ModelBlessing],
    blessing: tfx.dsl.components.OutputArtifact[standard_artifacts.ModelBlessing],
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
