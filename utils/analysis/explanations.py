"""Why this score? SHAP on a complaint's columns, the nearest counterfactual, and the importance of a column.

All ask the exported model only, as a server would be asked, and so work for every model. SHAP replaces columns by
those of other complaints and shares the difference of the scores out among the columns.

Source: book, chapter 7, "Model Explainability"; https://shap.readthedocs.io
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from utils.analysis.rows import Model, score
from utils.complaints.schema import LABEL
from utils.errors import WorkbookError
from utils.intervals import SEED, auc
from utils.labels import as_labels

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Complaint = Mapping[str, str | None]

_BATCH = 2_048
_MISSING = "{name} is not in this environment: run `make lab` again, which installs it, and restart the kernel."


class ExplanationError(WorkbookError, ValueError):
    """What cannot be explained; the message names the cure."""


def shap_of_columns(
    model: Model, complaint: Complaint, background: Sequence[Complaint], columns: Sequence[str]
) -> Any:
    """Share a complaint's score out among its columns, by exact Shapley values.

    Args:
        model: The model.
        complaint: The complaint to explain.
        background: Complaints that stand for "any other": the explanation starts from their mean score. The model is
            asked ``len(background) * 2 ** len(columns)`` times.
        columns: The columns that the model reads, at most 12.

    Returns:
        A ``shap.Explanation`` of one row: ``base_values`` is the mean score of the background, ``values`` what each
        column adds to it; together they are the complaint's score.

    Raises:
        ExplanationError: There is no background, a column is unknown, or SHAP is not installed.
    """
    import numpy as np

    shap = _load("shap")
    _check(complaint, background, columns)
    rows = [complaint, *background]

    def ask(places: np.ndarray) -> np.ndarray:
        mixed = [
            {name: rows[int(place)].get(name) for name, place in zip(columns, one, strict=True)}
            for one in places
        ]
        return _ask(model, mixed)

    width = len(columns)
    others = np.repeat(np.arange(1, len(rows), dtype="float64")[:, None], width, axis=1)
    masker = shap.maskers.Independent(others, max_samples=len(background))
    explainer = shap.explainers.Exact(ask, masker)
    found = explainer(np.zeros((1, width)), silent=True)[0]
    shown = np.array([_short(complaint.get(name)) for name in columns], dtype=object)
    return shap.Explanation(
        values=found.values,
        base_values=float(found.base_values),
        data=shown,
        feature_names=list(columns),
    )


def as_pairs(explanation: Any) -> list[tuple[str, float]]:
    """Return the contributions of an explanation, the strongest first.

    Args:
        explanation: What :func:`shap_of_columns` returned.

    Returns:
        Pairs of what contributes and how much it adds to the score.
    """
    pairs = [
        (f"{name} = {shown}", float(value))
        for name, shown, value in zip(
            explanation.feature_names, explanation.data, explanation.values, strict=True
        )
    ]
    return sorted(pairs, key=lambda pair: -abs(pair[1]))


def nearest_counterfactual(
    complaint: Complaint,
    score: float,
    others: Sequence[Complaint],
    scores: Sequence[float],
    threshold: float,
    columns: Sequence[str],
) -> tuple[int, list[str]]:
    """Return the most similar complaint that gets the other answer, as the What-If Tool finds it.

    Args:
        complaint: The complaint.
        score: Its score.
        others: The complaints to look through.
        scores: Their scores.
        threshold: Above it the answer is yes.
        columns: The columns that are compared; each that differs counts the same.

    Returns:
        The place of the nearest one in ``others``, and the columns in which it differs.

    Raises:
        ExplanationError: All others get the same answer.
    """
    answer = score > threshold
    best: tuple[int, list[str]] | None = None
    for place, (other, its) in enumerate(zip(others, scores, strict=True)):
        if (its > threshold) == answer:
            continue
        differs = [name for name in columns if complaint.get(name) != other.get(name)]
        if best is None or len(differs) < len(best[1]):
            best = (place, differs)
    if best is None:
        raise ExplanationError(
            f"All {len(others):,} complaints get the same answer at {threshold}: choose another threshold."
        )
    return best


def importance(model: Model, rows: pd.DataFrame, columns: Sequence[str]) -> dict[str, float]:
    """Return how much of a model's AUC hangs on each column: what is lost when the column's values are shuffled.

    Args:
        model: The model.
        rows: A table of rows with labels.
        columns: The columns to shuffle, one at a time.

    Returns:
        Column to loss of AUC, the largest first.

    Raises:
        ExplanationError: A column is not in the table.
    """
    import numpy as np

    labels = as_labels(rows[LABEL])
    whole = auc(labels, score(model, rows))
    random = np.random.RandomState(SEED)
    lost = {}
    for name in columns:
        if name not in rows:
            raise ExplanationError(
                f"The rows have no column {name!r}: use the model's own, config.features.columns."
            )
        shuffled = rows.assign(**{name: rows[name].to_numpy()[random.permutation(len(rows))]})
        lost[name] = whole - auc(labels, score(model, shuffled))
    return dict(sorted(lost.items(), key=lambda item: -item[1]))


def _ask(model: Model, complaints: Sequence[Complaint]) -> np.ndarray:
    """Ask about each distinct complaint once."""
    import numpy as np

    keys = [tuple(sorted((k, v) for k, v in one.items() if v)) for one in complaints]
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    distinct = [dict(key) for key in places]
    parts = [
        np.asarray(model.predict(distinct[at : at + _BATCH]), "float64")
        for at in range(0, len(distinct), _BATCH)
    ]
    return np.concatenate(parts)[[places[key] for key in keys]]


def _check(complaint: Complaint, background: Sequence[Complaint], columns: Sequence[str]) -> None:
    if not background:
        raise ExplanationError(
            "There is no background: give some other complaints, which stand for an average one."
        )
    if len(columns) > 12:
        raise ExplanationError(
            f"{len(columns)} columns have {2 ** len(columns):,} combinations: explain 12 at the most."
        )
    known = set(complaint).union(*background)
    for name in columns:
        if name not in known:
            raise ExplanationError(
                f"No complaint has a column {name!r}: use the model's own, config.features.columns."
            )


def _short(value: str | None) -> str:
    text = " ".join((value or "(missing)").split())
    return text if len(text) <= 40 else f"{text[:39]}…"


def _load(name: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise ExplanationError(_MISSING.format(name=name.partition(".")[0])) from error
