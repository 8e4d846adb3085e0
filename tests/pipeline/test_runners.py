"""The whole pipeline, run for real on the committed 2,000 rows of S1: what comes out, and what the cache answers."""

import hashlib
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_analysis as tfma
from sklearn.metrics import roc_auc_score
from tensorflow_data_validation import load_schema_text, load_stats_binary
from tensorflow_metadata.proto.v0 import anomalies_pb2
from tfx import v1 as tfx

from tests.pipeline.pipeline_run import complaints, scores, small_config
from utils import paths
from utils.pipeline import components, fingerprint, runners
from utils.pipeline.predict import ExportedModel, find_model

EVAL_IDS = "e04ae1f5249f2ed9378ed90e523b62ae34b1a213ac5f33f28a864182c169fce9"
"""SHA-256 of the eval split's complaint ids, sorted, a line each: the same on both stacks and on every machine."""

pytestmark = pytest.mark.in_order  # each run finds in the store what the runs before have left

BEFORE_TRANSFORM = ["ExampleGen", "StatisticsGen", "SchemaGen", "ExampleValidator"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def config(store):
    return small_config(store)


@pytest.fixture(scope="module")
def first(config, store):
    return runners.run_local(config, store)


def records(folder):
    files = [str(path) for path in sorted(folder.glob("*.gz"))]
    return list(tf.data.TFRecordDataset(files, compression_type="GZIP").as_numpy_iterator())


def ids_of(folder):
    found = [
        tf.train.Example.FromString(one).features.feature["complaint_id"] for one in records(folder)
    ]
    return sorted(feature.bytes_list.value[0].decode() for feature in found)


def is_eval(complaint_id):
    """ExampleGen's rule, written again from the wire format: SHA-256 of the id as a tf.Feature, in three buckets."""
    cell = b"\n" + bytes([len(complaint_id)]) + complaint_id.encode()
    digest = hashlib.sha256(b"\n" + bytes([len(cell)]) + cell).hexdigest()
    return int(digest, 16) % 3 == 2


def eval_rows():
    return [row for row in complaints() if is_eval(row["complaint_id"])]


def ran(result):
    return [
        name
        for name, node in result.nodes.items()
        if not node.cached and name != "LatestBlessedModel"
    ]


def test_the_splits_hold_the_same_complaints_on_every_stack(first):
    examples = first.output("ExampleGen", "examples")
    expected = sorted(row["complaint_id"] for row in eval_rows())
    assert ids_of(examples / "Split-eval") == expected
    everything = ids_of(examples / "Split-train") + expected
    assert sorted(everything) == sorted(row["complaint_id"] for row in complaints())
    assert hashlib.sha256("\n".join(expected).encode()).hexdigest() == EVAL_IDS


def test_statistics_and_schema_have_the_columns_with_their_types(first):
    folder = first.output("StatisticsGen", "statistics") / "Split-train"
    statistics = load_stats_binary(str(folder / "FeatureStats.pb"))
    schema = load_schema_text(str(first.output("SchemaGen", "schema") / "schema.pbtxt"))
    types = {feature.name: feature.type for feature in schema.feature}
    assert statistics.datasets[0].num_examples + len(eval_rows()) == 2000
    assert set(types) == {*complaints()[0], "state_group"}
    assert {name for name, kind in types.items() if kind != 1} == {"consumer_disputed"}


def test_the_train_split_agrees_with_its_own_schema(first):
    folder = first.output("ExampleValidator", "anomalies") / "Split-train"
    anomalies = anomalies_pb2.Anomalies.FromString((folder / "SchemaDiff.pb").read_bytes())
    assert not anomalies.anomaly_info


def test_transform_materializes_every_row(first):
    folder = first.output("Transform", "transformed_examples")
    assert len(records(folder / "Split-eval")) == len(eval_rows())
    assert len(records(folder / "Split-train")) == 2000 - len(eval_rows())


def test_tensorboard_finds_its_logs(first):
    folder = first.output("Trainer", "model_run")
    assert {path.parent.name for path in folder.rglob("events.out.*")} == {"train", "validation"}


def test_both_signatures_answer_without_label_and_with_gaps(first):
    model = ExportedModel(first.output("Trainer", "model"))
    answer = model.predict([{}, {"product": "Mortgage", "zip_code": "89101"}, complaints()[0]])
    assert answer.shape == (3,)
    assert np.all((answer > 0) & (answer < 1))
    transformed = model.transform(complaints()[:2])
    assert transformed["consumer_complaint_narrative_xf"].shape == (2, 100)
    assert "consumer_disputed_xf" not in transformed


def test_the_evaluator_measures_what_scikit_learn_measures(first):
    evaluation = first.output("Evaluator", "evaluation")
    result = tfma.load_eval_result(str(evaluation))
    measured = result.get_metrics_for_slice()
    rows = eval_rows()
    answers = ExportedModel(first.output("Trainer", "model")).predict(rows)
    expected = roc_auc_score([int(row["consumer_disputed"]) for row in rows], answers)
    assert measured["example_count"]["doubleValue"] == len(rows)
    assert measured["auc"]["doubleValue"] == pytest.approx(expected, abs=0.005)
    assert {slice_key for slice_key, _ in result.slicing_metrics} == {
        (),
        (("state_group", "Mountain West"),),
        (("state_group", "elsewhere"),),
    }
    assert "fairness_indicators_metrics/false_positive_rate@0.3" in measured


def test_a_blessed_model_is_pushed_and_answers_alike(first, config):
    assert first.blessed
    assert find_model(config.pushed_models).parent.name == "pushed"
    assert scores(config.pushed_models) == scores(first.output("Trainer", "model"))
    assert first.pushed_model is not None


@pytest.mark.heavy
def test_another_process_trains_the_same_model(first, tmp_path):
    command = [sys.executable, "-m", "tests.pipeline.pipeline_run", str(tmp_path)]
    second = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert second.returncode == 0, second.stderr[-2000:]
    assert json.loads(second.stdout.splitlines()[-1]) == scores(first.output("Trainer", "model"))


def test_an_unchanged_pipeline_is_answered_from_the_cache(first, config, store):
    """The second run compares the blessed model with itself, once: LatestBlessedModelStrategy finds that very model."""
    second = runners.run_local(config, store)
    assert ran(second) == ["Evaluator", "Pusher"]
    assert second.blessed
    evaluation = str(second.output("Evaluator", "evaluation"))
    itself, judged = (
        tfma.load_eval_result(evaluation, model_name=name).get_metrics_for_slice()
        for name in ("baseline", "candidate")
    )
    assert itself["auc"] == judged["auc"]
    again = runners.run_local(config, store)
    assert ran(again) == []
    assert again.blessed
    assert again.output("Trainer", "model") == first.output("Trainer", "model")
    assert again.run_id != first.run_id


def test_a_notebook_on_the_same_store_has_a_cache_of_its_own(first, config, store):
    """Both fingerprints of a run differ: each answers its own kind, and neither spoils the other's."""
    from IPython.core.interactiveshell import InteractiveShell

    from utils.session.context import WorkbookContext

    InteractiveShell.instance()
    context = WorkbookContext(store)
    for cached in (False, True):
        caught_up = context.catch_up(config, until="example_validator")
        assert [result.cached for result in caught_up.results] == [cached] * 4
    InteractiveShell.clear_instance()
    again = runners.run_local(config, store)
    assert ran(again) == []
    assert again.output("ExampleGen", "examples") == first.output("ExampleGen", "examples")


@pytest.mark.heavy
def test_a_changed_feature_reruns_transform_and_what_follows(first, config, store):
    features = config.features.without("state").replace(ngrams=2)
    changed = runners.run_local(config.replace(features=features), store)
    assert ran(changed) == ["Transform", "Trainer", "Evaluator", "Pusher"]
    model = ExportedModel(changed.output("Trainer", "model"))
    assert "state_xf" not in model.transform([{}])
    assert model.predict([{"state": "NV"}]) == model.predict([{"state": "CA"}])


def test_the_blessed_model_is_the_baseline_of_the_next_one(first, config, store):
    following = runners.run_local(config.replace(seed=7), store)
    evaluation = str(following.output("Evaluator", "evaluation"))
    baseline = tfma.load_eval_result(evaluation, model_name="baseline").get_metrics_for_slice()
    candidate = tfma.load_eval_result(evaluation, model_name="candidate").get_metrics_for_slice()
    assert candidate["auc"] != baseline["auc"]
    assert baseline["example_count"] == candidate["example_count"]
    rows = eval_rows()
    labels = [int(row["consumer_disputed"]) for row in rows]
    answers = ExportedModel(following.output("Trainer", "model")).predict(rows)
    measured = candidate["auc"]["doubleValue"]
    assert measured == pytest.approx(roc_auc_score(labels, answers), abs=0.005)


@pytest.mark.heavy
def test_an_edited_module_reruns_its_component(first, config, store, tmp_path, monkeypatch):
    folder = tmp_path / "utils"
    shutil.copytree(paths.ROOT / "utils", folder, ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "pipeline" / "modules" / "trainer.py").open("a") as file:
        file.write("# edited\n")
    monkeypatch.setattr(fingerprint, "ROOT", tmp_path)
    edited = runners.run_local(config, store)
    assert ran(edited) == ["Trainer", "Evaluator", "Pusher"]


def test_a_model_below_the_threshold_is_not_blessed_and_not_pushed(first, config, store, tmp_path):
    strict = config.replace(
        thresholds=config.thresholds.replace(min_auc=0.99), pushed_models=tmp_path / "pushed"
    )
    refused = runners.run_local(strict, store)
    assert ran(refused) == ["Evaluator", "Pusher"]
    assert not refused.blessed
    assert refused.pushed_model is None
    assert not (tmp_path / "pushed").exists()


def test_spans_can_be_read_together_and_without_labels(config, tmp_path):
    several = config.replace(span=(4, 5), labelled_only=False, splits={"train": 3, "eval": 1})
    node = components.example_gen(several)
    built = tfx.dsl.Pipeline(
        pipeline_name="examples_only",
        pipeline_root=str(tmp_path),
        components=[node],
        metadata_connection_config=runners.metadata_config(tmp_path),
        beam_pipeline_args=list(runners.BEAM_PIPELINE_ARGS),
    )
    tfx.orchestration.LocalDagRunner().run(built)
    (folder,) = (tmp_path / "ExampleGen" / "examples").iterdir()
    assert len(ids_of(folder / "Split-train")) + len(ids_of(folder / "Split-eval")) == 4000


def test_an_unknown_run_is_an_error(first, store):
    with pytest.raises(LookupError, match="no run 'nowhere'"):
        runners.read_run(store, "nowhere")


def test_a_torn_file_stops_the_pipeline_with_its_place(config, tmp_path):
    torn = paths.DATA / "variants" / "broken" / "torn_row.csv"
    broken = config.replace(input_base=torn.parent, pattern=torn.name, span=None)
    with pytest.raises(Exception, match=r"torn_row.csv, row \d+ \(line \d+\)"):
        runners.run_local(broken, tmp_path)
