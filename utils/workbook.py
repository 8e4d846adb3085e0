"""What a notebook's set-up cell calls.

from utils import workbook

context = workbook.start()
"""

from __future__ import annotations

import importlib.util
import os
import random
import sys
from typing import TYPE_CHECKING

from utils import colab, folders, memory, paths, quick_import, quick_pipelines
from utils.environments import proxies
from utils.environments.decisions import SetupError
from utils.session import quiet
from utils.session.errors import require_ipython

if TYPE_CHECKING:
    from utils.session.context import WorkbookContext

SEED = 20150319
"""The seed of everything a notebook draws: the first day of the data."""


def start() -> WorkbookContext:
    """Open a chapter: quiet logs, seeds, live displays, and an InteractiveContext on the shared store.

    On Colab the locked packages are installed first; see :mod:`utils.colab`.

    Calling it again in the same notebook is harmless and gives a new context on the same store.

    Returns:
        The context that the chapter's components run in.

    Raises:
        WorkbookError: if this kernel's Python is not the workbook's environment, or cannot become it on Colab.
        NeedsIPython: if the cells are run by plain Python.
        FolderError: if TFX would take the path of the repository or of the store for a pattern, or cannot write there.
        utils.colab.Restarting: on Colab, when the runtime restarts to load the packages.
    """
    if colab.here():
        _prepare_colab()
    _require_environment()
    require_ipython()
    folders.check_name(paths.ROOT)
    os.environ.update(proxies.past_this_machine(os.environ))
    memory.limit_arenas()
    quiet.before_imports()
    quick_import.postpone()
    quick_pipelines.remember()
    with quiet.imports():
        from utils import displays
        from utils.session import baseline
        from utils.session.context import WorkbookContext

    context = WorkbookContext(paths.store())
    displays.enable()
    baseline.mend_events()
    quiet.after_imports()
    seed_everything(SEED)
    memory.set_aside()
    return context


def seed_everything(seed: int) -> None:
    """Seed Python's and NumPy's generators in this process; the Trainer seeds Keras from its own configuration.

    Args:
        seed: any whole number from 0 to 2**32 - 1.
    """
    import numpy as np

    random.seed(seed)
    np.random.seed(seed)


def _prepare_colab() -> None:
    try:
        colab.prepare()
    except SetupError as error:
        from utils.errors import WorkbookError

        raise WorkbookError(str(error), "Then run this cell again.") from None


def _require_environment() -> None:
    if importlib.util.find_spec("tfx") is None:
        from utils.errors import WorkbookError

        raise WorkbookError(
            f"This kernel runs {sys.executable}, which has no TFX.",
            "Open the notebooks with `make lab`, which starts the workbook's own environment.",
        )
