"""What a split must not do: hold what another one holds.

Source: book, chapter 3, "Splitting One Dataset into Subsets"; ``tfx.proto.SplitConfig``
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from utils.ingestion.errors import IngestionError

if TYPE_CHECKING:
    import pandas as pd


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
