"""Answers to chapter 7 whose form is right, and which leave something out."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import tensorflow_model_analysis as tfma
from google.protobuf import text_format
from tensorflow_model_analysis.proto import config_pb2

from utils.exercises import chapter_07
from utils.exercises.reading import AnswerForm

AUC = {(): 0.63, (("product", "Credit reporting"),): 0.61, (("product", "Prepaid card"),): 0.45}
EVALUATION = SimpleNamespace(
    get_metrics_for_all_slices=lambda: {
        key: {"auc": {"doubleValue": value}} for key, value in AUC.items()
    }
)
BUREAUS = 'slicing_specs { feature_values { key: "product" value: "Credit reporting" } }'
AT_LEAST = "threshold { value_threshold { lower_bound { value: %s } } }"


def bound(text: str) -> config_pb2.PerSliceMetricThreshold:
    assert tfma is not None  # registers the metrics
    return text_format.Parse(text, config_pb2.PerSliceMetricThreshold())


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (AT_LEAST % 0.55, "names no slice"),
        (BUREAUS, "has no threshold"),
        (BUREAUS + AT_LEAST % 0.5, "would still be blessed"),
        (BUREAUS + AT_LEAST % 0.6, "refuses a model whose AUC for Credit reporting"),
        ("slicing_specs {}" + AT_LEAST % 0.63, "another slice (all rows)"),
        ("slicing_specs { feature_keys: 'product' }" + AT_LEAST % 0.55, "product=Prepaid card"),
    ],
)
def test_a_bound_on_something_else_is_not_yet(text, hint):
    given = bound(text)
    verdict = chapter_07.the_bound_of_a_product(given, None, evaluation=EVALUATION)
    assert not verdict
    assert hint in verdict.reason
    assert given == bound(text), "the reader's own is left as it was"


def test_a_bound_on_the_product_alone_is_right():
    given = bound(BUREAUS + AT_LEAST % 0.55)
    assert chapter_07.the_bound_of_a_product(given, None, evaluation=EVALUATION)


def test_a_number_is_no_bound():
    with pytest.raises(AnswerForm, match=r"a tfma\.PerSliceMetricThreshold"):
        chapter_07.the_bound_of_a_product(0.55, None, evaluation=EVALUATION)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "would be blessed"),
        ("value_threshold { upper_bound { value: 0.75 } }", "keep the lower bound"),
        ("value_threshold { lower_bound { value: 0.6 } }", "with the leak"),
        (
            "value_threshold { lower_bound { value: 0.6 } upper_bound { value: 0.65 } }",
            "as far as 0.691",
        ),
        ("change_threshold { absolute { value: 0.1 } }", "no baseline"),
    ],
)
def test_a_bound_that_blesses_or_refuses_the_wrong_model_is_not_yet(text, hint):
    given = text_format.Parse(text, config_pb2.MetricThreshold())
    verdict = chapter_07.the_bound_above(given, None, leaky=0.95, possible=0.691)
    assert not verdict
    assert hint in verdict.reason


def test_two_bounds_are_right():
    text = "value_threshold { lower_bound { value: 0.6 } upper_bound { value: 0.75 } }"
    given = text_format.Parse(text, config_pb2.MetricThreshold())
    assert chapter_07.the_bound_above(given, None, leaky=0.95, possible=0.691)


def test_a_complaint_without_a_response_is_not_yet():
    complaint = {"company_response": "Closed", "state": "CA"}
    verdict = chapter_07.the_edited_complaint(
        {"state": "CA"}, None, complaint=complaint, model=None, threshold=0.3
    )
    assert not verdict
    assert "is no response" in verdict.reason
