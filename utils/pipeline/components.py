"""The components of the example pipeline, one function each. They build; running is the caller's.

Each function makes the call of TFX that a chapter writes out, with the values of a configuration; a test compares
the two. A notebook passes each to ``context.run``, ``utils.pipeline.runners`` hands them all to an orchestrator:
the same code either way. Transform and Trainer find their code by its dotted path, so nothing is packaged with pip.

Source: book, chapters 3 to 7; https://www.tensorflow.org/tfx/guide
"""

from __future__ import annotations

from collections.abc import Sequence

from tfx import v1 as tfx
from tfx.components.example_gen.component import FileBasedExampleGen
from tfx.dsl.components.base.base_node import BaseNode
from tfx.dsl.components.base.executor_spec import BeamExecutorSpec
from tfx.proto import range_config_pb2

from . import csv_executor, custom_config, evaluation
from .config import ConfigError, PipelineConfig, Search, check_strategy
from .modules import features

MODULES = "utils.pipeline.modules"


def example_gen(config: PipelineConfig) -> FileBasedExampleGen:
    """ExampleGen: CSV files to examples in splits.

    Args:
        config: ``input_base``, ``pattern``, ``span``, ``splits``, ``labelled_only``, ``label_as_text`` and
            ``groups`` are used.

    Returns:
        The component; output ``examples``.
    """
    options = {
        "labelled_only": config.labelled_only and not config.label_as_text,
        "label_as_text": config.label_as_text,
        "groups": config.as_dict()["groups"],
    }
    changed = {
        name: value for name, value in options.items() if value != csv_executor.DEFAULTS[name]
    }
    splits = [
        tfx.proto.SplitConfig.Split(name=name, hash_buckets=share) for name, share in config.splits
    ]
    return FileBasedExampleGen(
        input_base=config.input_base,
        input_config=tfx.proto.Input(
            splits=[tfx.proto.Input.Split(name="complaints", pattern=config.input_pattern)]
        ),
        output_config=tfx.proto.Output(
            split_config=tfx.proto.SplitConfig(splits=splits, partition_feature_name=features.KEY)
        ),
        range_config=only_span(config.span),
        custom_config=custom_config.pack(changed) if changed else None,
        custom_executor_spec=BeamExecutorSpec(csv_executor.Executor),
    ).with_id("ExampleGen")


def only_span(span: object) -> tfx.proto.RangeConfig | None:
    """Return the range that holds one span.

    Args:
        span: A span's number; anything else stands for the latest one.

    Returns:
        The range; None for no limit.
    """
    if not isinstance(span, int):
        return None
    return tfx.proto.RangeConfig(
        static_range=range_config_pb2.StaticRange(start_span_number=span, end_span_number=span)
    )


def statistics_gen(example_gen: BaseNode) -> tfx.components.StatisticsGen:
    """StatisticsGen over all splits; output ``statistics``."""
    return tfx.components.StatisticsGen(examples=example_gen.outputs["examples"])


def schema_gen(
    statistics_gen: BaseNode, exclude_splits: Sequence[str] = ("eval",)
) -> tfx.components.SchemaGen:
    """SchemaGen from the train split; output ``schema``.

    Shapes are left open, so that a request without some column is a missing value and not an error.

    Args:
        statistics_gen: Where the statistics come from.
        exclude_splits: Names of the splits that nothing is learnt from.

    Returns:
        The component.
    """
    return tfx.components.SchemaGen(
        statistics=statistics_gen.outputs["statistics"],
        infer_feature_shape=False,
        exclude_splits=list(exclude_splits),
    )


def example_validator(
    statistics_gen: BaseNode, schema_gen: BaseNode
) -> tfx.components.ExampleValidator:
    """ExampleValidator: the statistics against the schema; output ``anomalies``."""
    return tfx.components.ExampleValidator(
        statistics=statistics_gen.outputs["statistics"], schema=schema_gen.outputs["schema"]
    )


