"""Answers to chapter 8 that need no server."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from tfx import v1 as tfx

from utils.exercises import chapter_08
from utils.exercises.reading import AnswerForm
from utils.pipeline import components
from utils.pipeline.config import PipelineConfig
from utils.serving import ab

PLAN = {"now": 0.3, "hoped": 0.35, "power": 0.9, "flagged": 0.2}
SERVER = SimpleNamespace(names=("complaints",))


def test_the_size_of_a_test():
    right = 2 * ab.rows_needed(0.3, 0.35, 0.9) / 0.2
    assert chapter_08.the_size_of_a_test(round(right, -2), None, **PLAN)
    for times, hint in (
        (0.1, "flagged"),
        (0.2, "flagged"),
        (0.5, "in one arm"),
        (0.9, "more"),
        (1.2, "fewer"),
    ):
        verdict = chapter_08.the_size_of_a_test(right * times, None, **PLAN)
        assert not verdict
        assert hint in verdict.reason
    with pytest.raises(AnswerForm):
        chapter_08.the_size_of_a_test("many", None, **PLAN)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("max_batch_size: 16", "each number stands in"),
        ("max_batch_size { value: 16 } allowed_batch_sizes: 8", "a server would refuse it"),
        ("max_batch_size { value: 17 }", "17 rows"),
        ("max_batch_size { value: 16 }", "0 microseconds"),
        ("max_batch_size { value: 16 } batch_timeout_micros { value: 1000 }", "10 batches"),
    ],
)
def test_batching_parameters_that_say_something_else(text, hint):
    verdict = chapter_08.the_batching_parameters(text, None)
    assert not verdict
    assert hint in verdict.reason


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("nothing", "no ModelServerConfig"),
        ("model_config_list {}", "has 0"),
        ('model_config_list { config { name: "complaints" base_path: "/nowhere" } }', "'/nowhere'"),
    ],
)
def test_a_configuration_that_a_server_could_not_use(text, hint):
    verdict = chapter_08.the_labels(text, None, server=SERVER, stable=2, previous=1)
    assert not verdict
    assert hint in verdict.reason


def test_labels_that_lead_elsewhere(tmp_path):
    for number in "12":
        (tmp_path / number).mkdir()
    text = 'model_config_list { config { name: "complaints" base_path: "%s" %s } }'
    labels = 'version_labels { key: "stable" value: %d } '
    for more, hint in (
        ("", "does not serve version 1"),
        ("model_version_policy { all {} }", "no label 'stable'"),
        ("model_version_policy { all {} } " + labels % 1, "'stable' names version 1"),
        ("model_version_policy { all {} } " + labels % 2, "no label 'previous'"),
    ):
        given = text % (tmp_path, more)
        verdict = chapter_08.the_labels(given, None, server=SERVER, stable=2, previous=1)
        assert not verdict
        assert hint in verdict.reason


def test_a_bulk_inferrer_of_other_examples():
    nodes = components.build(PipelineConfig())
    base = SimpleNamespace(**nodes)
    for examples, model, hint in (
        (base.transform.outputs["transformed_examples"], base.trainer, "examples are to be"),
        (base.example_gen.outputs["examples"], base.resolver, "model is to be"),
    ):
        made = tfx.components.BulkInferrer(examples=examples, model=model.outputs["model"])
        verdict = chapter_08.a_bulk_inferrer(made, None, base=base)
        assert not verdict
        assert hint in verdict.reason
