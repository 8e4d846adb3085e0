"""A folder into which data are delivered, span after span, as from another system.

Source: book, chapter 3, "Spanning Datasets" and "Versioning Datasets"
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from utils import paths
from utils.complaints import spans
from utils.files import atomic_path, fresh_folder
from utils.ingestion.errors import IngestionError


class Inbox:
    """A folder that begins empty. It shows its files when it is the last line of a cell.

    Args:
        folder: The folder; what an earlier inbox left in it is thrown away.

    Raises:
        utils.files.FileError: If there is something in the folder that the workbook did not make.
    """

    def __init__(self, folder: Path) -> None:
        """Make the folder, or empty it."""
        self.folder = fresh_folder(folder)

    def deliver(
        self, span: str, version: int = 1, change: Callable[[str], str] | None = None
    ) -> Inbox:
        """Put a committed span into ``SPAN/vVERSION/complaints.csv``, its number without the S.

        The file keeps the time of its original, because ExampleGen tells files apart by size and time.

        Args:
            span: ``"S1"`` to ``"S5"``.
            version: The version of the delivery, 1 or more.
            change: Makes a corrected text of the file's text.

        Returns:
            The inbox.

        Raises:
            IngestionError: If there is no such span, or this version was delivered.
            utils.files.FileError: If the file cannot be written there.
        """
        source = paths.DATA / "complaints" / f"{span}.csv"
        if not source.is_file():
            names = ", ".join(sorted(path.stem for path in source.parent.glob("S*.csv")))
            raise IngestionError(f"There is no span {span!r}.", f"Use one of {names}.")
        target = self.folder / span.removeprefix("S") / f"v{version}" / spans.FILE
        if target.exists():
            raise IngestionError(
                f"Version {version} of {span} was delivered before.",
                "A delivery is never overwritten: give the correction the next version.",
            )
        content = source.read_bytes()
        if change is not None:
            content = change(content.decode()).encode()
        with atomic_path(target) as part:
            part.write_bytes(content)
            shutil.copystat(source, part)
        return self

    @property
    def files(self) -> list[str]:
        """The files that have been delivered, relative to the folder."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*.csv"))

    def __repr__(self) -> str:
        """Return the files, one per line."""
        return "\n".join(self.files) or "(empty)"
