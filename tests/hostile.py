"""Every view of the project, given hostile text wherever it takes text."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&amp;`\u202e\u2066"
"""Ends a script, starts one, closes attributes, is an entity already, and turns the direction of writing."""

PNG = b"\x89PNG\r\n\x1a\n"


class Texts:
    """Makes the texts of one view, each its own, and remembers those that the view must show."""

    def __init__(self, folder: Path, hostile: str = HOSTILE) -> None:
        self.folder = folder
        self.hostile = hostile
        self.shown: list[str] = []

    def __call__(self, name: str, without: str = "", shown: bool = True) -> str:
        made = name + "".join(one for one in self.hostile if one not in without)
        if shown:
            self.shown.append(made)
        return made


def draw(text: Texts) -> Any:
    from utils.displays import views

    first, last = text("first"), text("last")
    return views.draw({first: [last]}, text("title"))


def pipeline(text: Texts) -> Any:
    from utils.displays import views

    first = SimpleNamespace(id=text("first"), inputs={}, upstream_nodes=())
    last = SimpleNamespace(id=text("last"), inputs={}, upstream_nodes=(first,))
    return views.pipeline([first, last], {last.id: ("complete", text("detail"))})


def effects(text: Texts) -> Any:
    from utils.displays import views

    return views.effects({text("one"): (0.5, 0.1, 0.7), text("two"): -1.0}, text("title"))


def pictures(text: Texts) -> Any:
    from utils.displays import views

    return views.pictures([(PNG, text("caption"))])


def rates(text: Texts) -> Any:
    from utils.displays import views

    labels = pd.Series([True, False, True], name=text("label"))
    return views.rates(labels, pd.Series([text("value"), "b", "b"], name=text("column")))


def runs(text: Texts) -> Any:
    from utils.displays import views

    return views.runs({text("run"): {text("setting"): text("value")}})


def source(text: Texts) -> Any:
    from utils.displays import views

    file = text.folder / "hostile_module.py"
    code = f"def hostile():\n    '''Says.'''\n    return [\n````,\n{text('code')!r}\n]\n".replace(
        "\n````,\n", "\n'''\n````\n''',\n"
    )
    file.write_text(code, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("hostile_module", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text.shown = [repr(one) for one in text.shown]
    return views.source(module.hostile)


def schema(text: Texts) -> Any:
    from tensorflow_metadata.proto.v0 import schema_pb2

    from utils.displays import views

    made = schema_pb2.Schema(default_environment=["TRAINING"])
    domain = text("domain")
    feature = made.feature.add(name=text("name"), type=schema_pb2.BYTES, domain=domain)
    feature.not_in_environment.append(text("environment"))
    made.string_domain.add(name=domain, value=[text("value")])
    return views.schema(made)


def anomalies(text: Texts) -> Any:
    from tensorflow_metadata.proto.v0 import anomalies_pb2

    from utils.displays import views

    made = anomalies_pb2.Anomalies()
    info = made.anomaly_info[text("name")]
    info.short_description, info.description = text("short"), text("long")
    measured = made.drift_skew_info.add()
    measured.path.step.append(text("step"))
    measured.drift_measurements.add(value=0.5, threshold=0.1)
    return views.anomalies(made, text("title"))


def splits(text: Texts) -> Any:
    from utils.ingestion import views

    name = text("split")
    return views.splits({name: 3}, {name: 1})


def windows(text: Texts) -> Any:
    from utils.beam_pipelines import views

    return views.windows([(text("window"), 1, 2)], text("label"))


def utility(text: Texts) -> Any:
    from utils.privacy import views

    names = ["epsilon", "noise", "auc", "low", "high"]
    return views.utility(pd.DataFrame([[0.5] * 5], columns=names), 0.6, text("title"))


def rounds(text: Texts) -> Any:
    from utils.privacy import views

    figures = {text("dealt"): [0.5, 0.6]}
    return views.rounds(figures, text("figure", shown=False), text("title"))


def _load() -> Any:
    from utils.serving.load import Load

    return Load(np.array([0.01, 0.02]), {1: 2}, {}, 1.0, 1)


def models(text: Texts) -> Any:
    from utils.optimisation import views

    numbers = dict.fromkeys(("auc_low", "auc_high", "difference", "low", "high", "largest"), 0.5)
    row = {"model": text("name"), "bytes": 1, "ms_1": 0.5, "ms_64": 0.5, "auc": 0.5, **numbers}
    return views.models(pd.DataFrame([row]), text("title"))


def loop_history(text: Texts) -> Any:
    from utils.feedback import views
    from utils.intervals import Interval

    span = text("span")
    curve = {span: Interval(0.6, 0.5, 0.7)}
    return views.history({text("curve"): curve}, {span: text("event")}, text("title"))


def rates_by_week(text: Texts) -> Any:
    from utils.feedback import views

    joined = pd.DataFrame({"asked_at": ["2016-01-01T00:00:00"], "disputed": [1.0]})
    return views.by_week(joined, 0.5, text("title"))


def latencies(text: Texts) -> Any:
    from utils.serving import views

    return views.latencies({text("name"): _load()}, text("title"))


def throughput(text: Texts) -> Any:
    from utils.serving import views

    return views.throughput({text("setting"): {1: _load()}}, text("title"))


def versions_over_time(text: Texts) -> Any:
    from utils.serving import views

    answered = [(1.0, text("version")), (2.0, 2)]
    return views.versions_over_time(answered, {text("event"): 1.5}, title=text("title"))


def before_after(text: Texts) -> Any:
    from utils.preprocessing.views import before_after as view

    before = pd.DataFrame({text("column"): range(30), "text": [text("value")] * 30})
    return view(before, pd.DataFrame({text("feature"): [[0.5 * n] for n in range(30)]}))


def transform_graph(text: Texts) -> Any:
    from utils.preprocessing.tracing import Analyzer, Trace
    from utils.preprocessing.views import transform_graph as view

    column, feature, name = text("column"), text("feature"), text("analyzer")
    analyzer = Analyzer(name, 2, text("vocabulary", shown=False), (column,), (feature,))
    return view(Trace((column,), {feature: (column,)}, (analyzer,)))


def findings(text: Texts) -> Any:
    from utils.validation.rules import Finding, Rule
    from utils.validation.views import findings as view

    rows = pd.DataFrame({text("column"): [text("value")]})
    return view([Finding(Rule(text("rule"), text("condition")), 3, rows)])


def drift(text: Texts) -> Any:
    from utils.validation.views import drift as view

    return view({text("feature"): {text("span"): 0.02}}, 0.01, 0.03)


def lineage(text: Texts) -> Any:
    from tests.lineage import stores
    from utils.lineage import views

    store = stores.empty()
    _, (examples,) = stores.step(store, text("made by"), {}, {"out": text("examples")})
    _, (model,) = stores.step(store, text("trainer"), {"in": [examples]}, {"out": text("model")})
    return views.lineage(store, model)


def changes(text: Texts) -> Any:
    from utils.lineage import views
    from utils.lineage.snapshots import Change, Changes

    change = Change("artifacts", text("record"), text("before"), text("after"))
    return views.changes(Changes((change,)), text("title"))


def cache(text: Texts) -> Any:
    from utils.lineage import views
    from utils.lineage.cache import Difference, Explanation

    difference = Difference(text("what"), text("name"), text("earlier"), text("now"))
    return views.cache(Explanation(text("component"), 2, False, 1, (difference,)))


def network(text: Texts) -> Any:
    import keras

    from utils.training import views

    given = keras.Input((2,), name=text("input", without="/"))
    dense = keras.layers.Dense(1, name=text("dense", without="/"))
    return views.network(keras.Model(given, dense(given), name=text("model", without="/")))


def tensorboard(text: Texts) -> Any:
    from tests.training.parts import write_logs
    from utils.displays.tensorboard import TensorBoardView, last_values

    run = text("run", without="/")[:200]  # the longest name of a folder
    write_logs(text.folder / "logs" / run, {"train": [0.5]})
    return TensorBoardView(6006, last_values(text.folder / "logs"))


def curves(text: Texts) -> Any:
    from utils.training import views

    table = pd.DataFrame({"split": [text("split")], "epoch": [1], "auc": [0.5]})
    return views.curves({text("run"): table})


def trials(text: Texts) -> Any:
    from utils.training import views

    by = text("by")
    table = pd.DataFrame(
        {"trial": [text("trial")], "score": [0.5], "layers": [text("layers")], by: [0.1]}
    )
    return views.trials(table, by=by)


def differences(text: Texts) -> Any:
    from utils.training import views

    by = text("by")
    row = {by: [text("slice")], "rows": [9], "difference": [0.1], "low": [0.0], "high": [0.2]}
    return views.differences(pd.DataFrame(row), text("title"), by)


def comparison(text: Texts) -> Any:
    from utils.training import views
    from utils.training.runs import OVERALL, Comparison, Run, Step

    setting, step, part = text("setting"), text("step"), text("slice")
    metrics = {OVERALL: {"auc": 0.5}, part: {"auc": 0.5}}
    one, other = (
        Run(text(name), {setting: text(f"set {name}")}, (Step(step, 1, 1.0),), metrics, True)
        for name in ("one", "other")
    )
    return views.comparison(Comparison((one, other)))


def signatures(text: Texts) -> Any:
    import tensorflow as tf

    from utils.training import views

    function = SimpleNamespace(
        structured_input_signature=((), {text("input"): tf.TensorSpec([None], tf.string)}),
        structured_outputs={text("output"): tf.TensorSpec([None], tf.float32)},
    )
    loaded = SimpleNamespace(signatures={text("signature"): function})
    return views.signatures(loaded)


def model_card(text: Texts) -> Any:
    from utils.analysis.groups import RATES
    from utils.analysis.model_card import model_card as view
    from utils.intervals import Interval

    return view(
        text("name"),
        text("summary"),
        model={text("fact"): text("value")},
        use=[text("use")],
        rows={text("split"): pd.DataFrame({"consumer_disputed": [0, 1]})},
        metrics={text("metric"): Interval(0.5, 0.4, 0.6)},
        groups=pd.DataFrame([[1] * len(RATES)], index=[text("group")], columns=list(RATES)),
        decision=text("decision"),
        limits=[text("limit")],
    )


def over_time(text: Texts) -> Any:
    from utils.monitoring import views

    series = pd.DataFrame({"series": [text("series")], "seconds": [-1.0], "value": [0.5]})
    return views.over_time({text("curve"): series}, text("title"), text("unit"), 0.4)


def dashboard(text: Texts) -> Any:
    from utils.monitoring import views
    from utils.monitoring.dashboards import PanelCheck

    checked = PanelCheck(text("panel"), text("query"), 0, text("fault"))
    return views.dashboard([checked], text("title"))


def rising(text: Texts) -> Any:
    from utils.serving import views

    columns = ["rate", "answered", "failed", "throughput", "p50", "p95", "p99"]
    table = pd.DataFrame([(10.0, 20, 0, 9.5, 2.0, 4.0, 8.0)], columns=columns)
    return views.rising(table, 5.0, text("title"))


def comparison_of_two(text: Texts) -> Any:
    from utils.custom import views

    column = text("column")
    table = pd.DataFrame({"consumer_disputed": [0, 1], "old": [0.1, 0.2], "new": [0.2, 0.3]})
    return views.comparison(table.assign(**{column: text("value")}), text("title"))


def review_form(text: Texts) -> Any:
    from utils.custom import reviews
    from utils.custom.buttons import ReviewForm

    reviews.decide(text.folder, "mine", True, text("name"), text("reason"))
    return ReviewForm(text.folder, "mine").static()


def _metrics(text: Texts) -> dict[str, Any]:
    return {text("output"): {text("class"): {text("metric"): {"doubleValue": 0.5}}}}


def render_slicing_metrics(text: Texts) -> Any:
    from utils.displays import tfma_views

    config = {"weightedExamplesColumn": text("weights", shown=False)}
    return tfma_views.render_slicing_metrics(
        [{"slice": text("slice"), "metrics": _metrics(text)}], config
    )


def render_time_series(text: Texts) -> Any:
    from utils.displays import tfma_views

    config = {"modelIdentifier": text("model"), "dataIdentifier": text("data")}
    return tfma_views.render_time_series(
        [{"metrics": _metrics(text), "config": config}], {"isModelCentric": True}
    )


def render_plot(text: Texts) -> Any:
    from utils.displays import tfma_views

    entries = [{text("column"): text("value")}]
    data = {"multiClassConfusionMatrixAtThresholds": {"matrices": [{"entries": entries}]}}
    return tfma_views.render_plot(data, {"sliceName": text("slice"), "metricKeys": {}})


def render_fairness_indicator(text: Texts) -> Any:
    from utils.displays import fairness

    key = ((text("column"), text("value")),)
    metrics = {"": {"": {text("metric"): {"doubleValue": 0.5}}}}
    result = SimpleNamespace(slicing_metrics=[(key, metrics)])
    return fairness.render_fairness_indicator(
        multi_eval_results={text("one"): result, text("other"): result}
    )


def overview(text: Texts) -> Any:
    from tensorflow_metadata.proto.v0 import statistics_pb2

    from utils.displays import facets

    made = statistics_pb2.DatasetFeatureStatisticsList()
    dataset = made.datasets.add(num_examples=1)
    feature = dataset.features.add(
        name=text("feature"), type=statistics_pb2.FeatureNameStatistics.STRING
    )
    feature.string_stats.top_values.add(value=text("value"), frequency=1)
    return facets.overview({text("name"): made})


def _widget(text: Texts) -> Any:
    import tensorflow as tf
    from witwidget.notebook.visualization import WitConfigBuilder, WitWidget

    example = tf.train.Example()
    example.features.feature[text("feature")].bytes_list.value.append(text("value").encode())
    config = WitConfigBuilder([example]).set_custom_predict_fn(
        lambda asked: [[0.5, 0.5] for _ in asked]
    )
    return WitWidget(config.set_model_name(text("model")))


def standalone(text: Texts) -> Any:
    from utils.displays import whatif

    return whatif.standalone(_widget(text))


def live_widget(text: Texts) -> Any:
    made = _widget(text)
    return SimpleNamespace(html=made.static_html, text=made.static_text)


def _artifact(text: Texts, kind: str) -> Any:
    from tfx.types import standard_artifacts

    made = getattr(standard_artifacts, kind)()
    made.uri = str(text.folder / kind)
    Path(made.uri).mkdir()
    made.set_string_custom_property(text("property"), text("value"))
    return made


def anything(text: Texts) -> Any:
    from utils.displays import artifacts

    made = _artifact(text, "Schema")
    name = text("file", without="/", shown=len(text.hostile) < 200)[:200]
    (Path(made.uri) / name).touch()
    return artifacts.anything(made)[0]


def value(text: Texts) -> Any:
    from utils.displays import artifacts

    made = _artifact(text, "String")
    Path(made.uri).rmdir()
    made.write(text("written"))
    return artifacts.value(made)[0]


def examples(text: Texts) -> Any:
    import tensorflow as tf
    from tfx.types import artifact_utils

    from utils.displays import artifacts

    made = _artifact(text, "Examples")
    made.split_names = artifact_utils.encode_split_names(["train"])
    folder = Path(made.uri) / "Split-train"
    folder.mkdir()
    with tf.io.TFRecordWriter(str(folder / "data.gz"), options="GZIP") as writer:
        example = tf.train.Example()
        example.features.feature[text("feature")].bytes_list.value.append(text("value").encode())
        writer.write(example.SerializeToString())
    return artifacts.examples(made)[0]


def model(text: Texts) -> Any:
    from tensorflow.core.protobuf import saved_model_pb2

    from utils.displays import artifacts

    made = _artifact(text, "Model")
    saved = saved_model_pb2.SavedModel()
    signature = saved.meta_graphs.add().signature_def[text("signature")]
    signature.inputs[text("input")].dtype = signature.outputs[text("output")].dtype = 1
    (Path(made.uri) / "saved_model.pb").write_bytes(saved.SerializeToString())
    return artifacts.model(made)[0]


def _result(text: Texts) -> Any:
    from utils.session.results import OutputRow, RunResult

    output = OutputRow(text("key"), text("type"), 7, text("/uri"))
    component = SimpleNamespace(id=text("component"))
    return RunResult(component, 3, 1.0, False, (output,), Path("/store"))


def run_result(text: Texts) -> Any:
    return _result(text)


def catch_up(text: Texts) -> Any:
    from utils.session.results import CatchUp

    result = _result(text)
    text.shown = [result.component.id]
    return CatchUp((result,), {})


def verdict(text: Texts) -> Any:
    from utils.exercises import Verdict

    return Verdict(False, text("reason"), "1.1", (), 3)


def dag(text: Texts) -> Any:
    from utils.orchestration import views

    first, last = text("first"), text("last")
    tasks = [
        {"task_id": first, "downstream_task_ids": [last]},
        {"task_id": last, "downstream_task_ids": []},
    ]
    return views.dag(SimpleNamespace(get=lambda path: {"tasks": tasks}), text("dag"))


def run_over_time(text: Texts) -> Any:
    from utils.orchestration import views
    from utils.orchestration.watching import Change, Watched

    seen = (Change(0.0, text("task"), "running", 1), Change(1.0, text("other"), "failed", 1))
    return views.over_time(Watched(text("dag"), "run", "failed", 2.0, seen))


def orchestrators(text: Texts) -> Any:
    from utils.orchestration import views
    from utils.orchestration.comparing import Comparison, Fact

    fact = Fact(text("fact"), (text("one"), text("two")), False)
    return views.comparison(Comparison((text("first"), text("second")), (fact,)), text("title"))


def broken_files(text: Texts) -> Any:
    from utils.containers import views
    from utils.containers.linting import Broken, Finding

    found = Finding(text("where"), text("code"), text("message"))
    return views.broken([Broken(text("edit"), (found,))], text("title"))


def image_layers(text: Texts) -> Any:
    from utils.containers import views
    from utils.containers.dockerfiles import Instruction
    from utils.containers.layers import Layer

    step = Layer(Instruction(1, "RUN", text("command")), "key")
    return views.layers([], [step], text("title"))


def pods_on_nodes(text: Texts) -> Any:
    from decimal import Decimal

    from utils.containers import views
    from utils.containers.scheduling import Node, Placement, Pod

    node, pod = Node(text("node"), 2, "2Gi"), Pod(text("pod"), Decimal(1), Decimal(2**30))
    lost = (Pod(text("lost"), Decimal(9), Decimal(0)), text("reason"))
    return views.placement(Placement((node,), {node.name: (pod,)}, (lost,)), text("title"))


def rolling_update(text: Texts) -> Any:
    from utils.containers import rolling, views

    bounds = rolling.bounds(2, 1, 0)
    return views.rollout(rolling.steps(2, bounds), bounds, text("title"))


def resources(text: Texts) -> Any:
    from utils.cloud import views
    from utils.cloud.terraform import Block, Configuration

    address = f"google_{text('kind', without='.')}.{text('name', without='.')}"
    return views.resources(
        Configuration((Block("resource", address, {}, text("file")),)), text("title")
    )


def cloud_findings(text: Texts) -> Any:
    from utils.cloud import checks, views

    found = checks.Finding(text("rule"), text("where"), text("what"))
    return views.findings([found], text("title"))


def cost(text: Texts) -> Any:
    from utils.cloud import costs, views

    item = costs.Item(text("address"), text("what"), 1.5)
    return views.cost({text("name"): costs.Estimate((item,), costs.Usage())}, text("title"))


def price_table(text: Texts) -> Any:
    from utils.cloud import views

    return views.price_table(text("title"))


def commands(text: Texts) -> Any:
    from utils.cloud import views
    from utils.cloud.commands import Told

    told = Told(text("command"), text("does"), undo=text("undo"), caution=text("caution"))
    return views.commands([told], title=text("title"))


def teardown_order(text: Texts) -> Any:
    from utils.cloud import teardown, views

    step = teardown.Step(text("address"), text("command"), text("held"), 1.5)
    return views.order([step], text("title"))


def key_files(text: Texts) -> Any:
    from utils.cloud import views
    from utils.cloud.keys import KeyFile

    return views.keys([KeyFile(text("file"), text("why"))], text("title"))


def definition(text: Texts) -> Any:
    from tfx import v1 as tfx

    from utils.cloud import definitions

    here, there = (
        tfx.dsl.Pipeline("pipeline", text(root), components=[tfx.components.ImportExampleGen("x")])
        for root in ("here", "there")
    )
    return definitions.difference(here, there, text("title"))


def compiled_pipeline(text: Texts) -> Any:
    from utils.orchestration.kubeflow import ir

    first, last, image = text("first"), text("last"), text("image", shown=False)
    given = {
        "artifacts": {
            text("input", shown=False): {
                "taskOutputArtifact": {"producerTask": first, "outputArtifactKey": "made"}
            }
        },
        "parameters": {
            "constant": {"runtimeValue": {"constant": text("value", shown=False)}},
            "outside": {"componentInputParameter": text("outside", shown=False)},
        },
    }
    tasks = {first: {"componentRef": {"name": "one"}}}
    tasks[last] = {"componentRef": {"name": "one"}, "inputs": given}
    return ir.parse(
        {
            "pipelineInfo": {"name": text("pipeline", shown=False)},
            "root": {"dag": {"tasks": tasks}},
            "components": {"one": {"executorLabel": "label"}},
            "deploymentSpec": {"executors": {"label": {"container": {"image": image}}}},
        }
    )


def compiled_tasks(text: Texts) -> Any:
    from utils.orchestration.kubeflow import views

    return views.pipeline(compiled_pipeline(text))


def task_given(text: Texts) -> Any:
    from utils.orchestration.kubeflow import views

    compiled = compiled_pipeline(text)
    return views.parameters(compiled, text.shown[-1])


def two_definitions(text: Texts) -> Any:
    from utils.orchestration.kubeflow import views
    from utils.orchestration.kubeflow.definitions import Compared, Difference

    one = Difference("parameter", text("name"), text("here"), text("compiled"), text("why"))
    return views.comparison(Compared({"components": 1}, (one,)))


def flink_job(text: Texts) -> Any:
    from utils.flink import views
    from utils.flink.rest import Job, Operator

    counts = {text("worker"): 3}
    one = Operator("id", text("operator"), "FINISHED", 1, 0.0, 2.0, counts, counts)
    return views.job(Job("id", text("job"), "FAILED", 2.0, 1, (one,), text("why")), text("note"))


def flink_events(text: Texts) -> Any:
    from utils.flink import views

    return views.events([(0.5, text("event"))], text("title"), text("note"))


def flink_places(text: Texts) -> Any:
    from utils.flink import views
    from utils.flink.arguments import Place

    place = Place((text("argument"),), text("server"), text("workers"))
    return views.places({text("place"): place})


def runs_of_a_command(text: Texts) -> Any:
    from utils.operating import views
    from utils.operating.records import Execution

    run, component, state = text("run"), text("component"), text("state")
    return views.runs([Execution(1, run, component, state, 1.0)])


def disk(text: Texts) -> Any:
    from utils.operating import views
    from utils.operating.disk import Item

    return views.disk([Item(1, text("type"), Path("root", text("folder", without="/")), 1, False)])


def tried_models(text: Texts) -> Any:
    from utils.lineage.experiments import Experiment
    from utils.lineage.views import experiments

    when = pd.Timestamp("2026-11-27")
    name, code, span = text("trainer"), text("code"), text("span")
    varied = text("setting")
    first = Experiment(1, name, code, {varied: text("value")}, span, 0.6, True, ("1",), when)
    return experiments([first, Experiment(2, "", "", {}, "", 0.5, False, (), when)], text("title"))


VIEWS: dict[str, Callable[[Texts], Any]] = {
    "analysis/model_card.py:model_card": model_card,
    "beam_pipelines/views.py:windows": windows,
    "containers/views.py:broken": broken_files,
    "containers/views.py:layers": image_layers,
    "containers/views.py:placement": pods_on_nodes,
    "containers/views.py:rollout": rolling_update,
    "cloud/definitions.py:difference": definition,
    "cloud/views.py:commands": commands,
    "cloud/views.py:cost": cost,
    "cloud/views.py:findings": cloud_findings,
    "cloud/views.py:keys": key_files,
    "cloud/views.py:order": teardown_order,
    "cloud/views.py:price_table": price_table,
    "cloud/views.py:resources": resources,
    "custom/buttons.py:ReviewForm": review_form,
    "custom/views.py:comparison": comparison_of_two,
    "displays/artifacts.py:anything": anything,
    "displays/artifacts.py:examples": examples,
    "displays/artifacts.py:model": model,
    "displays/artifacts.py:value": value,
    "displays/facets.py:overview": overview,
    "displays/fairness.py:render_fairness_indicator": render_fairness_indicator,
    "displays/tfma_views.py:render_plot": render_plot,
    "displays/tfma_views.py:render_slicing_metrics": render_slicing_metrics,
    "displays/tfma_views.py:render_time_series": render_time_series,
    "displays/views/effects.py:effects": effects,
    "displays/views/graph.py:draw": draw,
    "displays/views/pictures.py:pictures": pictures,
    "displays/views/pipeline.py:pipeline": pipeline,
    "displays/views/rates.py:rates": rates,
    "displays/views/runs.py:runs": runs,
    "displays/views/source.py:source": source,
    "displays/views/validation.py:anomalies": anomalies,
    "displays/views/validation.py:schema": schema,
    "displays/tensorboard.py:TensorBoardView": tensorboard,
    "displays/whatif.py:standalone": standalone,
    "displays/whatif_widget.py:LiveWitWidget": live_widget,
    "exercises/__init__.py:Verdict": verdict,
    "feedback/views.py:by_week": rates_by_week,
    "feedback/views.py:history": loop_history,
    "ingestion/views.py:splits": splits,
    "lineage/views/experiments.py:experiments": tried_models,
    "lineage/views/lineage.py:lineage": lineage,
    "lineage/views/metadata.py:cache": cache,
    "lineage/views/metadata.py:changes": changes,
    "monitoring/views.py:dashboard": dashboard,
    "flink/views.py:events": flink_events,
    "flink/views.py:job": flink_job,
    "flink/views.py:places": flink_places,
    "monitoring/views.py:over_time": over_time,
    "operating/views.py:disk": disk,
    "operating/views.py:runs": runs_of_a_command,
    "optimisation/views.py:models": models,
    "orchestration/kubeflow/views.py:comparison": two_definitions,
    "orchestration/kubeflow/views.py:parameters": task_given,
    "orchestration/kubeflow/views.py:pipeline": compiled_tasks,
    "orchestration/views.py:comparison": orchestrators,
    "orchestration/views.py:dag": dag,
    "orchestration/views.py:over_time": run_over_time,
    "preprocessing/views/before_after.py:before_after": before_after,
    "preprocessing/views/transform_graph.py:transform_graph": transform_graph,
    "privacy/views.py:rounds": rounds,
    "privacy/views.py:utility": utility,
    "serving/views.py:latencies": latencies,
    "serving/views.py:rising": rising,
    "serving/views.py:throughput": throughput,
    "serving/views.py:versions_over_time": versions_over_time,
    "session/results.py:CatchUp": catch_up,
    "session/results.py:RunResult": run_result,
    "training/views/network.py:network": network,
    "training/views/training.py:comparison": comparison,
    "training/views/training.py:curves": curves,
    "training/views/training.py:differences": differences,
    "training/views/training.py:signatures": signatures,
    "training/views/training.py:trials": trials,
    "validation/views/drift.py:drift": drift,
    "validation/views/findings.py:findings": findings,
}
"""By file below ``utils`` and name: each view, made of texts."""

SHOWN_BY_OTHERS = {
    "displays/tfma_views.py:slicing_metrics": "hands on a frame that another view has made",
    "displays/tfma_views.py:evaluation": "shown by render_slicing_metrics",
    "flink/views.py:recorded_components": "a file of this repository, which tests write",
    "flink/views.py:recorded_events": "a file of this repository, shown by events",
}
"""What returns a view and takes no text of its own."""
