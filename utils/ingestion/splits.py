"""How ExampleGen splits: by a hash. And what a split must not do: hold what another one holds.

Source: book, chapter 3, "Splitting One Dataset into Subsets"; ``tfx.proto.SplitConfig``
"""

from __future__ import annotations

import bisect
import hashlib
import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING

from utils.ingestion.errors import IngestionError

if TYPE_CHECKING:
    import pandas as pd


def bucket(value: str, shares: Mapping[str, int]) -> str:
    """Return the split of a row, computed as ExampleGen does with ``partition_feature_name``.

    Args:
        value: The row's value of that feature, text.
        shares: Split name and its number of hash buckets, in order.

    Returns:
        The name of the split.

    Raises:
        IngestionError: If there are no buckets.
    """
    import tensorflow as tf

    ends = list(itertools.accumulate(shares.values()))
    if not ends or ends[-1] < 1:
        raise IngestionError(
            "There are no hash buckets.",
            "Give each split at least one, as in {'train': 2, 'eval': 1}.",
        )
    feature = tf.train.Feature(bytes_list=tf.train.BytesList(value=[value.encode()]))
    digest = hashlib.sha256(feature.SerializeToString(deterministic=True)).hexdigest()
    return list(shares)[bisect.bisect(ends, int(digest, 16) % ends[-1])]


def shared(rows: pd.DataFrame, column: str, split: str = "split") -> pd.DataFrame:
    """Return the values of a column that more than one split holds.

    Args:
        rows: One row per example, with the split in a column; see :func:`utils.ingestion.records.table`.
        column: The column to compare.
        split: The column with the split.

    Returns:
        One row per value: in how many ``splits`` it occurs, and in how many ``rows``. Missing values are left out.

    Raises:
        IngestionError: If there is no such column.
    """
    for name in (column, split):
        if name not in rows:
            raise IngestionError(
                f"The rows have no column {name!r}.",
                f"They have {', '.join(map(str, rows.columns))}.",
            )
    groups = rows.dropna(subset=[column]).groupby(column)[split].agg(["nunique", "size"])
    groups.columns = ["splits", "rows"]
    return groups[groups["splits"] > 1].sort_values("rows", ascending=False)


def moved(before: pd.DataFrame, after: pd.DataFrame, key: str, split: str = "split") -> float:
    """Return the share of rows that two runs put into different splits.

    Args:
        before: The rows of the first run.
        after: The rows of the second run, with the same keys.
        key: The column that identifies a row.
        split: The column with the split.

    Returns:
        A share from 0 to 1.

    Raises:
        IngestionError: If the two runs do not hold the same rows.
    """
    first = before.astype({key: str}).set_index(key)[split]
    second = after.astype({key: str}).set_index(key)[split]
    if set(first.index) != set(second.index):
        raise IngestionError(
            "The two runs do not hold the same rows.",
            f"Compare runs over the same values of {key}.",
        )
    return float((first != second.reindex(first.index)).mean())
