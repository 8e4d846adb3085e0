"""TensorFlow Data Validation's schema and anomalies as tables that are also data."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from utils.displays.fallback import Table, number
from utils.displays.registry import Hooks, Patch
from utils.displays.views.base import LONGEST, View

_TFDV = "tensorflow_data_validation"


def schema(message: Any) -> View:
    """Show a schema: what each feature must be, and the values a domain allows.

    Args:
        message: A ``Schema``.

    Returns:
        The view; its ``data`` has one row for each feature.

    Source:
        Chapter 4, "Generating a schema from your data"; ``tfdv.display_schema``.
    """
    environments = bool(message.default_environment)
    rows = [_feature(feature, environments) for feature in message.feature]
    columns = ["Feature", "Type", "Presence", "Valency", "Domain"]
    tables = [Table([*columns, "Not in"] if environments else columns, rows, "Features")]
    domains = [(one.name, len(one.value), ", ".join(one.value)) for one in message.string_domain]
    domains += [
        (one.name, len(one.string_domain.value), ", ".join(one.string_domain.value))
        for one in message.feature
        if one.HasField("string_domain")
    ]
    if domains:
        heads = ("Domain", "Values", "They are")
        tables.append(Table(heads, domains, "Domains", characters=LONGEST))
    return View(f"Schema of {len(message.feature)} features", tables)


def anomalies(message: Any, title: str = "") -> View:
    """Show the anomalies that were found, and the distances that were measured.

    Args:
        message: An ``Anomalies``.
        title: What is shown; the number of anomalies where empty.

    Returns:
        The view; its ``data`` has one row for each anomaly, none when the data are as the schema says.

    Source:
        Chapter 4, "Recognizing problems in your data"; ``tfdv.display_anomalies``.
    """
    found = sorted(message.anomaly_info.items())
    rows = [_anomaly(name, one) for name, one in found]
    if message.HasField("dataset_anomaly_info"):
        rows.append(_anomaly("(the data set)", message.dataset_anomaly_info))
    columns = ("Feature", "What is wrong", "In detail", "Types", "Severity")
    tables = [Table(columns, rows, "Anomalies", characters=LONGEST)]
    measured = [
        (".".join(one.path.step), kind, _measure(value.type), value.value, value.threshold)
        for one in message.drift_skew_info
        for kind, values in (("drift", one.drift_measurements), ("skew", one.skew_measurements))
        for value in values
    ]
    if measured:
        heads = ("Feature", "Kind", "Measure", "Distance", "Threshold")
        tables.append(Table(heads, measured, "Drift and skew"))
    counted = f"{len(rows)} anomalies found" if len(rows) != 1 else "1 anomaly found"
    return View(title or (counted if rows else "No anomalies found"), tables)


def hooks() -> Hooks:
    """Return what these views hook into: TFDV's two calls and the artifacts of SchemaGen and ExampleValidator."""
    replaced = (
        ("display_schema", _replacing(schema)),
        ("display_anomalies", _replacing(anomalies)),
    )
    return Hooks(
        patches=[
            Patch(module, attribute, replace)
            for module in (f"{_TFDV}.utils.display_util", _TFDV)
            for attribute, replace in replaced
        ],
        artifact_views={"Schema": _schema_artifact, "ExampleAnomalies": _anomalies_artifact},
    )


def _replacing(view: Callable[[Any], View]) -> Callable[[Any], Callable[[Any], None]]:
    def replace(genuine: Callable[[Any], None]) -> Callable[[Any], None]:
        @functools.wraps(genuine)
        def show(*arguments: Any, **named: Any) -> None:
            from IPython.display import display

            given = next(iter((*arguments, *named.values())), None)
            if not hasattr(given, "DESCRIPTOR"):
                return genuine(*arguments, **named)
            display(view(given))
            return None

        return show

    return replace


def _feature(feature: Any, environments: bool) -> tuple[object, ...]:
    from tensorflow_metadata.proto.v0 import schema_pb2

    kind = schema_pb2.FeatureType.Name(feature.type)
    if kind == "BYTES" and (feature.HasField("domain") or feature.HasField("string_domain")):
        kind = "STRING"
    row = (feature.name, kind, _presence(feature), _valency(feature), _domain(feature))
    return (*row, ", ".join(feature.not_in_environment)) if environments else row


def _presence(feature: Any) -> str:
    if not feature.HasField("presence"):
        return ""
    fraction = feature.presence.min_fraction
    if fraction == 1:
        return "required"
    return f"optional, in at least {100 * fraction:.3g} %" if fraction else "optional"


def _valency(feature: Any) -> str:
    if not feature.HasField("value_count"):
        return ""
    count = feature.value_count
    if count.min == count.max == 1:
        return "single"
    least = count.min if count.HasField("min") else 0
    return f"{least} to {count.max}" if count.HasField("max") else f"{least} or more"


def _domain(feature: Any) -> str:
    if feature.HasField("domain"):
        return str(feature.domain)
    if feature.HasField("string_domain"):
        return str(feature.string_domain.name or f"{feature.name}_domain")
    for name in ("int_domain", "float_domain"):
        if feature.HasField(name):
            domain = getattr(feature, name)
            parts = [
                f"{limit} {number(getattr(domain, limit))}"
                for limit in ("min", "max")
                if domain.HasField(limit)
            ]
            return ", ".join(parts)
    return ""


def _anomaly(name: str, info: Any) -> tuple[object, ...]:
    from tensorflow_metadata.proto.v0 import anomalies_pb2

    short = info.short_description or "; ".join(one.short_description for one in info.reason)
    long = info.description or "; ".join(one.description for one in info.reason)
    kinds = ", ".join(anomalies_pb2.AnomalyInfo.Type.Name(one.type) for one in info.reason)
    severity = anomalies_pb2.AnomalyInfo.Severity.Name(info.severity).lower()
    return name, short, long, kinds, severity


def _measure(kind: int) -> str:
    from tensorflow_metadata.proto.v0 import anomalies_pb2

    return str(anomalies_pb2.DriftSkewInfo.Measurement.Type.Name(kind)).lower().replace("_", " ")


def _schema_artifact(artifact: Any) -> list[object]:
    import tensorflow_data_validation as tfdv

    return [schema(tfdv.load_schema_text(str(Path(artifact.uri) / "schema.pbtxt")))]


def _anomalies_artifact(artifact: Any) -> list[object]:
    """Return one view for each split, or pair of splits, of an ``ExampleAnomalies`` artifact."""
    from tensorflow_metadata.proto.v0 import anomalies_pb2
    from tfx.types import artifact_utils
    from tfx.utils import io_utils

    shown: list[object] = []
    for split in artifact_utils.decode_split_names(artifact.split_names):
        pair = Path(artifact.uri) / f"SplitPair-{split}"  # what DistributionValidator writes
        folder = str(pair) if pair.is_dir() else artifact_utils.get_split_uri([artifact], split)
        file = io_utils.get_only_uri_in_dir(folder)
        message = anomalies_pb2.Anomalies.FromString(io_utils.read_bytes_file(file))
        view = anomalies(message)
        shown.append(anomalies(message, f"Split {split!r}: {view.title.lower()}"))
    return shown
