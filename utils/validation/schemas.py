"""Editing a schema by name: what TFDV's protos allow, with errors that say what was meant.

All functions change the schema that they are given, as the book's own lines do, and return nothing.

Source: book, chapter 4, "Updating the schema" and "Schema environments".
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from utils import folders, paths
from utils.errors import did_you_mean
from utils.validation.distances import checked_threshold
from utils.validation.errors import ValidationError


def feature(schema: Any, name: str) -> Any:
    """One feature of a schema.

    Args:
        schema: A ``Schema``.
        name: The feature.

    Returns:
        The ``Feature``; what is changed in it changes in the schema.

    Raises:
        ValidationError: There is no such feature.
    """
    found = {one.name: one for one in schema.feature}
    if name not in found:
        raise ValidationError(f"The schema has no feature {name!r}.", did_you_mean(name, found))
    return found[name]


def domain(schema: Any, name: str) -> list[str]:
    """The values that a feature may have.

    Args:
        schema: A ``Schema``.
        name: A feature with a list of values.

    Returns:
        The values.

    Raises:
        ValidationError: The feature may have any value.
    """
    return list(_domain(schema, name).value)


def allow(schema: Any, name: str, *values: str) -> None:
    """Adds values to those that a feature may have.

    Args:
        schema: A ``Schema``.
        name: A feature with a list of values.
        *values: The new ones; one that is there already is passed over.

    Raises:
        ValidationError: The feature may have any value already, or a value is no text.
    """
    allowed = _domain(schema, name)
    for value in values:
        if not isinstance(value, str):
            raise ValidationError(
                f"{value!r} is no text, and the values of {name!r} are.",
                f"Write it in quotation marks: {str(value)!r}.",
            )
        if value not in allowed.value:
            allowed.value.append(value)


def at_least(schema: Any, name: str, share: float) -> None:
    """Sets how often a feature must have a value.

    Args:
        schema: A ``Schema``.
        name: The feature.
        share: The least share of the rows, 0 to 1.

    Raises:
        ValidationError: The share is none.
    """
    if isinstance(share, bool) or not 0 <= share <= 1:
        raise ValidationError(
            f"{share!r} is no share of the rows.",
            f"Give a number from 0 to 1, for example {share / 100 if 1 < share <= 100 else 0.95}.",
        )
    feature(schema, name).presence.min_fraction = share


def unique(schema: Any, name: str, rows: int) -> None:
    """Asks that a feature has another value in each row.

    Args:
        schema: A ``Schema``.
        name: The feature.
        rows: The number of rows of the data that are validated; TFDV knows no share here.
    """
    constraints = feature(schema, name).unique_constraints
    constraints.min = constraints.max = rows


def only_in(schema: Any, name: str, environment: str) -> None:
    """Says that a feature exists in one environment only.

    Args:
        schema: A ``Schema`` with default environments.
        name: The feature.
        environment: The one that has it.

    Raises:
        ValidationError: The schema does not know the environment.
    """
    known = list(schema.default_environment)
    if environment not in known:
        cure = (
            did_you_mean(environment, known)
            if known
            else 'Name them first, for example schema.default_environment.extend(["TRAINING", "SERVING"]).'
        )
        raise ValidationError(f"The schema has no environment {environment!r}.", cure)
    one = feature(schema, name)
    del one.not_in_environment[:]
    one.not_in_environment.extend(other for other in known if other != environment)


def with_drift(schema: Any, thresholds: Mapping[str, float]) -> Any:
    """A copy of a schema that raises an alarm when features move.

    Args:
        schema: A ``Schema``; it stays as it is.
        thresholds: By feature the largest L-infinity distance that is no alarm, 0 to 1.

    Returns:
        The copy, with a drift and a skew comparator for each of the features.

    Raises:
        ValidationError: There is no such feature, or a threshold is no share.
    """
    copy = type(schema)()
    copy.CopyFrom(schema)
    for name, threshold in thresholds.items():
        one = feature(copy, name)
        one.drift_comparator.infinity_norm.threshold = checked_threshold(name, threshold)
        one.skew_comparator.infinity_norm.threshold = threshold
    return copy


def save(schema: Any, folder: Path | None = None) -> Path:
    """Writes a schema to a file that is named by its content.

    ImportSchemaGen's cache looks at the path and not into the file: an edited schema under the old name would be
    answered by the old artifact.

    Args:
        schema: A ``Schema``.
        folder: Where to; a folder of the shared store where None.

    Returns:
        The file.
    """
    import tensorflow_data_validation as tfdv

    digest = hashlib.sha256(schema.SerializeToString(deterministic=True)).hexdigest()[:12]
    file = (folder or paths.store() / "schemas") / f"schema-{digest}.pbtxt"
    if not file.exists():
        folders.make(file.parent)
        part = file.with_suffix(".part")
        tfdv.write_schema_text(schema, str(part))
        part.replace(file)
    return file


def _domain(schema: Any, name: str) -> Any:
    one = feature(schema, name)
    if one.HasField("string_domain"):
        return one.string_domain
    if one.HasField("domain"):
        return next(entry for entry in schema.string_domain if entry.name == one.domain)
    raise ValidationError(
        f"{name!r} has no list of values: any is allowed.",
        "Give it one first, with tfdv.set_domain(schema, ..., schema_pb2.StringDomain(value=[...])).",
    )
