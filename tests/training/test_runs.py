"""Runs are read from a real ML Metadata store: settings, who made what, metrics and blessings."""

import contextlib
import json
from types import SimpleNamespace

import ml_metadata as mlmd
import pytest
from ml_metadata.proto import metadata_store_pb2 as pb

from utils.training import runs

COMPLETE, CACHED = pb.Execution.COMPLETE, pb.Execution.CACHED


class Records:
    """A store in memory that executions are written into, and the context that hands it out."""

    def __init__(self):
        connection = pb.ConnectionConfig()
        connection.fake_database.SetInParent()
        self.store = mlmd.MetadataStore(connection)
        self._artifact_type = self.store.put_artifact_type(pb.ArtifactType(name="Any"))
        names = ("component_id", "custom_config", "eval_config")
        properties = dict.fromkeys(names, pb.STRING) | {"span": pb.INT}
        self._types = {
            name: self.store.put_execution_type(pb.ExecutionType(name=name, properties=properties))
            for name in ("ExampleGen", "Trainer", "Evaluator")
        }

    @contextlib.contextmanager
    def metadata(self):
        yield self

    def execute(self, name, outputs, state=COMPLETE, **properties):
        """Write an execution; an output that is an id is the artifact of an earlier one."""
        execution = pb.Execution(type_id=self._types[name], last_known_state=state)
        for key, value in (properties | {"component_id": name}).items():
            field = "int_value" if isinstance(value, int) else "string_value"
            setattr(execution.properties[key], field, value)
        (number,) = self.store.put_executions([execution])
        made = {}
        for key, given in outputs.items():
            artifact = given if isinstance(given, int) else self._artifact(**given)
            event = pb.Event(artifact_id=artifact, execution_id=number, type=pb.Event.OUTPUT)
            event.path.steps.add().key = key
            self.store.put_events([event])
            made[key] = artifact
        return SimpleNamespace(execution_id=number), made

    def _artifact(self, **custom):
        artifact = pb.Artifact(type_id=self._artifact_type, uri="somewhere")
        for key, value in custom.items():
            artifact.custom_properties[key].int_value = value
        return self.store.put_artifacts([artifact])[0]


def trainer_config(**model):
    values = {"layers": [32, 16], "epochs": 6} | model
    return json.dumps({"features": {"text": ["story"]}, "model": values, "seed": 42, "code": "x"})


def eval_config(bar):
    threshold = {"valueThreshold": {"lowerBound": bar}, "changeThreshold": {"absolute": -0.01}}
    auc = {"className": "AUC", "perSliceThresholds": [{"threshold": threshold}]}
    return json.dumps({"metricsSpecs": [{"metrics": [{"className": "ExampleCount"}, auc]}]})


def measured(uri):
    return {
        "all": {"auc": 0.6, "example_count": 100.0},
        "product=Loan": {"auc": 0.5, "example_count": 10.0},
        "product=Card": {"auc": 0.7, "example_count": 90.0},
    }


@pytest.fixture
def compared(monkeypatch):
    monkeypatch.setattr(runs, "read_metrics", measured)
    records = Records()
    data, examples = records.execute("ExampleGen", {"examples": {}}, span=1)
    train, _ = records.execute("Trainer", {"model": {}}, custom_config=trainer_config())
    judge, _ = records.execute(
        "Evaluator", {"evaluation": {}, "blessing": {"blessed": 1}}, eval_config=eval_config(0.6)
    )
    first = [data, train, judge]
    data, _ = records.execute("ExampleGen", examples, CACHED, span=1)
    train, _ = records.execute("Trainer", {"model": {}}, custom_config=trainer_config(layers=[64]))
    judge, _ = records.execute(
        "Evaluator", {"evaluation": {}, "blessing": {"blessed": 0}}, eval_config=eval_config(0.9)
    )
    return runs.compare(records, first=first, larger=[data, train, judge])


def test_only_settings_that_differ_are_named(compared):
    assert compared.changed.index.tolist() == ["model.layers", "thresholds.min_auc"]
    assert compared.changed.loc["model.layers"].tolist() == [(32, 16), (64,)]
    assert compared.changed.loc["thresholds.min_auc"].tolist() == [0.6, 0.9]
    assert compared.runs[0].settings["span"] == 1
    assert compared.runs[0].settings["thresholds.max_auc_drop"] == 0.01


def test_what_the_cache_answered_is_the_same_as_in_the_first_run(compared):
    assert compared.rerun["larger"].eq("same").tolist() == [True, False, False]
    assert compared.rerun["first"].str.fullmatch(r"\d+\.\d s").all()
    assert compared.runs[1].step("ExampleGen") == compared.runs[0].step("ExampleGen")
    assert compared.runs[1].step("Pusher") is None


def test_metrics_and_blessings(compared):
    assert compared.overall.loc["auc"].tolist() == [0.6, 0.6]
    assert [run.blessed for run in compared.runs] == [True, False]
    slices = compared.slices()
    assert slices.index.tolist() == ["product=Card", "product=Loan"], "the largest first"
    assert slices["rows"].tolist() == [90, 10]
    with pytest.raises(runs.TrainingError, match="No run has the metric 'f1'"):
        compared.slices("f1")


def test_a_run_that_was_not_judged(monkeypatch):
    records = Records()
    one, _ = records.execute("Trainer", {"model": {}}, custom_config=trainer_config())
    two, _ = records.execute("Trainer", {"model": {}}, custom_config=trainer_config(epochs=1))
    compared = runs.compare(records, one=[one], two=[two])
    assert [run.blessed for run in compared.runs] == [None, None]
    assert compared.overall.empty


@pytest.mark.parametrize(
    ("told", "settings"),
    [
        ("", {}),
        ("None", {}),
        ("null", {}),
        ("[1]", {}),
        (json.dumps({"epochs": 3, "optimizer": {"betas": [0.9, 0.99]}, "code": "x"}),
         {"epochs": 3, "optimizer.betas": (0.9, 0.99)}),
    ],
)  # fmt: skip
def test_a_trainer_that_was_told_something_else(told, settings):
    records = Records()
    one, _ = records.execute("Trainer", {"model": {}}, custom_config=told)
    two, _ = records.execute("Trainer", {"model": {}})
    compared = runs.compare(records, one=[one], two=[two])
    assert [run.settings for run in compared.runs] == [settings, {}]


@pytest.mark.parametrize(
    ("metric", "settings"),
    [
        ({"valueThreshold": {"lowerBound": 0.6}}, {"min_auc": 0.6}),
        ({"valueThreshold": {"upperBound": 0.9}}, {"max_auc": 0.9}),
        ({"changeThreshold": {"absolute": -0.01}}, {"max_auc_drop": 0.01}),
        ({"changeThreshold": {"relative": -0.25}}, {"max_auc_relative_drop": 0.25}),
        ({}, {}),
    ],
)
def test_an_evaluator_with_other_thresholds(metric, settings):
    records = Records()
    specifications = (
        {"metrics": [{"className": "AUC", "threshold": metric}]},
        {"metrics": [{"className": "AUC", "perSliceThresholds": [{"threshold": metric}]}]},
        {"thresholds": {"auc": metric}},
    )
    steps = [
        records.execute("Evaluator", {}, eval_config=json.dumps({"metrics_specs": [one]}))[0]
        for one in specifications
    ]
    steps.append(records.execute("Evaluator", {})[0])
    compared = runs.compare(records, **{f"run{n}": [step] for n, step in enumerate(steps)})
    told = {f"thresholds.{name}": value for name, value in settings.items()}
    assert [run.settings for run in compared.runs] == [told, told, told, {}]
