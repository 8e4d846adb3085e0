"""Chapter 1's pipeline as a tutorial of TFX writes it, with everything left at TFX's defaults.

The rows, the features, the network, the metrics and the thresholds are this workbook's, so that the work is the same.
The rest is what the tutorials on tensorflow.org do: ``CsvExampleGen`` over a folder, module files that TFX packs,
Transform with its statistics and its analyzer cache, and no arguments for Beam.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from tfx import v1 as tfx
from tfx.dsl.components.base.base_node import BaseNode

from utils.complaints import csvio, schema
from utils.pipeline import evaluation
from utils.pipeline.config import PipelineConfig

PREPROCESSING = "from utils.pipeline.modules.transform import preprocessing_fn\n"
TRAINING = "from utils.pipeline.modules.trainer import run_fn\n"


def rows(source: Path, folder: Path) -> None:
    """Bring complaints into a form that ``CsvExampleGen`` reads: no newline in a field, the group as a column.

    Args:
        source: The file of a span.
        folder: Where the new file goes; it is made.
    """
    table = csvio.read_table(source)
    table = table[table[schema.LABEL].isin(["0", "1"])]
    group = schema.STATE_GROUP
    inside = table[group["column"]].isin(group["values"])
    table[group["name"]] = inside.map({True: group["inside"], False: group["outside"]})
    table[schema.NARRATIVE] = table[schema.NARRATIVE].str.replace(r"\s+", " ", regex=True)
    folder.mkdir(parents=True)
    pd.DataFrame(table).to_csv(folder / "complaints.csv", index=False)


def build(config: PipelineConfig, data: Path, modules: Path) -> dict[str, BaseNode]:
    """Build the pipeline.

    Args:
        config: The features, the model and the thresholds.
        data: A folder that :func:`rows` has made.
        modules: A folder for the module files.

    Returns:
        Component by its name, in an order in which they can be run.
    """
    modules.mkdir(parents=True)
    (modules / "preprocessing.py").write_text(PREPROCESSING)
    (modules / "training.py").write_text(TRAINING)
    example_gen = tfx.components.CsvExampleGen(input_base=str(data))
    examples = example_gen.outputs["examples"]
    statistics_gen = tfx.components.StatisticsGen(examples=examples)
    statistics = statistics_gen.outputs["statistics"]
    schema_gen = tfx.components.SchemaGen(statistics=statistics, infer_feature_shape=False)
    inferred = schema_gen.outputs["schema"]
    example_validator = tfx.components.ExampleValidator(statistics=statistics, schema=inferred)
    features = {"features": config.features.as_dict()}
    transform = tfx.components.Transform(
        examples=examples,
        schema=inferred,
        module_file=str(modules / "preprocessing.py"),
        custom_config=features,
    )
    trainer = tfx.components.Trainer(
        module_file=str(modules / "training.py"),
        examples=transform.outputs["transformed_examples"],
        transform_graph=transform.outputs["transform_graph"],
        schema=inferred,
        custom_config={**features, "model": config.model.as_dict(), "seed": config.seed},
    )
    resolver = tfx.dsl.Resolver(
        strategy_class=tfx.dsl.experimental.LatestBlessedModelStrategy,
        model=tfx.dsl.Channel(type=tfx.types.standard_artifacts.Model),
        model_blessing=tfx.dsl.Channel(type=tfx.types.standard_artifacts.ModelBlessing),
    ).with_id("latest_blessed_model_resolver")
    evaluator = tfx.components.Evaluator(
        examples=examples,
        model=trainer.outputs["model"],
        baseline_model=resolver.outputs["model"],
        eval_config=evaluation.eval_config(config),
    )
    pusher = tfx.components.Pusher(
        model=trainer.outputs["model"],
        model_blessing=evaluator.outputs["blessing"],
        push_destination=tfx.proto.PushDestination(
            filesystem=tfx.proto.PushDestination.Filesystem(base_directory=config.pushed_models)
        ),
    )
    return {
        "example_gen": example_gen,
        "statistics_gen": statistics_gen,
        "schema_gen": schema_gen,
        "example_validator": example_validator,
        "transform": transform,
        "trainer": trainer,
        "resolver": resolver,
        "evaluator": evaluator,
        "pusher": pusher,
    }
