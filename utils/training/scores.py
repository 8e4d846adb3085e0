"""The rows of a split with their labels, and what a model says of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.complaints.schema import KEY, LABEL
from utils.examples import table
from utils.training.errors import TrainingError, output

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def rows(examples: Any, split: str = "eval") -> pd.DataFrame:
    """Read the examples of a split back into a table.

    Args:
        examples: An ExampleGen that has run, or its output ``examples``.
        split: The split's name.

    Returns:
        One row for each example, in the order of the complaints' ids: the columns as text, the label
        ``consumer_disputed`` as 0 or 1, and None where a value is missing.

    Raises:
        TrainingError: If ExampleGen has not run, or the examples are not complaints.
        ExamplesError: If there is no such split, or it cannot be read.
    """
    found = table(output(examples, "examples"), split)
    if KEY not in found:
        raise TrainingError(
            f"These examples have no {KEY}, so they are not raw complaints, or there are none.",
            "Give the output of ExampleGen, and look at how many rows the split has.",
        )
    return found.sort_values(KEY, ignore_index=True)


def scores(model: Any, rows: pd.DataFrame) -> np.ndarray:
    """Ask an exported model about each row.

    Args:
        model: A Trainer that has run, its output ``model``, or the folder of a model.
        rows: Complaints, as :func:`rows` reads them.

    Returns:
        The probability of a dispute, float32 ``[rows]``.

    Raises:
        TrainingError: Where the Trainer has not run.
    """
    from utils.pipeline.predict import ExportedModel

    folder = model if isinstance(model, (str, Path)) else output(model, "model")
    texts = rows.drop(columns=LABEL, errors="ignore").to_dict("records")
    return ExportedModel(folder).predict(texts)
