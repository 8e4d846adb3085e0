"""The trials of a Tuner: what was tried, and what came of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.training.errors import output

if TYPE_CHECKING:
    import pandas as pd


def trials(tuner: Any) -> pd.DataFrame:
    """Read the trials in the order in which they ran.

    Args:
        tuner: A Tuner that has run, or its output ``tuner_results``.

    Returns:
        One row per trial: ``trial`` (from 1), ``score`` (the best epoch's AUC on the split that judges trials), and a
        column for each setting that was drawn.

    Raises:
        TrainingError: Where the Tuner has not run.

    Source:
        Book, chapter 6, "Model tuning"; TFX's artifact ``TunerResults``.
    """
    import pandas as pd

    text = Path(output(tuner, "tuner_results"), "tuner_results.json").read_text(encoding="utf-8")
    table = pd.DataFrame(json.loads(text))
    table.insert(0, "trial", table.pop("trial_id").astype(int) + 1)
    return table.sort_values("trial", ignore_index=True)


def best(tuner: Any) -> dict[str, Any]:
    """Read the settings that won.

    Args:
        tuner: A Tuner that has run, or its output ``best_hyperparameters``.

    Returns:
        Value by setting.

    Raises:
        TrainingError: Where the Tuner has not run.
    """
    folder = Path(output(tuner, "best_hyperparameters"))
    text = (folder / "best_hyperparameters.txt").read_text(encoding="utf-8")
    return dict(json.loads(text)["values"])
