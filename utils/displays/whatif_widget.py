"""The live What-If Tool: the package's own Python side, joined to its dashboard by anywidget.

Importing this module imports TensorFlow and the package; :mod:`utils.displays.whatif_hooks` does so when a widget is
made.

The front end asks by messages and gets answers addressed to the view that asked, so that several views of one widget
and a reloaded page work. Each answer's content is JSON, compressed, in a binary buffer.
"""

from __future__ import annotations

import gzip
import html
import math
import secrets
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anywidget
import ipywidgets
import numpy as np
import traitlets
from google.protobuf import json_format
from IPython.display import display
from witwidget.notebook import base
from witwidget.notebook.jupyter import wit

from utils.displays import whatif
from utils.displays.fallback import Table, clip
from utils.displays.frame import for_pages, script, sealed, static, to_json
from utils.errors import WorkbookError
from utils.third_party import private

_SHOWN_POINTS = 20
"""Data points in the static table."""

_SHOWN_FEATURES = 8
"""Features in the static table."""

_BARS = 10
"""Bars of the static picture of the scores."""


class PredictionsError(WorkbookError, ValueError):
    """What a predict function returned is no score of each data point."""


class LiveWitWidget(wit.WitWidget, anywidget.AnyWidget):  # type: ignore[misc]
    """A ``WitWidget`` that works in every front end that has widgets.

    Attributes:
        panel: What the front end needs to know before the data: height in pixels, the library's fingerprint, and the
            key of the static output that it hides while it is alive.
    """

    _view_name = traitlets.Unicode("AnyView").tag(sync=True)
    _view_module = traitlets.Unicode("anywidget").tag(sync=True)
    _view_module_version = private(anywidget.AnyWidget, "_view_module_version")
    _esm = sealed(static("whatif.mjs")).replace(
        "__DASHBOARD__", to_json(static("whatif_dashboard.js"))
    )
    _css = static("whatif.css")

    panel = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        config_builder: Any,
        height: int = 1000,
        delay_rendering: bool = False,
    ) -> None:
        """Take what the package's ``WitWidget`` takes.

        Args:
            config_builder: A ``WitConfigBuilder``.
            height: Height in pixels.
            delay_rendering: Ignored, as by the package in Jupyter.
        """
        self._whole: dict[str, Any] | None = None
        self._failure = ""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            anywidget.AnyWidget.__init__(self, layout=ipywidgets.Layout(width="100%"))
        self.panel = {
            "height": height,
            "library": whatif.library().fingerprint,
            "key": secrets.token_hex(8),
        }
        base.WitWidgetBase.__init__(self, config_builder)
        kind = self.config.get("model_type", "classification")
        for name, remote in (
            ("custom_predict_fn", "use_aip"),
            ("compare_custom_predict_fn", "compare_use_aip"),
        ):
            function = getattr(self, name)
            if function and not self.config.get(remote):
                setattr(self, name, _checked(function, kind))
        self.on_msg(self._on_message)

    def set_examples(self, examples: Sequence[Any]) -> None:
        """Show other data points, in every view of this widget.

        Args:
            examples: ``tf.train.Example`` messages, or JSON objects where the widget was made with those.
        """
        base.WitWidgetBase.set_examples(self, examples)
        self._whole = None
        self._generate_sprite()
        self._send_event("examples", {"examples": self.examples, "sprite": self.sprite})

    def snapshot(self) -> dict[str, Any]:
        """Return everything that the dashboard shows before anything is clicked.

        Returns:
            ``config``, ``examples``, ``sprite``, ``height``, ``features``, and ``inferences`` where there is a model.
        """
        return {
            "config": self._told_config(),
            "examples": self.examples,
            "sprite": self.sprite,
            "height": self.panel["height"],
            "features": self.get_eligible_features_impl(),
            "inferences": self._infer_whole() if self._has_model() else None,
        }

    def tables(self) -> list[Table]:
        """Return the data points and their scores, for where no kernel runs.

        Returns:
            The models' scores in ten intervals where there is a model, then the first data points.
        """
        examples = [self.json_to_proto(one) for one in self.examples[:_SHOWN_POINTS]]
        names = sorted({name for one in examples for name in _features(one)})
        target = self.config.get("target_feature")
        names.sort(key=lambda name: name != target)
        shown = names[:_SHOWN_FEATURES]
        scores = self._scores()
        heads = list(scores)
        rows = [
            (
                str(index),
                *(scores[head][index] for head in heads),
                *(_value(_features(one).get(name)) for name in shown),
            )
            for index, one in enumerate(examples)
        ]
        left = len(names) - len(shown)
        caption = f"{len(rows)} of {len(self.examples)} data points" + (
            f", {len(shown)} of {len(names)} features" if left else ""
        )
        points = Table(
            ("Data point", *(f"Score of {head}" for head in heads), *shown), rows, caption
        )
        return [*([_distribution(scores)] if scores else []), points]

    def static_html(self) -> str:
        """Return the output beside the widget: a picture and tables of the same facts, hidden while it is alive."""
        title = f"What-If Tool: {len(self.examples)} data points"
        scores = self._scores()
        note = (
            f"<p>The model could not be asked: {html.escape(self._failure)}</p>"
            if self._failure
            else ""
        )
        tables = "".join(table.html() for table in self.tables())
        return (
            f'<div class="workbook-whatif-static" data-workbook-whatif="{self.panel["key"]}">'
            f"<style>{static('frame.css')}{static('whatif_static.css')}</style>"
            f'<details open class="workbook-frame"><summary>{title} <span>(as a table; run the cell for the live '
            f"tool)</span></summary>{note}{_histogram(scores)}"
            f'<div class="workbook-tables" tabindex="0" role="region" aria-label="{title}">{tables}'
            f"</div></details>{script(static('whatif_static.js'))}</div>"
        )

    def static_text(self) -> str:
        """Return the same facts as :meth:`static_html`, as plain text."""
        title = f"What-If Tool: {len(self.examples)} data points"
        tables = "\n\n".join(table.text() for table in self.tables())
        failure = f"The model could not be asked: {self._failure}\n\n" if self._failure else ""
        return f"{title}\n\n{failure}{tables}"

    def _ipython_display_(self, **_: object) -> None:
        if for_pages() and self._has_model() and not self._failure:
            alone = whatif.standalone(self)
            if not self._failure:
                display({"text/html": alone.html(), "text/plain": self.static_text()}, raw=True)
                return
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        display(
            {"application/vnd.jupyter.widget-view+json": view, "text/plain": "What-If Tool"},
            raw=True,
        )
        display(
            {"text/html": self.static_html(), "text/plain": self.static_text()},
            raw=True,
        )

    def _told_config(self) -> dict[str, Any]:
        return {key: value for key, value in self.config.items() if key != "examples"}

    def _has_model(self) -> bool:
        address = self.config.get("inference_address")
        return bool(self.custom_predict_fn or self.estimator_and_spec or address)

    def _infer_whole(self) -> dict[str, Any] | None:
        """Return the predictions of all data points, asked for only when something changed; None on failure."""
        if self._whole is None:
            self.updated_example_indices = set(range(len(self.examples)))
            try:
                self._whole = self.infer_impl()
                self._failure = ""
            except Exception as error:
                self._failure = _said(error)
        return self._whole

    def _scores(self) -> dict[str, list[float]]:
        """By ``"model <name>"`` its score of each data point: of the last class, or the regression's value."""
        whole = self._infer_whole() if self._has_model() else None
        if whole is None:
            return {}
        found: dict[str, list[float]] = {}
        for number, result in enumerate(whole["inferences"]["results"], start=1):
            name = self.config.get("model_name" if number == 1 else "model_name_2") or str(number)
            head = f"model {name}"
            if "classificationResult" in result:
                found[head] = [
                    float(one["classes"][-1]["score"])
                    for one in result["classificationResult"]["classifications"]
                ]
            else:
                found[head] = [
                    float(one["value"]) for one in result["regressionResult"]["regressions"]
                ]
        return found

    def _on_message(self, _: object, content: Any, __: object) -> None:
        answer = self._answers().get(content.get("event", ""))
        view = content.get("view")
        if answer is None:
            return
        try:
            answer(view, content.get("detail") or {})
        except Exception as error:
            self._send_event("error", _said(error), view)

    def _answers(self) -> dict[str, Callable[[Any, dict[str, Any]], None]]:
        return {
            "library": lambda view, _: self._send_library(view),
            "ready": lambda view, _: self._send_start(view),
            "infer-examples": lambda view, _: self._send_event("inferences", self._infer(), view),
            "update-example": lambda _, detail: self._change(detail["index"], detail["example"]),
            "duplicate-example": lambda _, detail: self._duplicate(detail["index"]),
            "delete-example": lambda _, detail: self._delete(detail["index"]),
            "get-eligible-features": lambda view, _: self._send_event(
                "features", self.get_eligible_features_impl(), view
            ),
            "sort-eligible-features": lambda view, detail: self._send_event(
                "features", self.sort_eligible_features_impl(detail), view
            ),
            "infer-mutants": lambda view, detail: self._send_event(
                "chart", self._chart(detail), view
            ),
            "compute-custom-distance": lambda view, detail: self._send_event(
                "distances", self._distances(detail), view
            ),
        }

    def _send_event(self, name: str, value: object, view: object = None) -> None:
        packed = gzip.compress(to_json(value).encode("ascii"), 6, mtime=0)
        self.send({"do": name, "view": view}, buffers=[packed])

    def _send_library(self, view: object) -> None:
        self.send({"do": "library", "view": view}, buffers=[whatif.message()])

    def _send_start(self, view: object) -> None:
        start = {"config": self._told_config(), "examples": self.examples, "sprite": self.sprite}
        self._send_event("start", start, view)

    def _infer(self) -> dict[str, Any] | None:
        """Predict what changed; everything when nothing did, because then a new view asks."""
        if not self.updated_example_indices or self._whole is not None:
            whole = self._infer_whole()
            if whole is None:
                raise RuntimeError(self._failure)
            return whole
        return dict(self.infer_impl())

    def _change(self, index: int, example: str) -> None:
        self.examples[index] = example
        self._changed(index)

    def _duplicate(self, index: int) -> None:
        self.examples.append(self.examples[index])
        self._changed(len(self.examples) - 1)

    def _delete(self, index: int) -> None:
        self.examples.pop(index)
        self.updated_example_indices = {
            one - (one > index) for one in self.updated_example_indices if one != index
        }
        self._whole = None
        self._generate_sprite()

    def _changed(self, index: int) -> None:
        self._whole = None
        self.updated_example_indices.add(index)
        self._generate_sprite()

    def _chart(self, detail: dict[str, Any]) -> dict[str, Any]:
        return {**self.infer_mutants_impl(detail), "feature": detail["feature_name"]}

    def _distances(self, detail: dict[str, Any]) -> dict[str, Any]:
        params = detail["params"]
        found = self.compute_custom_distance_impl(detail["index"], params["distanceParams"])
        return {
            "distances": found,
            "exInd": detail["index"],
            "funId": detail["callback"],
            "params": params["callbackParams"],
        }


