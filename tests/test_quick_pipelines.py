"""Beam and TFMA with and without a memory: the same results, fewer calls, and a way back."""

from __future__ import annotations

import inspect
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from utils import paths, quick_pipelines

quick_pipelines.remember()

import apache_beam as beam  # noqa: E402
import tensorflow_model_analysis as tfma  # noqa: E402
from apache_beam.options import pipeline_options  # noqa: E402
from apache_beam.options.pipeline_options import (  # noqa: E402
    DebugOptions,
    DirectOptions,
    PipelineOptions,
)
from apache_beam.runners.worker import statecache  # noqa: E402
from apache_beam.transforms import core  # noqa: E402
from google.protobuf import text_format  # noqa: E402
from objsize import traverse  # noqa: E402
from tensorflow_model_analysis.metrics import metric_util  # noqa: E402
from tensorflow_model_analysis.proto import config_pb2  # noqa: E402

CONFIG = """
model_specs { label_key: "label" prediction_key: "score" example_weight_key: "weight" }
slicing_specs {}
slicing_specs { feature_keys: "city" }
metrics_specs {
  example_weights { weighted: true unweighted: true }
  metrics { class_name: "ExampleCount" }
  metrics { class_name: "AUC" }
  metrics { class_name: "BinaryAccuracy" }
  metrics { class_name: "MeanLabel" }
  metrics { class_name: "MeanPrediction" }
  metrics { class_name: "CalibrationPlot" }
  metrics { class_name: "ConfusionMatrixPlot" }
  metrics {
    class_name: "FairnessIndicators"
    module: "fairness_indicators.fairness_indicators_metrics"
    config: '{"thresholds": [0.25, 0.5]}'
  }
}
"""


@pytest.fixture(autouse=True)
def remembering() -> Iterator[None]:
    quick_pipelines.remember()
    yield
    quick_pipelines.remember()


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    drawn = np.random.default_rng(7)
    city = drawn.choice(["Bern", "Basel", "Zug"], 120)
    label = drawn.integers(0, 2, 120).astype(float)
    score = np.clip(label * 0.2 + drawn.random(120) * 0.8, 0, 1)
    return pd.DataFrame({"city": city, "label": label, "score": score, "weight": drawn.random(120)})


def analysed(rows: pd.DataFrame, folder: Path) -> dict[str, list[bytes]]:
    """What TFMA writes: every record of every file."""
    import tensorflow as tf

    config = text_format.Parse(CONFIG, config_pb2.EvalConfig())
    tfma.analyze_raw_data(rows, config, output_path=str(folder))
    files = [file for kind in ("metrics", "plots") for file in sorted(folder.glob(f"{kind}-*"))]
    assert len(files) == 2
    return {
        file.name: sorted(tf.data.TFRecordDataset(str(file)).as_numpy_iterator()) for file in files
    }


def test_tfma_writes_the_same_bytes_and_reads_a_row_once_for_all_metrics(
    rows: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Any] = []
    squeeze = metric_util._squeeze

    def counted(array: Any) -> Any:
        read.append(array)
        return squeeze(array)

    monkeypatch.setattr(metric_util, "_squeeze", counted)
    quick = analysed(rows, tmp_path / "quick")
    reads = len(read)
    quick_pipelines.forget()
    genuine = analysed(rows, tmp_path / "genuine")
    assert sum(map(len, quick.values())) > 4
    assert quick == genuine
    assert 0 < reads < (len(read) - reads) / 2


class _Twice(beam.DoFn):
    def process(self, element: int, times: int = 2) -> Iterator[int]:
        yield element * times


def test_beam_inspects_a_method_once_and_hands_out_a_copy() -> None:
    method = _Twice().process
    names, defaults = core.get_function_args_defaults(method)
    assert (names, defaults) == (["element", "times"], [2])
    names.append("spoilt")
    defaults.clear()
    assert core.get_function_args_defaults(_Twice().process) == (["element", "times"], [2])
    quick_pipelines.forget()
    assert core.get_function_args_defaults(method) == (["element", "times"], [2])


FLAGS = [
    "--runner=DirectRunner",
    "--direct_num_workers=3",
    "--experiments=one",
    "--temp_location=x",
]


def test_options_are_parsed_once_and_are_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    parsers: list[Any] = []
    genuine = pipeline_options._BeamArgumentParser

    def counted(*arguments: Any, **named: Any) -> Any:
        parsers.append(named)
        return genuine(*arguments, **named)

    monkeypatch.setattr(pipeline_options, "_BeamArgumentParser", counted)
    first = PipelineOptions(FLAGS).view_as(DebugOptions)
    first.experiments.append("spoilt")
    made = len(parsers)
    options = PipelineOptions(FLAGS)
    second = options.view_as(DebugOptions)
    assert len(parsers) == made + 1, "the options themselves are parsed; the view of them is not"
    assert second.experiments == ["one"]
    second.experiments = ["two"]
    assert options.view_as(DebugOptions).experiments == ["two"], "all views show one value"
    assert options.view_as(DirectOptions).direct_num_workers == 3
    shown = options.get_all_options()
    quick_pipelines.forget()
    plain = PipelineOptions(FLAGS)
    plain.view_as(DebugOptions).experiments = ["two"]
    assert plain.get_all_options() == shown
    assert isinstance(second, DebugOptions)
    assert pickle.loads(pickle.dumps(second)).experiments == ["two"]


@pytest.mark.parametrize(
    "value",
    [
        b"x" * 5_000,
        [["Bern", 1.5], ["Zug", None]],
        _Twice(),
        np.arange(9),
        len,
        pd.DataFrame({"a": [1]}),
    ],
    ids=["bytes", "lists", "an object", "an array", "a function", "a table"],
)
def test_a_side_input_weighs_the_same(value: Any) -> None:
    quick = statecache.get_deep_size(value)
    quick_pipelines.forget()
    assert statecache.get_deep_size(value) == quick


def test_modules_are_not_looked_at_for_each_side_input(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[None] = []
    genuine = traverse._iter_modules_globals

    def counted() -> Any:
        looked.append(None)
        return genuine()

    monkeypatch.setattr(traverse, "_iter_modules_globals", counted)
    for _ in range(3):
        statecache.get_deep_size(["a"])
    assert not looked
    quick_pipelines.forget()
    statecache.get_deep_size(["a"])
    assert len(looked) == 1


def test_a_function_and_a_method_of_it_are_two_things() -> None:
    core.get_function_args_defaults(_Twice().process)
    assert core.get_function_args_defaults(_Twice.process)[0] == ["self", "element", "times"]


def test_workers_find_both_by_the_genuine_names() -> None:
    for module, name in (
        (metric_util, "to_label_prediction_example_weight"),
        (core, "get_function_args_defaults"),
    ):
        function = getattr(module, name)
        assert (function.__module__, function.__qualname__) == (module.__name__, name)
        assert pickle.loads(pickle.dumps(function)) is function
        assert list(inspect.signature(function).parameters)


def test_nothing_is_replaced_where_plain_is_asked_for() -> None:
    code = """
from utils import quick_pipelines
print(quick_pipelines.remember())
from apache_beam.transforms import core
print(hasattr(core.get_function_args_defaults, "__wrapped__"))
"""
    answers = {
        plain: subprocess.run(
            [sys.executable, "-c", code],
            cwd=paths.ROOT,
            env={**os.environ, "WORKBOOK_PLAIN": plain},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for plain in ("1", "")
    }
    assert answers == {"1": ["False", "False"], "": ["True", "True"]}
