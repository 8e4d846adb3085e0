"""A pipeline in a repository of one's own, in plain TFX: which taxi rides end with a tip?

It is what a reader of chapters 1 to 7 writes without the workbook: ``features.py`` and ``trainer.py`` beside it are the
modules of chapters 5 and 6 with other columns. Run it in their folder: ``python pipeline.py``.
"""

# TFMA 0.52 leaves the names of its configuration out of tfma itself.
from tensorflow_model_analysis.proto import config_pb2 as tfma
from tfx import v1 as tfx

ROOT = "output"

example_gen = tfx.components.CsvExampleGen(input_base="data")
statistics_gen = tfx.components.StatisticsGen(examples=example_gen.outputs["examples"])
schema_gen = tfx.components.SchemaGen(
    statistics=statistics_gen.outputs["statistics"],
    infer_feature_shape=False,
    exclude_splits=["eval"],
)
example_validator = tfx.components.ExampleValidator(
    statistics=statistics_gen.outputs["statistics"], schema=schema_gen.outputs["schema"]
)
transform = tfx.components.Transform(
    examples=example_gen.outputs["examples"],
    schema=schema_gen.outputs["schema"],
    module_file="features.py",
    disable_statistics=True,
)
trainer = tfx.components.Trainer(
    module_file="trainer.py",
    examples=transform.outputs["transformed_examples"],
    transform_graph=transform.outputs["transform_graph"],
    schema=schema_gen.outputs["schema"],
    train_args=tfx.proto.TrainArgs(splits=["train"]),
    eval_args=tfx.proto.EvalArgs(splits=["eval"]),
    custom_config={"epochs": 10},
)
resolver = tfx.dsl.Resolver(
    strategy_class=tfx.dsl.experimental.LatestBlessedModelStrategy,
    model=tfx.dsl.Channel(type=tfx.types.standard_artifacts.Model),
    model_blessing=tfx.dsl.Channel(type=tfx.types.standard_artifacts.ModelBlessing),
).with_id("LatestBlessedModel")
auc = tfma.MetricConfig(
    class_name="AUC",
    threshold=tfma.MetricThreshold(
        value_threshold=tfma.GenericValueThreshold(lower_bound={"value": 0.6})
    ),
)
evaluator = tfx.components.Evaluator(
    examples=example_gen.outputs["examples"],
    model=trainer.outputs["model"],
    baseline_model=resolver.outputs["model"],
    eval_config=tfma.EvalConfig(
        model_specs=[
            tfma.ModelSpec(
                signature_name="serving_default", label_key="tipped", prediction_key="probability"
            )
        ],
        metrics_specs=[tfma.MetricsSpec(metrics=[auc])],
        slicing_specs=[tfma.SlicingSpec()],
    ),
    schema=schema_gen.outputs["schema"],
)
pusher = tfx.components.Pusher(
    model=trainer.outputs["model"],
    model_blessing=evaluator.outputs["blessing"],
    push_destination=tfx.proto.PushDestination(
        filesystem=tfx.proto.PushDestination.Filesystem(base_directory="pushed")
    ),
)

if __name__ == "__main__":
    tfx.orchestration.LocalDagRunner().run(
        tfx.dsl.Pipeline(
            pipeline_name="tips",
            pipeline_root=ROOT,
            components=[
                *(example_gen, statistics_gen, schema_gen, example_validator, transform),
                *(trainer, resolver, evaluator, pusher),
            ],
            metadata_connection_config=(
                tfx.orchestration.metadata.sqlite_metadata_connection_config(f"{ROOT}/metadata.db")
            ),
            beam_pipeline_args=["--runner=FnApiRunner", "--sdk_container_image=none"],
        )
    )