def transform(
    config: PipelineConfig, example_gen: BaseNode, schema_gen: BaseNode
) -> tfx.components.Transform:
    """Transform; outputs ``transform_graph`` and ``transformed_examples``.

    Two of its extras are off. The statistics before and after would be a second StatisticsGen over the same
    rows, and the analyzer cache only pays when spans are added to a growing window.

    Args:
        config: ``features`` is used.
        example_gen: Where the examples come from.
        schema_gen: Where the schema comes from.

    Returns:
        The component.
    """
    return tfx.components.Transform(
        examples=example_gen.outputs["examples"],
        schema=schema_gen.outputs["schema"],
        preprocessing_fn=f"{MODULES}.transform.preprocessing_fn",
        custom_config={"features": config.features.as_dict()},
        disable_statistics=True,
        disable_analyzer_cache=True,
    )


def tuner(
    config: PipelineConfig, transform: BaseNode, schema_gen: BaseNode, search: Search | None = None
) -> tfx.components.Tuner:
    """Tuner: tries settings of the model; outputs ``best_hyperparameters`` and ``tuner_results``.

    Args:
        config: ``splits``, ``features``, ``model`` and ``seed`` are used.
        transform: Where the transformed examples come from.
        schema_gen: Where the schema comes from.
        search: What is tried, and the split that trials are judged on; None for the defaults.

    Returns:
        The component.

    Raises:
        ConfigError: Where the configuration has no such split.
    """
    search = search or Search()
    if search.split not in dict(config.splits):
        raise ConfigError(
            f"Trials are judged on a split {search.split!r}, and there is none: make one, for example with "
            f"config.replace(splits={{'train': 3, {search.split!r}: 1, 'eval': 2}})."
        )
    return tfx.components.Tuner(
        tuner_fn=f"{MODULES}.tuner.tuner_fn",
        examples=transform.outputs["transformed_examples"],
        transform_graph=transform.outputs["transform_graph"],
        schema=schema_gen.outputs["schema"],
        train_args=tfx.proto.TrainArgs(splits=["train"]),
        eval_args=tfx.proto.EvalArgs(splits=[search.split]),
        custom_config={
            "features": config.features.as_dict(),
            "model": config.model.as_dict(),
            "search": search.as_dict(),
            "seed": config.seed,
        },
    )


def trainer(
    config: PipelineConfig,
    transform: BaseNode,
    schema_gen: BaseNode,
    *,
    hyperparameters: BaseNode | None = None,
    base_model: BaseNode | None = None,
    strategy: str | None = None,
) -> tfx.components.Trainer:
    """Trainer; outputs ``model`` and ``model_run`` (TensorBoard's logs).

    Args:
        config: ``features``, ``model`` and ``seed`` are used.
        transform: Where the transformed examples come from.
        schema_gen: Where the schema comes from.
        hyperparameters: A Tuner, whose best hyperparameters replace values of ``config.model``; None for none.
        base_model: A node with an output ``model`` to start from, for example an earlier Trainer or a Resolver; None
            to start from nothing.
        strategy: ``"OneDeviceStrategy"`` or ``"MirroredStrategy"``; None trains without one.

    Returns:
        The component.

    Raises:
        ConfigError: For a strategy that needs more than one machine.
    """
    inputs = {
        "hyperparameters": hyperparameters and hyperparameters.outputs["best_hyperparameters"],
        "base_model": base_model and base_model.outputs["model"],
    }
    return tfx.components.Trainer(
        run_fn=f"{MODULES}.trainer.run_fn",
        examples=transform.outputs["transformed_examples"],
        transform_graph=transform.outputs["transform_graph"],
        schema=schema_gen.outputs["schema"],
        train_args=tfx.proto.TrainArgs(splits=["train"]),
        eval_args=tfx.proto.EvalArgs(splits=["eval"]),
        custom_config={
            "features": config.features.as_dict(),
            "model": config.model.as_dict(),
            "seed": config.seed,
            **({"strategy": check_strategy(strategy)} if strategy else {}),
        },
        **{name: channel for name, channel in inputs.items() if channel is not None},
    )


