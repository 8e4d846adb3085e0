"""Learning curves, read from the logs that the Trainer writes for TensorBoard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.training.errors import TrainingError, output

if TYPE_CHECKING:
    import pandas as pd

SPLITS = {"train": "train", "validation": "eval"}
"""Keras's sub-folders of logs, and the splits that they are about."""

METRICS = ("auc", "loss")


def curves(model_run: Any) -> pd.DataFrame:
    """Read how training went, epoch by epoch.

    Args:
        model_run: A Trainer that has run, or its output ``model_run``.

    Returns:
        One row for each split and epoch: ``split`` (``"train"`` or ``"eval"``), ``epoch`` (from 1), ``auc`` and
        ``loss``. Those of *train* are averages over the epoch, while the weights still move; those of *eval* are
        measured at its end.

    Raises:
        TrainingError: Where the Trainer has not run, or left no logs.

    Source:
        Book, chapter 6, "TensorBoard"; ``keras.callbacks.TensorBoard``.
    """
    import pandas as pd

    folder = Path(output(model_run, "model_run"))
    rows = [
        {"split": split, "epoch": epoch, **values}
        for name, split in SPLITS.items()
        for epoch, values in _epochs(folder / name).items()
    ]
    if not rows:
        raise TrainingError(
            f"There are no logs of a training in {folder}.",
            "Give a Trainer of this workbook, whose output `model_run` holds them, and run it again if they were "
            "deleted.",
        )
    return pd.DataFrame(rows, columns=["split", "epoch", *METRICS])


def _epochs(folder: Path) -> dict[int, dict[str, float]]:
    """Return the metrics by epoch; empty for a folder without logs."""
    import tensorflow as tf
    from tensorboard.backend.event_processing import event_accumulator

    if not folder.is_dir():
        return {}
    logs = event_accumulator.EventAccumulator(
        str(folder), size_guidance={event_accumulator.TENSORS: 0}
    )
    logs.Reload()
    epochs: dict[int, dict[str, float]] = {}
    known = logs.Tags()["tensors"]
    for name in METRICS:
        if f"epoch_{name}" in known:
            for event in logs.Tensors(f"epoch_{name}"):
                value = float(tf.make_ndarray(event.tensor_proto))
                epochs.setdefault(event.step + 1, {})[name] = value
    return epochs
