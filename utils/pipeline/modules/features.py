"""The names that Transform and Trainer share.

A *feature specification* is the plain dictionary that reaches both through ``custom_config["features"]``:
the groups of columns ``categorical``, ``zip_code`` and ``text``, and the sizes ``max_values``,
``min_count``, ``ngrams``, ``text_terms``, ``min_texts`` and ``terms_per_text``.
``utils.pipeline.config.Features`` writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LABEL = "consumer_disputed"
"""The column to predict: 1 where the consumer disputed the company's response, else 0."""

KEY = "complaint_id"
"""The column that tells complaints apart, and by which they are split."""

CATEGORIES = "categories"
"""The vocabulary of all categories, each written ``column=value``."""

NO_LABEL = -1
"""What a label that is not known yet becomes; nothing is learnt from its row."""

MISSING = "(missing)"
"""What a value that is not there counts as: a category of its own."""


def transformed_name(name: str) -> str:
    """Return the name of a column after Transform.

    Args:
        name: A column of the complaints.

    Returns:
        The name with ``_xf`` behind it.
    """
    return f"{name}_xf"


def length_name(name: str) -> str:
    """Return the name of the z-score of the logarithm of a text column's number of words."""
    return transformed_name(f"{name}_length")


def indexed_columns(specification: Mapping[str, Any]) -> list[str]:
    """Return the columns that Transform turns into one index into a vocabulary.

    Args:
        specification: The feature specification.

    Returns:
        The categorical columns, then the ZIP columns.
    """
    return [*specification["categorical"], *specification["zip_code"]]
