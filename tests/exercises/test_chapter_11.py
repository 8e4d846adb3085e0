"""What the checks of chapter 11 refuse before Airflow is asked; the rest is answered in the notebook's copy."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tfx import v1 as tfx
from tfx.components import CsvExampleGen, ExampleValidator, SchemaGen, StatisticsGen

from utils.exercises import chapter_11, reading

PAUSE = timedelta(seconds=2)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the text is empty"),
        ("def", "no Python"),
        ("import this", "AirflowDagRunner"),
        ("AirflowDagRunner().run(pipeline)", "'my_complaints'"),
    ],
)
def test_a_text_that_is_no_dag_is_not_given_to_airflow(text, reason):
    assert reason in chapter_11.a_dag(text, None, server=None).reason


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ({"retries": 1, "retry_delay": PAUSE}, "only twice"),
        ({"retries": 9, "retry_delay": PAUSE}, "too many"),
        ({"retries": 2}, "when nothing is said"),
        ({"retries": 2, "retry_delay": 2}, "a timedelta"),
        ({"retries": 2, "retry_delay": timedelta(0)}, "still down"),
        ({"retries": 2, "retry_delay": PAUSE, "retry_exponential_backoff": "yes"}, "True or False"),
        ({"retries": 2, "retry_delay": PAUSE, "owner": "me"}, "nothing about retries"),
    ],
)
def test_a_policy_that_cannot_help_is_not_tried(policy, reason):
    assert reason in chapter_11.a_retry_policy(policy, None, server=None).reason


def test_other_kinds_of_answers_are_refused_with_what_was_expected():
    with pytest.raises(reading.AnswerForm, match="dictionary"):
        chapter_11.a_retry_policy(2, None, server=None)
    with pytest.raises(reading.AnswerForm, match="create_pipeline"):
        chapter_11.one_component_more([], None, store=None, name="")
    assert "five fields" in chapter_11.working_days("30 5", None).reason


def test_a_pipeline_without_records():
    made = CsvExampleGen(input_base="data")
    counted = StatisticsGen(examples=made.outputs["examples"])
    schema = SchemaGen(statistics=counted.outputs["statistics"])
    validated = ExampleValidator(
        statistics=counted.outputs["statistics"], schema=schema.outputs["schema"]
    )
    answer = tfx.dsl.Pipeline("mine", "root", components=[made, counted, schema, validated])
    verdict = chapter_11.one_component_more(answer, None, store=Path("store"), name="mine")
    assert "in another store" in verdict.reason
