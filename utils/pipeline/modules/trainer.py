"""Trainer's ``run_fn``: a wide and deep Keras model on the transformed complaints.

The wide half is a linear model over every category and n-gram, good at remembering; the deep half gives each
a small embedding and mixes them, good at combining. Both are seeded, and rows are put in an order of their
own before they are shuffled, so two runs on the same data give the same model.

Source: book, chapter 6; https://arxiv.org/abs/1606.07792 (wide and deep);
https://www.tensorflow.org/tfx/guide/trainer
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
import tensorflow_transform as tft

from . import features, reload_edited, warm_start

reload_edited(__name__)

LOG = logging.getLogger(__name__)
"""Says after each epoch how training goes; a notebook shows it beside the component's seconds."""

STRATEGIES = {
    "OneDeviceStrategy": lambda: tf.distribute.OneDeviceStrategy("/cpu:0"),
    "MirroredStrategy": tf.distribute.MirroredStrategy,
}
"""The distribution strategies that need one machine only."""

READ_AT_ONCE = 10_000
"""Rows decoded together when reading: large enough to be fast, small enough for memory."""


def run_fn(fn_args: Any) -> None:
    """Train and export the model: what the Trainer component calls.

    Args:
        fn_args: TFX's ``FnArgs``. ``custom_config`` holds ``features`` (see :mod:`.features`), ``model``
            (see :func:`build_model` and :func:`train`), ``seed`` and perhaps a ``strategy`` (see
            :data:`STRATEGIES`). ``hyperparameters``, where a Tuner wrote some, replace values of ``model``;
            ``base_model``, where one was handed over, is the model to start from (see :mod:`.warm_start`).
    """
    config = fn_args.custom_config
    values = config["model"] | chosen(fn_args.hyperparameters)
    keras.utils.set_random_seed(config["seed"])
    transform_output = tft.TFTransformOutput(fn_args.transform_output)
    batch_size = values["batch_size"]
    train_data = input_fn(
        fn_args.train_files, transform_output, batch_size, shuffle_seed=config["seed"]
    )
    eval_data = input_fn(fn_args.eval_files, transform_output, batch_size)
    if "strategy" in config:
        with STRATEGIES[config["strategy"]]().scope():
            model = build_model(transform_output, config["features"], values)
    else:
        model = build_model(transform_output, config["features"], values)
    if fn_args.base_model:
        warm_start.load(model, transform_output, config["features"], fn_args.base_model)
    train(model, train_data, eval_data, values, log_dir=fn_args.model_run_dir)
    export(model, transform_output, fn_args.serving_model_dir)


