"""The genuine interfaces' own files, read from the installed wheels and pinned by their hash.

Nothing of them is copied into the repository. A wheel of another version has another file, which
may not take the cuts and the data made for this one: then one clear error says so, instead of a
blank view.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from utils.errors import WorkbookError


class AssetError(WorkbookError, RuntimeError):
    """A wheel's file is missing or is not the one these displays were made for."""


@dataclass(frozen=True)
class Asset:
    """A file inside an installed package.

    Attributes:
        package: The package's import name.
        path: The file's path inside the package, with forward slashes.
        sha256: The hash of the file that the displays were made for.
        distribution: What the reader installs to get it, for the error message.
    """

    package: str
    path: str
    sha256: str
    distribution: str


TFMA = Asset(
    package="tensorflow_model_analysis",
    path="static/vulcanized_tfma.js",
    sha256="57acf2ca523efac3c7b16b19e7453434ce6e333c6f6baa48b79587d50be0eb6f",
    distribution="tensorflow-model-analysis 0.47.1 or 0.52.0",
)
"""TensorFlow Model Analysis and Fairness Indicators: their custom elements."""

WHAT_IF = Asset(
    package="witwidget",
    path="static/wit_jupyter.html",
    sha256="5a4f1580c036c55032d70002b075e78735b46b8fbc3f193e07d3841e58e60493",
    distribution="witwidget 1.8.1",
)
"""The What-If Tool, and within it Facets Overview and Facets Dive."""


def locate(asset: Asset) -> Path:
    """Find a file of an installed package without importing the package.

    Args:
        asset: Which file.

    Returns:
        Where it is; whether it exists is not checked.

    Raises:
        AssetError: The package is not installed.
    """
    spec = importlib.util.find_spec(asset.package)
    if spec is None or not spec.submodule_search_locations:
        raise AssetError(
            f"The package {asset.package} is not installed, so its view cannot be shown: "
            f"install {asset.distribution}."
        )
    return Path(next(iter(spec.submodule_search_locations))) / asset.path


@cache
def read(asset: Asset) -> str:
    """Read a wheel's file and check that it is the expected one.

    Args:
        asset: Which file.

    Returns:
        Its text.

    Raises:
        AssetError: The package or the file is missing, or the file's hash differs.
    """
    path = locate(asset)
    if not path.is_file():
        raise AssetError(
            f"{asset.package} is installed without {asset.path}, so its view cannot be shown: "
            f"install {asset.distribution} again."
        )
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != asset.sha256:
        raise AssetError(
            f"{asset.package}/{asset.path} is not the file that this view was made for "
            f"(SHA-256 {found[:12]}…, expected {asset.sha256[:12]}…): install {asset.distribution}."
        )
    return content.decode("utf-8")


def cut(text: str, start: str, end: str, *, keep_end: bool = False) -> str:
    """Cut the one stretch of a text that runs from one marker to another.

    Args:
        text: The text.
        start: Where the stretch begins; it must occur exactly once.
        end: Where the stretch ends: the first occurrence after ``start``.
        keep_end: Whether the end marker stays in the text.

    Returns:
        The text without the stretch.

    Raises:
        AssetError: A marker is missing, or ``start`` is ambiguous.
    """
    if text.count(start) != 1:
        raise AssetError(
            f"The marker {start!r} occurs {text.count(start)} times in the asset, not once."
        )
    begin = text.index(start)
    stop = text.find(end, begin + len(start))
    if stop < 0:
        raise AssetError(f"The marker {end!r} does not follow {start!r} in the asset.")
    return text[:begin] + text[stop if keep_end else stop + len(end) :]
