"""Facets Overview, genuine: statistics of one or several data sets, compared feature by feature.

``tfdv.visualize_statistics``, ``tfdv.compare_slices``, ``tfdv.get_statistics_html`` and ``context.show`` of an
``ExampleStatistics`` artifact show it by themselves while the displays are enabled; :func:`overview` compares any
number of data sets. The element is the one in the What-If Tool's wheel, which holds all of Facets.

Source: chapter 4, "Data Validation"; API of TensorFlow Data Validation.
"""

from __future__ import annotations

import base64
import functools
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from utils.displays import assets
from utils.displays.fallback import Table, clip
from utils.displays.frame import Frame, Library, static
from utils.displays.registry import Hooks, Patch
from utils.third_party import private

_TFDV = "tensorflow_data_validation"
_DISPLAY_UTIL = f"{_TFDV}.utils.display_util"

_NOT_FACETS = (
    ("<script>/*\n\n Lodash", '<dom-module id="iron-flex">'),
    ('<dom-module id="tf-option-selector">', "<script>// https://d3js.org v5.7.0"),
    (
        "<script>//# sourceURL=build://vz-chart-helpers/plottable-interactions.js",
        '<dom-module id="iron-autogrow-textarea">',
    ),
    ('<dom-module id="wit-example-viewer">', '<dom-module id="paper-tooltip">'),
    (
        '<dom-module id="facets-dive-legend">',
        "<script>//# sourceURL=build://facets-overview/common/feature_statistics_generator.js",
    ),
)
"""Stretches of the What-If Tool's page that Facets Overview does not need: from each first marker up to the second."""

_ICONS = ("av", "communication", "editor", "hardware", "icons")
"""Sets of icons of which Facets Overview shows none."""

_DASHBOARD = '<dom-module id="wit-dashboard">'
"""Where the What-If Tool's own element begins; everything behind it goes."""

_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")

LABEL_CHARACTERS = 100
"""Characters that a label of a chart keeps."""

NUMERIC = ("count", "missing", "mean", "std dev", "zeros", "min", "median", "max")
"""What Facets shows of a numeric feature."""

CATEGORICAL = ("count", "missing", "unique", "top", "freq top", "avg str len")
"""What Facets shows of a categorical feature."""

STRUCTURE = ("count", "missing")
"""What is known of a feature that only holds others; those have rows of their own."""


@cache
def library() -> Library:
    """Return Facets Overview, cut out of the What-If Tool's page.

    Returns:
        The library for a :class:`~utils.displays.frame.Frame`.

    Raises:
        AssetError: The installed wheel is missing or is not the expected one.
    """
    page = without_fonts(assets.read(assets.WHAT_IF))
    for start, end in _NOT_FACETS:
        page = assets.cut(page, start, end, keep_end=True)
    for name in _ICONS:
        page = assets.cut(page, f'<iron-iconset-svg name="{name}"', "</iron-iconset-svg>")
    page = page[: page.index(_DASHBOARD)]
    return Library(name="facets", head=f"{page}<style>{static('facets.css')}</style>")


def without_fonts(page: str) -> str:
    """Take a page's font rules away: they point at files that no wheel carries.

    Args:
        page: HTML or CSS.

    Returns:
        The same without ``@font-face`` rules; the system's fonts take their place.
    """
    return _FONT_FACE.sub("", page)


def overview(statistics: Mapping[str, Any] | Any) -> Frame:
    """Show the statistics of one or several data sets side by side.

    Args:
        statistics: ``DatasetFeatureStatisticsList`` messages by the name to show, for example
            ``{"S1": first, "S3": third}``; or one message, whose own data sets are shown.

    Returns:
        The genuine view, with tables of the same numbers for where no script runs.

    Raises:
        ValueError: Nothing was given.

    Source:
        Chapter 4, "Comparing datasets".
    """
    return _frame(_named(statistics) if isinstance(statistics, Mapping) else statistics)


