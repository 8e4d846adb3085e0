"""The search: what is drawn, what trials are judged on, and what the Trainer makes of the winner."""

import json

import keras_tuner
import pytest
import tensorflow as tf
import tensorflow_transform as tft
from tensorflow_transform.tf_metadata import schema_utils

from tests.pipeline.analysis import ROWS, SMALL, analyze
from utils.pipeline import components, config
from utils.pipeline.config import ModelSpec, PipelineConfig, Search
from utils.pipeline.modules import trainer, tuner

THREE = (("train", 3), ("tune", 1), ("eval", 2))


@pytest.fixture(scope="module")
def transformed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("transform")
    _, rows, output = analyze(ROWS * 10, SMALL, folder)
    schema = schema_utils.schema_from_feature_spec(output.transformed_feature_spec())
    coder = tft.coders.ExampleProtoCoder(schema)
    with tf.io.TFRecordWriter(str(folder / "rows.gz"), "GZIP") as writer:
        for row in rows:
            writer.write(coder.encode(row))
    return str(folder / "rows.gz"), output, folder / "out"


def test_settings_are_drawn_from_the_search(transformed):
    space = keras_tuner.HyperParameters()
    drawn = tuner.sample(space, Search().as_dict())
    assert drawn["layers"] in ("16", "32-16", "64-32")
    assert 1e-4 <= drawn["learning_rate"] <= 3e-2
    assert {one.name for one in space.space} == {"layers", "dropout", "learning_rate"}


def test_the_trainer_takes_what_the_tuner_wrote():
    assert trainer.chosen(None) == {}
    assert trainer.chosen({"space": [], "values": {"layers": "64-32", "dropout": 0.5}}) == {
        "layers": [64, 32],
        "dropout": 0.5,
    }


def test_trials_are_judged_on_a_split_of_their_own():
    nodes = components.build(PipelineConfig())
    given = nodes["transform"], nodes["schema_gen"]
    with pytest.raises(config.ConfigError, match="a split 'tune', and there is none"):
        components.tuner(PipelineConfig(), *given)
    split = PipelineConfig(splits=THREE)
    made = components.tuner(split, *given)
    assert json.loads(made.exec_properties["train_args"])["splits"] == ["train"]
    assert json.loads(made.exec_properties["eval_args"])["splits"] == ["tune"]


def test_a_search_runs_quietly_and_ranks_its_trials(transformed, tmp_path, capsys):
    from types import SimpleNamespace

    files, _, folder = transformed
    custom = {
        "features": SMALL.as_dict(),
        "model": ModelSpec(batch_size=8).as_dict(),
        "search": Search(trials=2, epochs=1, layers=((4,), (2,))).as_dict(),
        "seed": 1,
    }
    result = tuner.tuner_fn(
        SimpleNamespace(
            custom_config=custom,
            transform_graph_path=str(folder),
            train_files=[files],
            eval_files=[files],
            working_dir=str(tmp_path),
        )
    )
    result.tuner.search_space_summary()
    result.tuner.search(**result.fit_kwargs)
    result.tuner.results_summary()
    assert capsys.readouterr().out == ""
    best, worst = result.tuner.oracle.get_best_trials(2)
    assert best.score >= worst.score
    assert trainer.chosen(result.tuner.get_best_hyperparameters()[0].get_config())["layers"] in (
        [4],
        [2],
    )


def test_the_names_of_strategies_are_those_that_the_trainer_knows():
    assert tuple(trainer.STRATEGIES) == config.STRATEGIES


def test_settings_beyond_the_plain_trainer_reach_it_only_where_asked():
    nodes = components.build(PipelineConfig())
    transform, schema = nodes["transform"], nodes["schema_gen"]
    plain = nodes["trainer"]
    assert "strategy" not in plain.exec_properties["custom_config"]
    assert not {"base_model", "hyperparameters"} & set(plain.inputs)
    search = components.tuner(PipelineConfig(splits=THREE), transform, schema)
    whole = components.trainer(
        PipelineConfig(),
        transform,
        schema,
        hyperparameters=search,
        base_model=plain,
        strategy="MirroredStrategy",
    )
    assert "MirroredStrategy" in whole.exec_properties["custom_config"]
    assert {"base_model", "hyperparameters"} <= set(whole.inputs)
    with pytest.raises(config.ConfigError, match="TPUStrategy"):
        components.trainer(PipelineConfig(), transform, schema, strategy="TPUStrategy")
