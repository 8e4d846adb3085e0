"""Code that TFX itself loads by its dotted path: features, Transform's preprocessing, Trainer's model.

Nothing here imports another part of ``utils`` than its siblings, so that a component sees exactly this code.

Before each run TFX loads the module that it is pointed to anew, so that an edit counts without restarting the kernel.
It does not do so with what that module imports: therefore each such module calls :func:`reload_edited` below its
imports.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

_LOADED = {
    f"{__name__}.{path.stem}": path.read_bytes() for path in Path(__file__).parent.glob("*.py")
}
"""The source of each module as it was loaded, by its dotted name."""


def reload_edited(name: str) -> bool:
    """Load anew what a module imports of this package, directly or through others, where a file was edited meanwhile.

    Args:
        name: The module's dotted name, ``__name__``.

    Returns:
        Whether anything was loaded anew.
    """
    importlib.invalidate_caches()
    again = False
    for part in list(vars(sys.modules[name]).values()):
        if isinstance(part, ModuleType) and part.__name__ in _LOADED:
            below = reload_edited(part.__name__)
            source = Path(str(part.__file__)).read_bytes()
            if below or source != _LOADED[part.__name__]:
                _LOADED[part.__name__] = source
                importlib.reload(part)
                again = True
    return again