def _said(error: Exception) -> str:
    """Return an error in one line, its kind included where its own words may not say enough."""
    if isinstance(error, WorkbookError):
        return f"{error.what} {error.cure}"
    return f"{type(error).__name__}: {error}"


def _checked(predict: Callable[[Any], Any], kind: str) -> Callable[[Any], Any]:
    """Wrap a predict function, so that what it returns is a score of each data point or one clear error.

    Args:
        predict: The reader's function.
        kind: ``"classification"`` or ``"regression"``.

    Returns:
        A function that answers as the package expects it: lists of Python's numbers, in a dictionary with whatever
        else the reader's function returned in one.
    """

    def ask(examples: Sequence[Any]) -> Any:
        answer = predict(examples)
        if not isinstance(answer, Mapping):
            return _scores_of(answer, len(examples), kind)
        if "predictions" not in answer:
            raise PredictionsError(
                f"The predict function returned a dictionary with {', '.join(map(str, answer)) or 'nothing'} in it.",
                "Put the scores under 'predictions', or return them alone.",
            )
        return {**answer, "predictions": _scores_of(answer["predictions"], len(examples), kind)}

    return ask


def _scores_of(answer: Any, count: int, kind: str) -> list[Any]:
    """Return what a predict function returned, as lists.

    Args:
        answer: The scores, as anything that NumPy takes for an array.
        count: How many data points there are.
        kind: As for :func:`_checked`.

    Returns:
        ``[count]`` for a regression, else ``[count, classes]``; the only column of a ``[count, 1]`` is taken for the
        probability of the second of two classes.

    Raises:
        PredictionsError: It has another shape, or holds something other than numbers.
    """
    if kind == "regression":
        cure = f"Return one number for each data point, an array of the shape [{count}]."
    else:
        cure = (
            f"Return the probability of each class for each data point, an array of the shape [{count}, classes], or "
            f"[{count}, 1] for that of the second of two classes; for scores of the shape [{count}] that are no "
            "probabilities, call set_model_type('regression')."
        )
    try:
        scores = np.asarray(answer, dtype=np.float64)
    except Exception:
        raise PredictionsError(
            f"The predict function returned a {type(answer).__name__} that cannot be read as numbers.",
            cure,
        ) from None
    if not count and not scores.size:
        return []
    right = scores.shape[:1] == (count,)
    if kind == "regression" and right and scores.size == count:
        return list(scores.reshape(count).tolist())
    if kind != "regression" and right and scores.ndim == 2 and scores.size:
        if scores.shape[1] > 1:
            return list(scores.tolist())
        if not ((scores < 0) | (scores > 1)).any():
            return list(np.hstack([1 - scores, scores]).tolist())
        raise PredictionsError(
            f"The predict function returned one column with numbers from {np.nanmin(scores):g} to "
            f"{np.nanmax(scores):g}, which are no probabilities.",
            cure,
        )
    raise PredictionsError(
        f"The predict function returned {_shape(answer, scores)} for {count} data points.", cure
    )


