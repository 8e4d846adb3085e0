"""Keeping an edited schema in a file that TFX's cache can tell from the one before.

Source: book, chapter 4, "Updating the schema"; ``tfdv.write_schema_text``, ``tfx.components.ImportSchemaGen``.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from utils import folders, paths
from utils.files import atomic_text


def save(schema: Any, folder: Path | None = None) -> Path:
    """Write a schema to a file that is named by its content.

    ImportSchemaGen's cache looks at the path and not into the file: an edited schema under the old name would be
    answered by the old artifact.

    Args:
        schema: A ``Schema``.
        folder: Where to; a folder of the shared store where None.

    Returns:
        The file.

    Raises:
        utils.folders.FolderError: If the folder cannot be written.
        utils.files.FileError: If there is no room for the file.
    """
    from google.protobuf import text_format

    digest = hashlib.sha256(schema.SerializeToString(deterministic=True)).hexdigest()[:12]
    file = (folder or paths.store() / "schemas") / f"schema-{digest}.pbtxt"
    if not file.exists():
        folders.make(file.parent)
        with atomic_text(file) as opened:
            opened.write(text_format.MessageToString(schema))
    return file