def resolver() -> tfx.dsl.Resolver:
    """Build a Resolver for the Evaluator's baseline: the latest blessed model.

    That may be the very model to be judged, when an unchanged pipeline runs again: ``utils.session.baseline`` tells
    what becomes of it in a notebook. TFX's runners compare the model with itself.

    Returns:
        The node; outputs ``model`` and ``model_blessing``, both empty in a new store, where there is no such model.
    """
    return tfx.dsl.Resolver(
        strategy_class=tfx.dsl.experimental.LatestBlessedModelStrategy,
        model=tfx.dsl.Channel(type=tfx.types.standard_artifacts.Model),
        model_blessing=tfx.dsl.Channel(type=tfx.types.standard_artifacts.ModelBlessing),
    ).with_id("LatestBlessedModel")


def evaluator(
    config: PipelineConfig,
    example_gen: BaseNode,
    trainer: BaseNode,
    resolver: BaseNode | None,
    schema_gen: BaseNode,
) -> tfx.components.Evaluator:
    """Build an Evaluator on the eval split; outputs ``evaluation`` and ``blessing``.

    It reads the raw examples, not the transformed ones: the exported model transforms, and slices are named
    by raw columns.

    Args:
        config: ``thresholds`` and ``slices`` are used.
        example_gen: Where the examples come from.
        trainer: Where the model comes from.
        resolver: Where the baseline comes from; None to measure the model alone.
        schema_gen: Where the schema comes from.

    Returns:
        The component.
    """
    return tfx.components.Evaluator(
        examples=example_gen.outputs["examples"],
        model=trainer.outputs["model"],
        baseline_model=resolver and resolver.outputs["model"],
        eval_config=evaluation.eval_config(config),
        schema=schema_gen.outputs["schema"],
        example_splits=["eval"],
    )


def pusher(config: PipelineConfig, trainer: BaseNode, evaluator: BaseNode) -> tfx.components.Pusher:
    """Pusher: a blessed model into ``pushed_models``, in a sub-folder of its own; output ``pushed_model``."""
    return tfx.components.Pusher(
        model=trainer.outputs["model"],
        model_blessing=evaluator.outputs["blessing"],
        push_destination=tfx.proto.PushDestination(
            filesystem=tfx.proto.PushDestination.Filesystem(base_directory=config.pushed_models)
        ),
    )


def build(config: PipelineConfig, schema: BaseNode | None = None) -> dict[str, BaseNode]:
    """Build the whole pipeline.

    Args:
        config: Its values.
        schema: A node with an output ``schema`` that has run already, to be used as it is; None infers a schema, from
            statistics that are computed for it.

    Returns:
        Component by the name of its function here, in an order in which they can be run; without those that infer
        and validate where a schema is given, and without the Resolver where nothing is compared.
    """
    nodes: dict[str, BaseNode] = {"example_gen": example_gen(config)}
    if schema is None:
        nodes["statistics_gen"] = statistics_gen(nodes["example_gen"])
        held_out = [name for name, _ in config.splits if name != "train"]
        schema = nodes["schema_gen"] = schema_gen(nodes["statistics_gen"], held_out)
        nodes["example_validator"] = example_validator(nodes["statistics_gen"], schema)
    nodes["transform"] = transform(config, nodes["example_gen"], schema)
    nodes["trainer"] = trainer(config, nodes["transform"], schema)
    if config.thresholds.max_auc_drop is not None:
        nodes["resolver"] = resolver()
    nodes["evaluator"] = evaluator(
        config, nodes["example_gen"], nodes["trainer"], nodes.get("resolver"), schema
    )
    nodes["pusher"] = pusher(config, nodes["trainer"], nodes["evaluator"])
    return nodes