def _shape(answer: Any, scores: np.ndarray) -> str:
    if answer is None or not scores.ndim:
        return f"one {type(answer).__name__}"
    return f"an array of the shape {list(scores.shape)}"


def _features(example: Any) -> Any:
    return example.features.feature if hasattr(example, "features") else example.context.feature


def _value(feature: Any) -> object:
    if feature is None or feature.WhichOneof("kind") is None:
        return ""
    values = list(getattr(feature, feature.WhichOneof("kind")).value)
    if len(values) == 1:
        return values[0]
    return ", ".join(
        str(json_format.MessageToDict(feature)) if not values else str(one) for one in values
    )


def _interval(score: float, low: float, high: float) -> int:
    width = (high - low) / _BARS or 1
    return min(int((score - low) / width), _BARS - 1)


def _range(scores: dict[str, list[float]]) -> tuple[float, float]:
    """Between 0 and 1 for probabilities, else from the least to the greatest score."""
    values = [score for column in scores.values() for score in column if math.isfinite(score)]
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    return (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)


def _counts(scores: dict[str, list[float]]) -> dict[str, list[int]]:
    low, high = _range(scores)
    counted = {
        name: Counter(_interval(score, low, high) for score in column if math.isfinite(score))
        for name, column in scores.items()
    }
    return {name: [counts[bar] for bar in range(_BARS)] for name, counts in counted.items()}