def chosen(hyperparameters: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a Tuner chose, as values of the model.

    Args:
        hyperparameters: keras-tuner's configuration, whose ``values`` hold numbers and texts only; None for none.

    Returns:
        Values for :func:`build_model`: ``layers``, which the Tuner writes as ``"32-16"``, is a list of numbers again.
    """
    values = dict((hyperparameters or {}).get("values", {}))
    if "layers" in values:
        values["layers"] = [int(units) for units in values["layers"].split("-")]
    return values


def input_fn(
    files: Iterable[str],
    transform_output: tft.TFTransformOutput,
    batch_size: int,
    shuffle_seed: int | None = None,
) -> tf.data.Dataset:
    """Read transformed examples into memory, in an order that does not depend on how Beam wrote them.

    Args:
        files: Patterns of gzipped TFRecord files.
        transform_output: What Transform produced, for the features' types.
        batch_size: Rows a batch.
        shuffle_seed: Shuffles the rows, anew in each epoch. None keeps the order.

    Returns:
        Batches of a pair: feature name to tensor ``[rows, ...]``, and the labels, int64 ``[rows]``. Rows whose label is
        not known yet are left out: nothing can be learnt from them.

    Raises:
        ValueError: If the files hold no row with a label.
    """
    paths = [path for pattern in files for path in tf.io.gfile.glob(pattern)]
    specification = transform_output.transformed_feature_spec()
    batches = tf.data.TFRecordDataset(paths, compression_type="GZIP").batch(READ_AT_ONCE)
    parsed = [tf.io.parse_example(batch, specification) for batch in batches]
    label = features.transformed_name(features.LABEL)
    labelled = [part[label] != features.NO_LABEL for part in parsed]
    if not any(map(tf.reduce_any, labelled)):
        raise ValueError(
            f"There is no row with a label in {', '.join(files)}: look at the split and at its labels."
        )
    columns = {
        name: tf.concat(
            [
                tf.boolean_mask(part[name], mine)
                for part, mine in zip(parsed, labelled, strict=True)
            ],
            0,
        )
        for name in sorted(specification)
    }
    order = row_order(columns.values())
    columns = {name: tf.gather(values, order) for name, values in columns.items()}
    labels = columns.pop(label)
    data = tf.data.Dataset.from_tensor_slices((columns, labels))
    if shuffle_seed is not None:
        data = data.shuffle(len(order), seed=shuffle_seed)
    return data.batch(batch_size).prefetch(1)


def row_order(columns: Iterable[tf.Tensor]) -> list[int]:
    """Return an order of rows that follows from their values alone.

    Beam writes rows as they come, and Transform writes their features in any order, so neither a row's place in a file
    nor its bytes there are the same in the next run.
    Averages that Transform computes may differ in their last digit, depending on how Beam cut the data; decimal
    numbers are therefore rounded before they decide an order.

    Args:
        columns: Tensors of numbers, ``[rows, ...]``, themselves in a fixed order.

    Returns:
        The rows' numbers in order.
    """
    arrays = (np.asarray(values) for values in columns)
    blocks = [
        (np.rint(array * 100).astype("int64") if array.dtype.kind == "f" else array).reshape(
            len(array), -1
        )
        for array in arrays
    ]
    keys = [b"".join(block[row].tobytes() for block in blocks) for row in range(len(blocks[0]))]
    return sorted(range(len(keys)), key=keys.__getitem__)


def build_model(
    transform_output: tft.TFTransformOutput,
    specification: Mapping[str, Any],
    values: Mapping[str, Any],
) -> keras.Model:
    """Build the wide and deep model.

    Args:
        transform_output: What Transform produced, for the sizes of the vocabularies.
        specification: The feature specification.
        values: ``layers``, ``embedding``, ``dropout``, ``l2`` and ``learning_rate``.

    Returns:
        A compiled model from the transformed features, by name, to the probability of a dispute, float32
        ``[rows, 1]``.
    """
    inputs, wide, hidden = encode(transform_output, specification, values)
    penalty = keras.regularizers.L2(values["l2"])
    for number, units in enumerate(values["layers"], start=1):
        hidden = keras.layers.Dense(
            units, activation="relu", kernel_regularizer=penalty, name=f"hidden_{number}"
        )(hidden)
        hidden = keras.layers.Dropout(values["dropout"], name=f"dropout_{number}")(hidden)
    linear = keras.layers.Dense(
        1, use_bias=False, kernel_initializer="zeros", kernel_regularizer=penalty, name="wide"
    )
    logit = keras.layers.Add(name="logit")(
        [linear(wide), keras.layers.Dense(1, name="deep")(hidden)]
    )
    outputs = keras.layers.Activation("sigmoid", name="probability")(logit)
    model = keras.Model(inputs, outputs, name="wide_and_deep")
    model.compile(
        optimizer=keras.optimizers.Adam(values["learning_rate"]),
        loss="binary_crossentropy",
        metrics=[keras.metrics.AUC(name="auc")],
    )
    # The first step would make these variables, and TensorFlow would then trace it a second time, for seconds.
    model.optimizer.build(model.trainable_variables)
    return model


def encode(
    transform_output: tft.TFTransformOutput,
    specification: Mapping[str, Any],
    values: Mapping[str, Any],
) -> tuple[dict[str, Any], Any, Any]:
    """Make the model's inputs, and what its two halves read of them.

    Args:
        transform_output: What Transform produced, for the sizes of the vocabularies.
        specification: The feature specification.
        values: ``embedding`` and ``l2``.

    Returns:
        The inputs by name, what the wide half reads and what the deep half reads.
    """
    inputs: dict[str, Any] = {}
    wide, deep = [], []
    penalty = keras.regularizers.L2(values["l2"])
    indexed = [features.transformed_name(name) for name in features.indexed_columns(specification)]
    if indexed:
        inputs |= {key: keras.Input((1,), name=key, dtype="int64") for key in indexed}
        size = transform_output.vocabulary_size_by_name(features.CATEGORIES) + 1
        categories = _join([inputs[key] for key in indexed], "categories")
        wide.append(
            keras.layers.CategoryEncoding(size, "multi_hot", name="categories_multi_hot")(
                categories
            )
        )
        embedded = keras.layers.Embedding(
            size, values["embedding"], embeddings_regularizer=penalty, name="categories_embedding"
        )(categories)
        deep.append(keras.layers.Flatten(name="categories_flat")(embedded))
    for name in specification["text"]:
        key, length = features.transformed_name(name), features.length_name(name)
        inputs[key] = keras.Input((specification["terms_per_text"],), name=key, dtype="int64")
        inputs[length] = keras.Input((1,), name=length, dtype="float32")
        size = specification["text_terms"] + 1
        wide.append(
            keras.layers.CategoryEncoding(size, "multi_hot", name=f"{name}_multi_hot")(inputs[key])
        )
        embedded = keras.layers.Dense(
            values["embedding"],
            use_bias=False,
            kernel_regularizer=penalty,
            name=f"{name}_embedding",
        )(wide[-1])
        deep += [embedded, inputs[length]]
    return inputs, _join(wide, "wide_inputs"), _join(deep, "deep_inputs")


def train(
    model: keras.Model,
    train_data: tf.data.Dataset,
    eval_data: tf.data.Dataset,
    values: Mapping[str, Any],
    log_dir: str,
) -> keras.callbacks.History:
    """Fit the model for a fixed number of epochs, and write TensorBoard's logs.

    The eval split is only watched. Choosing the best epoch by it would make the Evaluator, which measures on
    the same rows, too kind.

    Args:
        model: A compiled model, which may read fewer features than the batches hold: several models can share one
            Transform.
        train_data: Batches to learn from.
        eval_data: Batches to measure after each epoch.
        values: ``epochs``.
        log_dir: The folder for TensorBoard.

    Returns:
        Keras's history: loss and AUC of both splits, epoch by epoch.
    """

    def inputs_only(columns: dict[str, tf.Tensor], labels: tf.Tensor) -> tuple[Any, tf.Tensor]:
        # Keras takes a surplus feature for one of the model's inputs.
        return {name: columns[name] for name in model.input}, labels

    def say(epoch: int, logs: Mapping[str, float]) -> None:
        LOG.info("epoch %d of %d, AUC %.3f", epoch + 1, values["epochs"], logs["val_auc"])

    tensorboard = keras.callbacks.TensorBoard(log_dir, write_graph=False)
    return model.fit(
        train_data.map(inputs_only),
        validation_data=eval_data.map(inputs_only),
        epochs=values["epochs"],
        callbacks=[tensorboard, keras.callbacks.LambdaCallback(on_epoch_end=say)],
        verbose=0,
    )


def export(model: keras.Model, transform_output: tft.TFTransformOutput, folder: str) -> None:
    """Save the model with its preprocessing, so that it takes raw complaints.

    Two signatures, both over serialized ``tf.Example`` s, a string tensor ``examples`` ``[rows]``, without
    the label: ``serving_default`` gives ``probability`` ``[rows, 1]``, ``transform_features`` gives the
    model's inputs by name.

    Args:
        model: The trained model.
        transform_output: What Transform produced.
        folder: Where to write the SavedModel.
    """
    specification = transform_output.raw_feature_spec()
    specification.pop(features.LABEL, None)
    transform_layer = transform_output.transform_features_layer()
    examples = [tf.TensorSpec([None], tf.string, name="examples")]

    def transform_features(examples: tf.Tensor) -> dict[str, tf.Tensor]:
        transformed = transform_layer(tf.io.parse_example(examples, specification))
        return {name: transformed[name] for name in model.input}

    def serve(examples: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"probability": model(transform_features(examples), training=False)}

    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.track(transform_layer)
    archive.add_endpoint("serving_default", serve, input_signature=examples)
    archive.add_endpoint("transform_features", transform_features, input_signature=examples)
    archive.write_out(folder, verbose=False)


def _join(tensors: list[Any], name: str) -> Any:
    return keras.layers.Concatenate(name=name)(tensors) if len(tensors) > 1 else tensors[0]
