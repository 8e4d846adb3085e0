"""Tuner's ``tuner_fn``: a random search over the settings of the wide and deep model, with keras-tuner.

Trials are judged on rows held out of the train split. The eval split stays untouched, so that the Evaluator measures
the chosen model on rows that had no say in the choice.

Source: book, chapter 6, "Model tuning"; https://www.tensorflow.org/tfx/guide/tuner; https://keras.io/keras_tuner
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

import keras
import keras_tuner
import numpy as np
import tensorflow as tf
import tensorflow_transform as tft
from tfx.components.tuner.component import TunerFnResult

from . import reload_edited, trainer

reload_edited(__name__)

LOG = logging.getLogger(__name__)
"""Says which trial runs; a notebook shows it beside the component's seconds."""

ALL_ROWS = 2**31
"""A batch size that no split reaches."""


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

    training, held_out = hold_out(
        fn_args.train_files,
        transform_output,
        config["model"]["batch_size"],
        share=search["held_out"],
        seed=config["seed"],
    )
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
            "validation_data": held_out.map(inputs),
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


def hold_out(
    files: Iterable[str],
    transform_output: tft.TFTransformOutput,
    batch_size: int,
    share: float,
    seed: int,
) -> tuple[tf.data.Dataset, tf.data.Dataset]:
    """Split rows at random, the same way each time.

    Args:
        files: Patterns of gzipped TFRecord files with transformed examples.
        transform_output: What Transform produced.
        batch_size: Rows a batch.
        share: The share of the rows to hold out.
        seed: The seed of the split.

    Returns:
        Batches to learn from, shuffled anew in each epoch, and batches of the rows held out.
    """
    columns, labels = next(iter(trainer.input_fn(files, transform_output, ALL_ROWS)))
    order = np.random.RandomState(seed).permutation(len(labels))
    border = round(len(order) * share)

    def rows(numbers: np.ndarray) -> tf.data.Dataset:
        chosen = {name: tf.gather(values, numbers) for name, values in columns.items()}
        return tf.data.Dataset.from_tensor_slices((chosen, tf.gather(labels, numbers)))

    training = rows(order[border:]).shuffle(len(order), seed=seed)
    return training.batch(batch_size), rows(order[:border]).batch(batch_size)


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
