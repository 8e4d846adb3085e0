"""What lies on disk behind an artifact's URI."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.lineage.errors import LineageError

if TYPE_CHECKING:
    import pandas as pd


def files(artifact: Any) -> pd.DataFrame:
    """Return the files of an artifact's payload.

    Args:
        artifact: An artifact of TFX or of ML Metadata, or the folder itself.

    Returns:
        One row per file, by its path below the artifact's URI: its size in bytes.

    Raises:
        LineageError: The payload is gone, although ML Metadata may still know the artifact.
    """
    import pandas as pd

    uri = str(artifact if isinstance(artifact, (str, Path)) else artifact.uri)
    folder = Path(uri)
    if not uri or not folder.exists():
        raise LineageError(
            f"Nothing lies at {uri or 'an empty URI'}: the payload was deleted, or its component has not run. "
            "Run the component again."
        )
    rows = [
        (path.relative_to(folder).as_posix(), path.stat().st_size)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    return pd.DataFrame(rows, columns=["file", "bytes"]).set_index("file")
