"""Errors that a reader can act on: what failed, why, and what to do."""

from __future__ import annotations

import builtins
import re

from utils.errors import WorkbookError

_CURES: tuple[tuple[str, str], ...] = (
    (
        r"Cannot find matching for split|No file matches",
        "Look at `input_base`, `pattern` and `span` of the configuration, and run the cell that makes the data, "
        "then the one that builds ExampleGen, then this one.",
    ),
    (
        r"Feature name `.*` does not exist|Partition feature does not contain",
        "Give `partition_feature_name` the name of a feature that every row has, with a value, such as `complaint_id`; "
        "then run the cell that builds the component, and this one.",
    ),
    (
        r"cannot convert float (NaN|infinity) to integer",
        "The model's score of some row is NaN or infinite: look for such values among its inputs and in the loss of "
        "its training, train it again, then run this cell.",
    ),
    (
        r"TemplatedExecutorContainerSpec.*not launchable|fetching server API version",
        "This component is a container. A notebook runs Python only: put the component into a pipeline, and run that "
        "by a runner that starts containers, such as LocalDagRunner on a machine where Docker runs.",
    ),
    (r"out of memory|MemoryError|ResourceExhausted", "Close other notebooks, or use fewer rows."),
    (r"No space left on device", "Free some disk space (`make clean` removes what was built)."),
    (
        r"Permission denied|Read-only file system",
        "Make the build folder writable for you, or set WORKBOOK_BUILD to a folder that is.",
    ),
    (
        r"SyntaxError|IndentationError",
        "Mend the line that the error names, save the module, and run this cell again.",
    ),
    (
        r"ModuleNotFoundError|No module named",
        "Restart the kernel and run the set-up cell first; if it stays, run `make lab` again, "
        "which repairs the environment.",
    ),
    (
        r"database is locked|malformed|not a database",
        "Another program holds the ML Metadata store. Close other notebooks and run this cell "
        "again; `make clean` starts a new store.",
    ),
)

_DEFAULT_CURE = (
    "Undo the last change above, rerun the cell that builds the component, then this one. "
    "`context.traceback()` prints the full report."
)

_OWN_CURE = (
    "Mend that, then run the cell that builds the component again, and this one. "
    "`context.traceback()` prints the full report."
)
"""For an error of this project, whose message says what to mend."""


class ComponentFailed(WorkbookError):
    """A component's executor stopped with an error."""


class NeedsIPython(WorkbookError):
    """A notebook's cell is run by plain Python."""


class NotRunYet(WorkbookError):
    """A component was asked to work on the output of one that has not run."""


class ArtifactMissing(WorkbookError):
    """An artifact that ML Metadata knows is no longer on disk."""


def require_ipython() -> None:
    """Refuse to go on in a plain Python program, where InteractiveContext does nothing but warn.

    Raises:
        NeedsIPython: if this process is not one of IPython's.
    """
    if not getattr(builtins, "__IPYTHON__", False):  # This is what TFX looks at.
        raise NeedsIPython(
            "This is a plain Python program, and a notebook's cells need IPython: outside of it TFX's "
            "InteractiveContext runs no component.",
            "Open the notebook in JupyterLab with `make lab`, or call the file with `ipython`; a program of your own "
            "runs the pipeline with `utils.pipeline.runners.run_local(config, store)`.",
        )


def root_cause(error: BaseException) -> BaseException:
    """Return the first error of a chain of ``raise … from …``, where the trouble began."""
    seen = {id(error)}
    while True:
        earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if earlier is None or id(earlier) in seen:
            return error
        seen.add(id(earlier))
        error = earlier


def own_error(error: BaseException) -> BaseException | None:
    """Return the error of a chain that this project raised, and so worded for a reader; None if it raised none."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        if type(link).__module__.startswith("utils."):
            return link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return None


def reason(error: BaseException, limit: int = 600) -> str:
    """Say in a few lines why something failed.

    Apache Beam repeats its stage names after the message, and TensorFlow its call stack; both are left out.

    Args:
        error: the error as caught.
        limit: the most characters to return.

    Returns:
        The name and the message of the error that this project raised, or else of the one that began it.
    """
    first = own_error(error) or root_cause(error)
    said = first.what if isinstance(first, WorkbookError) else str(first)
    text = re.split(r"\s*\[while running|\n\s*Traceback \(most recent|\n\nCall arguments", said)[0]
    text = "\n".join(line for line in text.strip().splitlines() if line.strip())
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return f"{type(first).__name__}: {text}" if text else type(first).__name__


def cure_for(error: BaseException) -> str:
    """Return the cure for an error that a component raised.

    Args:
        error: the error as caught. One with a ``cure`` of its own, anywhere in the chain, is believed first.

    Returns:
        One or two sentences.
    """
    link: BaseException | None = error
    while link is not None:
        cure = getattr(link, "cure", None)
        if isinstance(cure, str) and cure:
            return cure
        link = link.__cause__ or link.__context__
    text = reason(error)
    otherwise = _DEFAULT_CURE if own_error(error) is None else _OWN_CURE
    return next((cure for pattern, cure in _CURES if re.search(pattern, text)), otherwise)
