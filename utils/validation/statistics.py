"""Statistics of complaints by TensorFlow Data Validation (TFDV), and what can be read from them.

Source: book, chapter 4, "Generating statistics from your data"; ``tfdv.generate_statistics_from_dataframe``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.complaints import spans
from utils.complaints.csvio import read_table
from utils.errors import did_you_mean
from utils.validation.errors import ValidationError

if TYPE_CHECKING:
    import pandas as pd

EVERYTHING = "All Examples"
"""TFDV's name for the statistics of all rows, where there are those of slices as well."""


def read(file: Path | str) -> pd.DataFrame:
    """Read a file of complaints as it is: every column as text, and nothing missing but what is empty.

    pandas by itself would make numbers of ZIP codes, and missing values of the text ``N/A``. TFDV's own reader
    of CSV files takes each line for a row, and narratives have several.

    Args:
        file: A CSV file in UTF-8 with a header.

    Returns:
        The rows.

    Raises:
        ValidationError: There is no such file, or no row in it.
    """
    path = Path(file)
    if not path.is_file():
        raise ValidationError(
            f"There is no file {path.name} in {path.parent.name or '.'}.",
            "Make it first: spans.ensure(...) and variants.ensure(...) return the file's path.",
        )
    frame = read_table(path)
    if frame.empty:
        raise ValidationError(
            f"{path.name} has no rows.", "Look at the file; statistics need at least one row."
        )
    return frame


def of_frame(frame: pd.DataFrame, options: Any = None) -> Any:
    """Compute the statistics of a table.

    Args:
        frame: The rows, one column per feature; a missing value is a feature without a value. The index is left
            out, which TFDV would take for a column where rows were filtered.
        options: A ``tfdv.StatsOptions``; TFDV's defaults where None.

    Returns:
        A ``DatasetFeatureStatisticsList``, equal to what StatisticsGen computes of the same rows.

    Raises:
        ValidationError: There is no row, a column mixes types, or the options ask for slices, which
            ``tfdv.generate_statistics_from_dataframe`` would pass over without a word.
    """
    import tensorflow_data_validation as tfdv

    if not len(frame):
        raise ValidationError("The table has no rows.", "Look at the filter that made it.")
    for name in frame.columns:
        kinds = {type(value).__name__ for value in frame[name].dropna()}
        if len(kinds) > 1:
            raise ValidationError(
                f"The column {name!r} mixes {' and '.join(sorted(kinds))}.",
                f"Make it one type, for example frame[{name!r}].astype(str), or read the file with statistics.read.",
            )
    if options is not None and (options.experimental_slice_functions or options.slicing_config):
        raise ValidationError(
            "Statistics of a table cannot be sliced: TFDV does it in Beam only.",
            "Give the options to StatisticsGen, or compute the statistics of each part of the table.",
        )
    return tfdv.generate_statistics_from_dataframe(
        frame.reset_index(drop=True), options or tfdv.StatsOptions()
    )


def of_span(span: str, rows: int = 10_000) -> Any:
    """Compute the statistics of a clean span.

    Args:
        span: ``"S1"`` to ``"S5"``.
        rows: Rows of it.

    Returns:
        A ``DatasetFeatureStatisticsList``.
    """
    return of_frame(read(spans.ensure(span, rows)))


def dataset(statistics: Any, name: str = EVERYTHING) -> Any:
    """Return the statistics of all rows, or of one slice.

    Args:
        statistics: A ``DatasetFeatureStatisticsList``.
        name: The slice, as TFDV names it, for example ``"state_group_elsewhere"``.

    Returns:
        A ``DatasetFeatureStatistics``.

    Raises:
        ValidationError: There is no such slice.
    """
    found = {one.name: one for one in statistics.datasets}
    if name in found:
        return found[name]
    if name == EVERYTHING and len(found) == 1:
        return next(iter(found.values()))
    raise ValidationError(f"The statistics have no slice {name!r}.", did_you_mean(name, found))


def feature(statistics: Any, name: str, of: str = EVERYTHING) -> Any:
    """Return the statistics of one feature.

    Args:
        statistics: A ``DatasetFeatureStatisticsList``.
        name: The feature.
        of: All rows, or a slice.

    Returns:
        A ``FeatureNameStatistics``.

    Raises:
        ValidationError: There is no such feature.
    """
    found = {".".join(one.path.step): one for one in dataset(statistics, of).features}
    if name not in found:
        raise ValidationError(
            f"The statistics have no feature {name!r}.", did_you_mean(name, found)
        )
    return found[name]


def counts(statistics: Any, name: str, of: str = EVERYTHING) -> dict[str, int]:
    """Return how often each value of a text feature occurs; TFDV keeps the 1,000 most frequent ones.

    Args:
        statistics: A ``DatasetFeatureStatisticsList``.
        name: A feature of text.
        of: All rows, or a slice.

    Returns:
        Value to rows, the most frequent first.
    """
    buckets = feature(statistics, name, of).string_stats.rank_histogram.buckets
    return {bucket.label: int(bucket.sample_count) for bucket in buckets}


def missing(statistics: Any, name: str, of: str = EVERYTHING) -> int:
    """Return the number of rows in which a feature has no value."""
    return int(common(feature(statistics, name, of)).num_missing)


def rows(statistics: Any, of: str = EVERYTHING) -> int:
    """Return the number of rows that the statistics are of."""
    return int(dataset(statistics, of).num_examples)


def repeated(statistics: Any, name: str) -> int:
    """Count the rows that repeat another row's value of a feature: rows with a value, less the different values."""
    stats = feature(statistics, name).string_stats
    return int(stats.common_stats.num_non_missing) - int(stats.unique)


def common(one: Any) -> Any:
    """Return the counts that a feature of any type has.

    Args:
        one: A ``FeatureNameStatistics``.

    Returns:
        Its ``CommonStatistics``.
    """
    return getattr(one, one.WhichOneof("stats")).common_stats
