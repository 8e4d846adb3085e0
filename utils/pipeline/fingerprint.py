"""A short name for the code that a component runs, so that TFX's cache notices an edit.

TFX caches by inputs and by ``exec_properties``; the code behind a dotted path is neither. A fingerprint of
the source among the ``custom_config`` makes it one.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def fingerprint(*names: str) -> str:
    """The fingerprint of modules of this package.

    Args:
        *names: Modules, for example ``"csv_executor"`` or ``"modules.features"``.

    Returns:
        Sixteen hexadecimal digits that change when one of the files does.
    """
    digest = hashlib.sha256()
    for name in names:
        source = FOLDER.joinpath(*name.split(".")).with_suffix(".py").read_bytes()
        digest.update(f"{name} {len(source)} ".encode() + source)
    return digest.hexdigest()[:16]


def reload(*names: str) -> None:
    """Loads modules anew where they are loaded already, so that an edit counts without restarting the kernel.

    TFX reloads the module that it is pointed to, but not what that one imports.

    Args:
        *names: As for :func:`fingerprint`.
    """
    importlib.invalidate_caches()
    for name in names:
        loaded = sys.modules.get(f"{__package__}.{name}")
        if loaded is not None:
            importlib.reload(loaded)
