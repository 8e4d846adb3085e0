"""What validators have written, read back from their artifacts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from utils.validation.errors import ValidationError


def anomalies(artifact: Any) -> dict[str, Any]:
    """Read what ExampleValidator or DistributionValidator has reported.

    Args:
        artifact: An ``ExampleAnomalies`` artifact.

    Returns:
        An ``Anomalies`` by split, or by pair of splits (``"train_train"``).

    Raises:
        ValidationError: The artifact holds no report.
    """
    from tensorflow_metadata.proto.v0 import anomalies_pb2

    found = {
        file.parent.name.partition("-")[2]: anomalies_pb2.Anomalies.FromString(file.read_bytes())
        for file in sorted(Path(artifact.uri).glob("Split*-*/*.pb"))
    }
    if not found:
        raise ValidationError(
            "The artifact holds no report of anomalies.",
            "Run the validator, then pass validator.outputs['anomalies'].get()[0].",
        )
    return found