def _edges(scores: dict[str, list[float]]) -> list[str]:
    low, high = _range(scores)
    step = (high - low) / _BARS
    return [f"{low + bar * step:.3g} to {low + (bar + 1) * step:.3g}" for bar in range(_BARS)]


def _distribution(scores: dict[str, list[float]]) -> Table:
    counts = _counts(scores)
    rows = [
        (edge, *(counts[name][bar] for name in counts)) for bar, edge in enumerate(_edges(scores))
    ]
    odd = [sum(not math.isfinite(score) for score in column) for column in scores.values()]
    if any(odd):
        rows.append(("NaN or infinite", *odd))
    return Table(
        ("Score", *(f"Points of {name}" for name in counts)), rows, "How the scores spread"
    )


def _histogram(scores: dict[str, list[float]]) -> str:
    """Return the scores of each model as bars; decoration beside the table that says the same."""
    if not scores:
        return ""
    return "".join(
        f"<figure><figcaption>Scores of {html.escape(clip(name))}</figcaption>{_bars(name, counts)}</figure>"
        for name, counts in _counts(scores).items()
    )


def _bars(name: str, counts: list[int]) -> str:
    most = max([*counts, 1])
    bars = "".join(
        f'<rect x="{8 + bar * 28}" y="{84 - 72 * count / most:.1f}" width="24" '
        f'height="{72 * count / most:.1f}"></rect>'
        for bar, count in enumerate(counts)
    )
    said = html.escape(
        f"{clip(name)}: " + ", ".join(str(count) for count in counts) + " points from low to high"
    )
    return f'<svg viewBox="0 0 296 92" width="296" height="92" role="img" aria-label="{said}">{bars}</svg>'
