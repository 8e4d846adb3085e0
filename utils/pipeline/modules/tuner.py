"""Tuner's ``tuner_fn``: a random search over the settings of the wide and deep model, with keras-tuner.

Trials learn from the train split and are judged on another one, which the component names in its ``eval_args``.
Transform must not have analyzed that split: it chooses terms by the labels, so these rows would have had a part in the
features. It must not be the Evaluator's split either, which measures the chosen model on rows without a say in the
choice.

Source: book, chapter 6, "Model tuning"; https://www.tensorflow.org/tfx/guide/tuner; https://keras.io/keras_tuner
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import keras
import keras_tuner
import tensorflow as tf
import tensorflow_transform as tft
from tfx.components.tuner.component import TunerFnResult

from . import reload_edited, trainer

reload_edited(__name__)

LOG = logging.getLogger(__name__)
"""Says which trial runs; a notebook shows it beside the component's seconds."""


def tuner_fn(fn_args: Any) -> TunerFnResult:
    """Describe the search: what the Tuner component calls.

    Args:
        fn_args: TFX's ``FnArgs``. ``custom_config`` holds ``features``, ``model`` and ``seed`` as for the Trainer, and
            ``search`` (see ``utils.pipeline.config.Search``).

    Returns:
        The search and what each trial is fitted with.
    """
    config = fn_args.custom_config
    search = config["search"]
    transform_output = tft.TFTransformOutput(fn_args.transform_graph_path)

    def build(space: keras_tuner.HyperParameters) -> keras.Model:
        keras.utils.set_random_seed(config["seed"])
        values = config["model"] | trainer.chosen({"values": sample(space, search)})
        return trainer.build_model(transform_output, config["features"], values)

    batch_size = config["model"]["batch_size"]
    training = trainer.input_fn(
        fn_args.train_files, transform_output, batch_size, shuffle_seed=config["seed"]
    )
    judging = trainer.input_fn(fn_args.eval_files, transform_output, batch_size)
    tuner = QuietSearch(
        build,
        objective=keras_tuner.Objective("val_auc", "max"),
        max_trials=search["trials"],
        seed=config["seed"],
        directory=fn_args.working_dir,
        project_name="search",
        overwrite=True,
    )
    inputs = _inputs_only(build(keras_tuner.HyperParameters()))
    return TunerFnResult(
        tuner,
        {
            "x": training.map(inputs),
            "validation_data": judging.map(inputs),
            "epochs": search["epochs"],
            "verbose": 0,
        },
    )


def sample(space: keras_tuner.HyperParameters, search: Mapping[str, Any]) -> dict[str, Any]:
    """Draw the settings of one trial.

    Args:
        space: keras-tuner's search space, which notes each setting that is drawn.
        search: ``layers`` and ``dropout``, the values to choose from, and ``learning_rate``, its least and greatest
            value, drawn evenly by order of magnitude.

    Returns:
        The settings by name; ``layers`` as a text such as ``"32-16"``.
    """
    low, high = search["learning_rate"]
    return {
        "layers": space.Choice(
            "layers", ["-".join(map(str, layers)) for layers in search["layers"]]
        ),
        "dropout": space.Choice("dropout", list(search["dropout"])),
        "learning_rate": space.Float("learning_rate", low, high, sampling="log"),
    }


class QuietSearch(keras_tuner.RandomSearch):
    """keras-tuner's random search; what it would print, the artifact ``tuner_results`` holds."""

    def search_space_summary(self, extended: bool = False) -> None:
        """Print nothing."""

    def results_summary(self, num_trials: int = 10) -> None:
        """Print nothing."""

    def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> Any:
        """Say which trial begins, and run it."""
        LOG.info("trial %d of %d", int(trial.trial_id) + 1, self.oracle.max_trials)
        return super().run_trial(trial, *args, **kwargs)


def _inputs_only(model: keras.Model) -> Any:
    """Return a function that leaves out the columns that the model does not read."""
    names = list(model.input)

    def inputs(
        columns: dict[str, tf.Tensor], labels: tf.Tensor
    ) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        return {name: columns[name] for name in names}, labels

    return inputs
