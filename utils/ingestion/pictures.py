"""Pictures of paper that consumers might attach to a complaint, drawn here: letters and receipts.

Source: book, chapter 3, "Image Data for Computer Vision Problems"
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from utils.files import fresh_folder
from utils.ingestion.errors import IngestionError

if TYPE_CHECKING:
    from PIL.Image import Image

KINDS = ("letter", "receipt")
"""What the pictures show; each kind is a folder."""

SIZE = 64
"""Width and height of a picture in pixels."""


@dataclass(frozen=True)
class Picture:
    """A PNG file as bytes.

    Attributes:
        png: The file's bytes.
        label: What it shows, one of :data:`KINDS`.
        name: The file's name.
    """

    png: bytes
    label: str
    name: str

    def row(self) -> dict[str, Any]:
        """Return what an example of it holds: the bytes as they are, label, name, width and height."""
        width, height = _open(self.png, self.name).size
        return {
            "image": self.png,
            "label": self.label,
            "name": self.name,
            "width": width,
            "height": height,
        }


def make(folder: Path, each: int = 40, seed: int = 1) -> Path:
    """Draw a folder of pictures, one sub-folder a kind; what was there is replaced.

    Args:
        folder: The folder.
        each: Pictures of each kind.
        seed: The seed; the same one draws the same pixels.

    Returns:
        The folder.

    Raises:
        utils.files.FileError: If there is something in the folder that the workbook did not make.
    """
    fresh_folder(folder)
    random = Random(seed)
    for kind in KINDS:
        (folder / kind).mkdir(parents=True)
        for number in range(1, each + 1):
            name = f"{kind}-{number:03d}.png"
            _draw(kind, random).save(folder / kind / name, format="PNG")
    return folder


def read(folder: Path) -> Iterator[Picture]:
    """Read a folder of pictures; the name of a sub-folder is the label.

    Args:
        folder: The folder.

    Yields:
        One picture a PNG file, in the order of their paths.

    Raises:
        IngestionError: If there is none, or a file is not a PNG.
    """
    files = sorted(folder.glob("*/*.png"))
    if not files:
        raise IngestionError(
            f"There is no PNG file in a sub-folder of {folder}.",
            "Put the files of each label into a folder that has the label's name.",
        )
    for file in files:
        png = file.read_bytes()
        _open(png, file.name)
        yield Picture(png, file.parent.name, file.name)


def _open(png: bytes, name: str) -> Image:
    from PIL import Image

    try:
        picture = Image.open(BytesIO(png), formats=("PNG",))
        picture.verify()
    except Image.DecompressionBombError as error:
        raise IngestionError(
            f"{name} says that it has far more pixels than a picture of paper ({error}).",
            "Save it again, smaller, or leave it out.",
        ) from error
    except Exception as error:  # the library raises whatever a damaged file makes it stumble over
        raise IngestionError(
            f"{name} is not a PNG file, or a damaged one.", "Save it again as PNG, or leave it out."
        ) from error
    return picture


def _draw(kind: str, random: Random) -> Image:
    from PIL import Image, ImageDraw

    shade = 225 + int(random.random() * 30)
    picture = Image.new("L", (SIZE, SIZE), 120 + int(random.random() * 60))
    draw = ImageDraw.Draw(picture)
    ink = 20 + int(random.random() * 60)
    shift = int(random.random() * 6)
    if kind == "letter":
        left, right = 8 + shift, 52 + shift
        draw.rectangle((left, 2, right, 61), fill=shade)
        draw.rectangle((left + 4, 6, left + 16, 9), fill=ink)
        for y in range(16, 52, 4):
            end = left + 22 + int(random.random() * 18)
            draw.line((left + 4, y, min(end, right - 4), y), fill=ink)
        draw.line((left + 4, 56, left + 14, 53 + int(random.random() * 6)), fill=ink, width=2)
    else:
        left, right = 18 + shift, 42 + shift
        draw.rectangle((left, 0, right, 63), fill=shade)
        for y in range(6, 48, 5):
            draw.line((left + 2, y, left + 6 + int(random.random() * 7), y), fill=ink)
            draw.line((right - 6, y, right - 2, y), fill=ink)
        draw.rectangle((left + 2, 52, right - 2, 53), fill=ink)
        draw.rectangle((right - 9, 56, right - 2, 58), fill=ink)
    return picture
