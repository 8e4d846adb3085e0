"""The ecosystem's own calls that each chapter makes in plain sight, for a reader who will write a pipeline alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.notebooks.reading import Notebook, all_notebooks, exercise_number

CALLS = {
    "01": [
        "FileBasedExampleGen",
        *(f"tfx.components.{name}" for name in ("StatisticsGen", "SchemaGen", "ExampleValidator")),
        *(f"tfx.components.{name}" for name in ("Transform", "Trainer", "Evaluator", "Pusher")),
        "tfx.dsl.Resolver",
        "tfx.proto.Input",
        "tfx.proto.Output",
        "tfx.proto.SplitConfig",
        "tfx.proto.PushDestination",
        "context.run",
        "context.show",
        "tfma.load_eval_result",
    ],
    "02": [
        "InteractiveContext",
        "metadata_store_pb2.ConnectionConfig",
        "MetadataStore",
        "put_execution_type",
        "put_executions",
        "beam.window.SlidingWindows",
        "store.get_artifacts_by_type",
        "store.get_events_by_artifact_ids",
        "store.get_executions_by_id",
        "store.get_events_by_execution_ids",
        "beam.Pipeline",
        "beam.Map",
        "beam.ParDo",
        "beam.GroupByKey",
        "beam.CombinePerKey",
        "beam.WindowInto",
        "ReadFromText",
        "WriteToText",
    ],
    "03": [
        "tf.train.Example",
        "tf.train.Example.FromString",
        "tf.io.TFRecordWriter",
        "tf.data.TFRecordDataset",
        *(f"tfx.components.{name}" for name in ("ImportExampleGen", "CsvExampleGen")),
        *("FileBasedExampleGen", "QueryBasedExampleGen", "BigQueryExampleGen"),
        "BeamExecutorSpec",
        "ReadFromParquet",
        *(f"tfx.proto.{name}" for name in ("Input", "Input.Split", "Output", "SplitConfig")),
        *(f"tfx.proto.{name}" for name in ("RangeConfig", "StaticRange", "RollingRange")),
        "tfx.dsl.Resolver",
        "tfx.dsl.Channel",
        *("struct_pb2.Struct", "example_gen_pb2.CustomConfig"),
        "InteractiveContext",
        "compiler.Compiler",
        "context.run",
        "context.show",
    ],
    "04": [
        "tfdv.generate_statistics_from_dataframe",
        "tfdv.infer_schema",
        "tfdv.get_feature",
        "tfdv.get_domain",
        "tfdv.validate_statistics",
        "tfdv.visualize_statistics",
        "tfdv.display_anomalies",
        "tfdv.StatsOptions",
        "tfdv.get_feature_stats",
        "DistributionValidator",
        "with_beam_pipeline_args",
        "tfx.components.StatisticsGen",
        "tfx.components.ExampleValidator",
        "tfx.components.ImportSchemaGen",
    ],
    "05": [
        "tft_beam.AnalyzeDataset",
        "tft_beam.TransformDataset",
        "tft_beam.AnalyzeAndTransformDataset",
        "tft.scale_to_z_score",
        "tft.bucketize",
        "tft.compute_and_apply_vocabulary",
        "tft.ngrams",
        "tft.tfidf",
        "tfx.components.Transform",
        "tft.TFTransformOutput",
        "transform_features_layer",
        "tf.data.TFRecordDataset",
        "tf.io.parse_example",
    ],
    "06": [
        "tfx.components.Trainer",
        "tfx.components.Tuner",
        "tfx.proto.TrainArgs",
        "tfx.proto.EvalArgs",
        "fn_args.data_accessor.tf_dataset_factory",
        "tfxio.TensorFlowDatasetOptions",
        "tft.TFTransformOutput",
        "graph.transform_features_layer",
        "keras.export.ExportArchive",
        "archive.add_endpoint",
        "model.fit",
        "tf.data.TFRecordDataset",
        "tf.io.parse_example",
        "tf.saved_model.load",
        "keras_tuner.RandomSearch",
        "tf.distribute.MultiWorkerMirroredStrategy",
        "strategy.run",
    ],
    "07": [
        "tfma.EvalConfig",
        "tfma.ModelSpec",
        "tfma.MetricsSpec",
        "tfma.MetricConfig",
        "tfma.SlicingSpec",
        "tfma.MetricThreshold",
        "tfma.GenericValueThreshold",
        "tfma.GenericChangeThreshold",
        "tfma.PerSliceMetricThreshold",
        "tfma.Options",
        "tfma.analyze_raw_data",
        "tfma.load_eval_result",
        "tfma.load_validation_result",
        "get_metrics_for_slice",
        "get_metrics_for_all_slices",
        "tfma.view.render_slicing_metrics",
        "tfma.view.render_plot",
        "tfma.view.render_time_series",
        "widget_view.render_fairness_indicator",
        "tfx.components.Evaluator",
        "tfx.components.Pusher",
        "tfx.dsl.Resolver",
        "WitConfigBuilder",
        "WitWidget",
        "LimeTextExplainer",
        "shap.explainers.Exact",
    ],
    "08": [
        *(f"tfx.components.{name}" for name in ("Pusher", "BulkInferrer", "InfraValidator")),
        "tfx.components.ImportExampleGen",
        *(f"tfx.proto.{name}" for name in ("PushDestination", "PushDestination.Filesystem")),
        *(f"tfx.proto.{name}" for name in ("DataSpec", "ModelSpec", "OutputExampleSpec")),
        *(f"tfx.proto.{name}" for name in ("ServingSpec", "RequestSpec", "ValidationSpec")),
        "tfx.proto.LocalDockerConfig",
        "tf.saved_model.load",
        "Flask",
        "requests.get",
        "requests.post",
        "grpc.insecure_channel",
        "predict_pb2.PredictRequest",
        "prediction_service_pb2_grpc.PredictionServiceStub",
        "stub.Predict",
        "tf.make_tensor_proto",
        "tf.make_ndarray",
        "get_model_status_pb2.GetModelStatusRequest",
        "model_service_pb2_grpc.ModelServiceStub",
        "model_stub.GetModelStatus",
        "model_server_config_pb2.ModelServerConfig",
        "model_management_pb2.ReloadConfigRequest",
        "HandleReloadConfigRequest",
        "prediction_log_pb2.PredictionLog",
        "prediction_log_pb2.PredictionLog.FromString",
    ],
    "09": [
        "tfx.components.Trainer",
        *(f"tfx.proto.{name}" for name in ("TrainArgs", "EvalArgs")),
        "tf.lite.TFLiteConverter.from_saved_model",
        "tf.lite.Interpreter",
        "get_signature_runner",
        *("rewriter_factory.create_rewriter", "to_lite.perform_rewrite"),
        "tfx.components.Pusher",
        "tfx.proto.PushDestination",
        "tf.data.TFRecordDataset",
        "context.run",
        "context.show",
        *("boto3.client", "client.upload_file", "client.get_paginator", "client.download_file"),
    ],
    "10": [
        *("OutputDict", "Property", "ChannelParameter", "ExecutionParameter", "tfx.dsl.Channel"),
        *("ExecutorClassSpec", "BeamExecutorSpec", "FileBasedExampleGen", "dsl.component"),
        *("artifact_utils.get_split_uri", "artifact_utils.get_single_instance"),
        *("tf.data.TFRecordDataset", "tf.io.TFRecordWriter", "tf.train.Example.FromString"),
        *("beam.GroupByKey", "beam.io.ReadFromTFRecord", "beam.io.WriteToText", "beam.Map"),
        *("fileio.MatchFiles", "fileio.ReadMatches"),
        *("visualizations.get_registry().register", "html.escape"),
        *("LeakAudit.test_call", "DeduplicatorExecutor().Do"),
        *("store.get_artifact_type", "store.get_artifacts_by_type", "store.get_executions_by_type"),
        *("context.run", "context.show"),
        *(f"tfx.components.{name}" for name in ("Trainer", "Pusher")),
        *(f"tfx.dsl.{name}" for name in ("Cond", "Importer", "Pipeline")),
        "tfx.dsl.experimental.create_container_component",
        "tfx.orchestration.LocalDagRunner",
        "compiler.Compiler",
        "tf.lite.TFLiteConverter.from_saved_model",
    ],
    "11": [
        *("FileBasedExampleGen", "BeamExecutorSpec"),
        *(f"tfx.components.{name}" for name in ("StatisticsGen", "SchemaGen", "ExampleValidator")),
        "tfx.dsl.Pipeline",
        "tfx.orchestration.metadata.sqlite_metadata_connection_config",
        "InteractiveContext",
        "tfx.orchestration.LocalDagRunner",
        "BeamDagRunner",
        "AirflowDagRunner",
        "AirflowPipelineConfig",
        "tfx.dsl.experimental.RuntimeParameter",
        *("requests.get", "requests.post"),
        "plain_context.run",
    ],
    "12": [
        *("FileBasedExampleGen", "BeamExecutorSpec"),
        *(f"tfx.components.{name}" for name in ("StatisticsGen", "SchemaGen", "ExampleValidator")),
        *(f"tfx.components.{name}" for name in ("Transform", "Trainer", "Evaluator", "Pusher")),
        *("tfx.components.InfraValidator", "tfx.dsl.Resolver", "tfx.dsl.Pipeline"),
        "tfx.dsl.experimental.RuntimeParameter",
        "tfx.orchestration.experimental.KubeflowV2DagRunner",
        "tfx.orchestration.experimental.KubeflowV2DagRunnerConfig",
        *("pipeline_spec_pb2.PipelineSpec", "pipeline_spec_pb2.PipelineDeploymentConfig"),
        *("json_format.ParseDict", "ResourceSpec", "ResourceSpec.AcceleratorConfig"),
        "with_platform_config",
        *("dsl.component", "dsl.pipeline", "compiler.Compiler", "local.init"),
        *("local.SubprocessRunner", "set_caching_options", "set_memory_limit"),
        *("aiplatform.PipelineJob", "AnonymousCredentials"),
        *("context.run", "context.show"),
    ],
    "13": [
        *("FileBasedExampleGen", "BeamExecutorSpec", "DistributionValidator"),
        *(f"tfx.components.{name}" for name in ("StatisticsGen", "Trainer", "Evaluator", "Pusher")),
        *(f"tfx.proto.{name}" for name in ("Input", "Output", "SplitConfig", "RangeConfig")),
        *("tfx.proto.StaticRange", "tfx.proto.PushDestination.Filesystem"),
        *("tfma.EvalConfig", "tfma.MetricThreshold", "tfma.GenericChangeThreshold"),
        *("sqlite3.connect", "pd.read_sql", "psycopg.connect", "connection.execute"),
        *("context.run", "context.show"),
    ],
    "14": [
        *("tf.train.Example.FromString", "tf.data.TFRecordDataset", "tf.io.TFRecordWriter"),
        *("tfx.components.Trainer", "tfx.proto.TrainArgs", "tft.TFTransformOutput"),
        *("tf.vectorized_map", "tape.gradient", "optimizer.apply"),
        *("dp_event.PoissonSampledDpEvent", "dp_event.GaussianDpEvent", "rdp.RdpAccountant"),
        *("accountant.get_epsilon", "dp_accounting.calibrate_dp_mechanism"),
        "tensorflow_privacy.DPKerasSGDOptimizer",
        "tensorflow_privacy.compute_dp_sgd_privacy_statement",
        *("ClientApp", "ServerApp", "FedAvg", "strategy.start", "run_simulation", "ArrayRecord"),
        *(
            "ts.context",
            "ts.ckks_vector",
            "ts.ckks_vector_from",
            "client_keys.generate_galois_keys",
        ),
        *("server_keys.make_context_public", "answer.serialize", "received.dot"),
        *("context.run", "context.show"),
    ],
    "15": [
        *(f"tfx.components.{name}" for name in ("Trainer", "Pusher")),
        *(f"tfx.proto.{name}" for name in ("TrainArgs", "EvalArgs", "PushDestination")),
        *("LogisticRegression", "jax.grad", "jax.tree.map", "jax.random.normal"),
        *("tft.TFTransformOutput", "graph.transform_features_layer", "tf.io.parse_example"),
        *("keras.export.ExportArchive", "archive.add_endpoint", "tf.math.bincount"),
        *("tf.saved_model.load", "joblib.load", "tf.data.TFRecordDataset"),
        *("MetadataStore", "store.get_events_by_artifact_ids", "store.get_executions_by_id"),
        *("store.get_artifacts_by_type", "Property"),
        "model_server_config_pb2.ModelServerConfig",
        *("pd.read_csv", "yaml.safe_load"),
        *("trial_context.run", "context.show"),
    ],
    "A": [
        *(f"tfx.components.{name}" for name in ("CsvExampleGen", "StatisticsGen", "SchemaGen")),
        *("tfx.components.Pusher", "tfx.proto.PushDestination.Filesystem"),
        "tfx.dsl.Pipeline",
        "tfx.orchestration.metadata.sqlite_metadata_connection_config",
        "tfx.orchestration.LocalDagRunner",
        "InteractiveContext",
        *("context.run", "context.show", "plain_context.run", "plain_context.show"),
        "tfx.dsl.experimental.create_container_component",
        "compiler.Compiler",
        *("subprocess.run", "yaml.safe_load", "base64.b64decode"),
    ],
    "B": [
        *("FileBasedExampleGen", "BeamExecutorSpec", "context.run", "context.show"),
        *("PipelineOptions", "PipelineOptionsValidator", "DataflowRunner"),
        "service_account.Credentials.from_service_account_file",
        "side_environments.run",
    ],
    "C": [
        *(f"tfx.components.{name}" for name in ("ImportSchemaGen", "ExampleValidator")),
        *("tfx.components.CsvExampleGen", "tfx.components.StatisticsGen"),
        *("metadata_store.MetadataStore", "store.get_executions", "dockerfile.Dockerfile"),
        *("tfdv.get_domain", "context.run", "context.show"),
    ],
}
"""Names of functions and classes by chapter; the end of a dotted name suffices."""

NAMES = {
    "02": ["setup"],
    "03": [
        *("custom_executor_spec", "GetInputSourceToExamplePTransform", "partition_feature_name"),
        *("SpanRangeStrategy", "InputArtifact", "OutputArtifact", "avro_executor"),
    ],
    "04": ["skew_comparator", "drift_comparator", "not_in_environment", "generators"],
    "05": ["module_file", "preprocessing_fn"],
    "06": ["module_file", "run_fn", "tuner_fn", "hyperparameters", "base_model"],
    "07": [
        *("value_threshold", "change_threshold", "per_slice_thresholds"),
        *("feature_keys", "feature_values"),
        *("lower_bound", "upper_bound", "LatestBlessedModelStrategy"),
    ],
    "08": ["infra_blessing", "model_spec", "predict_log", "output_example_spec"],
    "09": [
        *("optimizations", "representative_dataset", "supported_types", "supported_ops"),
        *("inference_input_type", "inference_output_type"),
        *("PolynomialDecay", "UpdatePruningStep", "strip_pruning", "quantize_model"),
    ],
    "10": [
        *("component", "InputArtifact", "OutputArtifact", "BeamComponentParameter", "use_beam"),
        *("Parameter", "ArtifactVisualization", "custom_executor_spec", "resolve_exec_properties"),
        *("GetInputSourceToExamplePTransform", "partition_feature_name"),
    ],
    "11": [
        *("metadata_connection_config", "enable_cache", "beam_pipeline_args", "max_num_retries"),
        "airflow_dag_config",
    ],
    "15": [
        *("module_file", "run_fn", "custom_config", "model_blessing", "jit", "component"),
        *("InputArtifact", "OutputArtifact", "Parameter", "version_labels"),
        "model_version_policy",
    ],
    "A": ["push_destination", "metadata_connection_config", "parameters", "image", "command"],
    "B": ["beam_pipeline_args", "pipeline_root", "preprocessing_fn"],
    "12": [
        *("run_fn", "preprocessing_fn", "default_image", "use_pipeline_spec_2_1"),
        *("parameter_values", "enable_caching", "service_account", "use_venv"),
        "install_kfp_package",
    ],
    "13": ["base_model", "baseline_model", "change_threshold", "infinity_norm", "range_config"],
    "14": [
        *("component", "InputArtifact", "OutputArtifact", "Parameter", "module_file", "run_fn"),
        *("l2_norm_clip", "noise_multiplier", "num_microbatches", "used_microbatching"),
        *("poly_modulus_degree", "coeff_mod_bit_sizes", "global_scale", "num_supernodes"),
    ],
    "C": ["last_known_state", "pipeline_root", "serving_model_dir", "schema_file"],
}
"""Names of attributes, arguments and methods by chapter."""


def trees(notebook: Notebook) -> Iterator[ast.AST]:
    """Yield what runs without an error: cells that must not fail, and solutions, but for what a ``try`` guards."""
    for cell in notebook.of_kind("code"):
        if "raises-exception" in cell.tags or "setup" in cell.tags:
            continue
        yield from _outside_of_try(ast.Module(cell.statements(), []))
        if exercise_number(cell):
            yield from _outside_of_try(ast.parse(notebook.solution(cell)))


def _outside_of_try(tree: ast.AST) -> Iterator[ast.AST]:
    yield tree
    for child in ast.iter_child_nodes(tree):
        if not isinstance(child, ast.Try):
            yield from _outside_of_try(child)


def chapters(table: dict[str, list[str]]) -> list:
    known = {notebook.chapter: notebook for notebook in all_notebooks()}
    return [
        pytest.param(known[number.lstrip("0")], name, id=f"{number}-{name}")
        for number, names in table.items()
        for name in names
    ]


@pytest.mark.parametrize(("notebook", "name"), chapters(CALLS))
def test_a_chapter_makes_the_genuine_call(notebook: Notebook, name: str):
    called = {
        re.sub(r"\(.*\)", "()", ast.unparse(node.func), flags=re.DOTALL)
        for node in trees(notebook)
        if isinstance(node, ast.Call)
    }
    assert any(one == name or one.endswith(f".{name}") for one in called)


@pytest.mark.parametrize(("notebook", "name"), chapters(NAMES))
def test_a_chapter_uses_the_genuine_name(notebook: Notebook, name: str):
    used = set()
    for node in trees(notebook):
        used |= {getattr(node, field, None) for field in ("attr", "name", "arg")}
    assert name in used