def tables(statistics: Any) -> list[Table]:
    """Return the numbers that Facets shows, as tables.

    Args:
        statistics: A ``DatasetFeatureStatisticsList``.

    Returns:
        The data sets' sizes, then the numeric features, then the categorical ones, then those that hold others; a table
        without rows is left out. Numeric features have a column ``NaN`` where any of them holds one; what a feature
        without a single number has no mean, least or greatest of stays blank.
    """
    sizes = Table(
        ("Data set", "examples", "features"),
        [(_name(one), int(one.num_examples), len(one.features)) for one in statistics.datasets],
        "Data sets",
    )
    numeric = _with_nan(
        Table(
            ("Feature", "Data set", *NUMERIC),
            list(_rows(statistics, "num_stats", _numeric)),
            "Numeric features",
        ),
        [nan for *_, nan in _rows(statistics, "num_stats", lambda stats: [_nans(stats)])],
    )
    categorical = Table(
        ("Feature", "Data set", *CATEGORICAL),
        [
            row
            for kind in ("string_stats", "bytes_stats")
            for row in _rows(statistics, kind, _categorical)
        ],
        "Categorical features",
    )
    structure = Table(
        ("Feature", "Data set", *STRUCTURE),
        list(_rows(statistics, "struct_stats", lambda stats: _common(stats.common_stats))),
        "Features that hold others",
    )
    return [sizes, *(table for table in (numeric, categorical, structure) if table.rows)]


def hooks() -> Hooks:
    """Return what Facets hooks into: TensorFlow Data Validation's views and the ``ExampleStatistics`` artifact."""
    return Hooks(
        patches=[
            Patch(module, attribute, replace)
            for module in (_DISPLAY_UTIL, _TFDV)
            for attribute, replace in (
                ("get_statistics_html", _replace_html),
                ("visualize_statistics", _replace_visualize),
            )
        ],
        artifact_views={"ExampleStatistics": _artifact},
    )


def _named(statistics: Mapping[str, Any]) -> Any:
    if not statistics:
        raise ValueError("overview() was given no statistics: pass at least one named data set.")
    messages = list(statistics.items())
    combined = type(messages[0][1])()
    for name, message in messages:
        if len(message.datasets) == 0:
            raise ValueError(f"The statistics {name!r} hold no data set: generate them again.")
        chosen = next(
            (one for one in message.datasets if one.name == "All Examples"), message.datasets[0]
        )
        added = combined.datasets.add()
        added.CopyFrom(chosen)
        added.name = name
    return combined


def _frame(statistics: Any) -> Frame:
    names = ", ".join(clip(_name(one), 40) for one in statistics.datasets)
    encoded = base64.b64encode(_shortened(statistics).SerializeToString()).decode("ascii")
    return Frame(
        library=library(),
        body='<facets-overview id="facets"></facets-overview>',
        start=static("facets.js"),
        data={"proto": encoded},
        tables=tables(statistics),
        title=f"Facets Overview: {names}",
        height=620,
        min_height=300,
    )


def _shortened(statistics: Any) -> Any:
    """Return a copy with texts cut to what a chart can label: whole narratives would be half a megabyte of labels."""
    copy = type(statistics)()
    copy.CopyFrom(statistics)
    for dataset in copy.datasets:
        for feature in dataset.features:
            strings = feature.string_stats
            for entry in (*strings.top_values, *strings.rank_histogram.buckets):
                text = entry.value if hasattr(entry, "value") else entry.label
                if len(text) > LABEL_CHARACTERS:
                    cut = text[: LABEL_CHARACTERS - 1] + "…"
                    setattr(entry, "value" if hasattr(entry, "value") else "label", cut)
    return copy


def _name(dataset: Any) -> str:
    return dataset.name or "statistics"


def _feature(feature: Any) -> str:
    return feature.name or ".".join(feature.path.step)


def _rows(
    statistics: Any,
    kind: str,
    describe: Callable[[Any], Sequence[object]],
) -> Iterator[tuple[object, ...]]:
    """Yield the features of one kind, the data sets of a feature next to each other."""
    order: dict[str, None] = {}
    found: dict[tuple[str, str], Sequence[object]] = {}
    for dataset in statistics.datasets:
        for feature in dataset.features:
            if feature.WhichOneof("stats") == kind:
                name = _feature(feature)
                order[name] = None
                found[name, _name(dataset)] = describe(getattr(feature, kind))
    for name in order:
        for dataset in statistics.datasets:
            if (name, _name(dataset)) in found:
                yield (name, _name(dataset), *found[name, _name(dataset)])


def _common(common: Any) -> tuple[object, object]:
    present, missing = int(common.num_non_missing), int(common.num_missing)
    everything = present + missing
    return present, percent(missing, everything)


def _numeric(stats: Any) -> Sequence[object]:
    common = stats.common_stats
    values = int(common.tot_num_values) or int(common.num_non_missing)
    if values <= _nans(stats):
        return (*_common(common), *[None] * (len(NUMERIC) - 2))
    zeros = percent(int(stats.num_zeros), values)
    middle = (stats.mean, stats.std_dev, zeros, stats.min, stats.median, stats.max)
    return (*_common(common), *middle)


def _nans(stats: Any) -> int:
    """Return how many values of a numeric feature are NaN; TFDV counts them beside its histograms only."""
    return int(max((histogram.num_nan for histogram in stats.histograms), default=0))


def _with_nan(numeric: Table, nans: Sequence[object]) -> Table:
    """Return the table with a column of how many NaN each row has, behind what is missing, where there are any."""
    if not any(nans):
        return numeric
    at = numeric.columns.index("missing") + 1
    rows = [(*row[:at], nan, *row[at:]) for row, nan in zip(numeric.rows, nans, strict=True)]
    return Table((*numeric.columns[:at], "NaN", *numeric.columns[at:]), rows, numeric.caption)


def _categorical(stats: Any) -> Sequence[object]:
    if not hasattr(stats, "rank_histogram"):
        return (*_common(stats.common_stats), int(stats.unique), "", "", stats.avg_num_bytes)
    top = stats.top_values[0] if stats.top_values else None
    return (
        *_common(stats.common_stats),
        int(stats.unique),
        top.value if top else "",
        int(top.frequency) if top else "",
        stats.avg_length if top else None,
    )


def percent(part: int, whole: int) -> str:
    """Write a share as Facets does.

    Args:
        part: The counted part.
        whole: What it is a part of.

    Returns:
        For example ``"0%"`` or ``"12.34%"``.
    """
    if not whole or not part:
        return "0%"
    return f"{100 * part / whole:.2f}".rstrip("0").rstrip(".") + "%"


def _combined(genuine: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Return the statistics that one of TFDV's calls shows: of one or two data sets, with the chosen features."""
    from tensorflow_data_validation.utils import display_util

    given = inspect.signature(genuine).bind(*arguments, **named)
    given.apply_defaults()
    return private(display_util, "_get_combined_statistics")(**given.arguments)


def _is_empty(statistics: Any) -> bool:
    return len(statistics.datasets) == 1 and statistics.datasets[0].num_examples == 0


def _replace_html(genuine: Callable[..., str]) -> Callable[..., str]:
    @functools.wraps(genuine)
    def get_statistics_html(*arguments: Any, **named: Any) -> str:
        statistics = _combined(genuine, *arguments, **named)
        return genuine(*arguments, **named) if _is_empty(statistics) else _frame(statistics).html()

    return get_statistics_html


def _replace_visualize(genuine: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(genuine)
    def visualize_statistics(*arguments: Any, **named: Any) -> None:
        from IPython.display import display

        given = inspect.signature(genuine).bind(*arguments, **named).arguments
        if given.get("allowlist_features") and given.get("denylist_features"):
            raise AssertionError("Only specify one of allowlist_features and denylist_features.")
        statistics = _combined(genuine, *arguments, **named)
        if _is_empty(statistics):
            return genuine(*arguments, **named)
        display(_frame(statistics))
        return None

    return visualize_statistics


def _artifact(artifact: Any) -> list[object]:
    """Return one view for each split of an ``ExampleStatistics`` artifact."""
    from tfx.components.statistics_gen import stats_artifact_utils
    from tfx.types import artifact_utils

    shown: list[object] = []
    for split in artifact_utils.decode_split_names(artifact.split_names):
        statistics = stats_artifact_utils.load_statistics(artifact, split).proto()
        shown.append(overview({split: statistics}))
    return shown
