"""Errors that a reader can act on: what failed, why, and what to do."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from typing import Any

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
        r"cannot pickle|can't pickle|Can't pickle|can not be pickled",
        "Apache Beam sends the functions that it calls to its workers, with all that they use. Make an object that "
        "cannot travel (a lock, a connection, an open file) inside of the function, or in the `setup` of a `DoFn`.",
    ),
    (
        r"TemplatedExecutorContainerSpec.*not launchable|fetching server API version",
        "This component is a container. A notebook runs Python only: put the component into a pipeline, and run that "
        "by a runner that starts containers, such as LocalDagRunner on a machine where Docker runs.",
    ),
    (r"out of memory|MemoryError|ResourceExhausted", "Close other notebooks, or use fewer rows."),
    (
        r"No space left on device|database or disk is full|Disk quota exceeded",
        "Free some disk space, then run this cell again; what was finished before is kept.",
    ),
    (
        r"Permission denied|Read-only file system|readonly database",
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
        r"database is locked",
        "Another program holds the ML Metadata store. Close other notebooks and run this cell again.",
    ),
    (
        r"disk image is malformed|not a database",
        "The ML Metadata store is damaged: run the set-up cell again, which says what can be done.",
    ),
)

_TOLD: tuple[tuple[str, str, str], ...] = (
    (
        r"Return value (?P<value>.+) for output '(?P<name>\w+)' is incompatible with output type "
        r"(?:<class '[\w.]*?(?P<kind>\w+)'>|(?P<hint>.+)\.$)",
        "it returned {value} for the output {name!r}, which is declared as {kind}.",
        "Return a value of the type that the function's annotation gives for {name!r}, or correct the annotation; "
        "then run the cell that defines the component, the one that builds it, and this one.",
    ),
    (
        r"Expected component executor function .* to return a dict of outputs \(got (?P<value>.+) instead\)",
        "it returned {value} instead of a dictionary with a value for each declared output.",
        "Return a dictionary, for example {{'rows': 3}}, whose names are those of the function's annotation; then run "
        "the cell that defines the component, the one that builds it, and this one.",
    ),
    (
        r"Did not receive expected output '(?P<name>\w+)' as return value",
        "it returned no value for the output {name!r}.",
        "Return a dictionary that has {name!r}, or take it out of the function's annotation; then run the cell that "
        "defines the component, the one that builds it, and this one.",
    ),
    (
        r"Non-nullable output '(?P<name>\w+)' received None",
        "it returned None for the output {name!r}.",
        "Return a value, or declare the output as Optional; then run the cell that defines the component, the one that "
        "builds it, and this one.",
    ),
    (
        r"Type already exists with different properties: .*stored_type: [^\"]*name: \"(?P<kind>[^\"]+)\"",
        "ML Metadata knows the type {kind} already, with other properties.",
        "Properties of a type may be added, and not changed: give the changed property, or the type, a new name; then "
        "run the cell that defines it, the one that builds the component, and this one.",
    ),
    (
        r"Cannot set unknown property '(?P<name>\w+)' on artifact .*"
        r"artifact_type: [^\"]*name: \"(?P<kind>[^\"]+)\"",
        "it set a property {name!r}, which the artifact type {kind} does not declare.",
        "Add {name!r} to the PROPERTIES of the type where it is your own, or keep the value by "
        "`set_string_custom_property` or one of its like.",
    ),
)
"""What TFX says of a component of the reader's own, what is said in its place, and the cure."""

_DEFAULT_CURE = (
    "Undo the last change above, rerun the cell that builds the component, then this one. "
    "`context.traceback()` prints the full report."
)

_OWN_CURE = (
    "Mend that, then run the cell that builds the component again, and this one. "
    "`context.traceback()` prints the full report."
)
"""For an error of this project, whose message says what to mend, or of the reader's own component."""


class ComponentFailed(WorkbookError):
    """A component's executor stopped with an error."""


class NeedsIPython(WorkbookError):
    """A notebook's cell is run by plain Python."""


class NotRunYet(WorkbookError):
    """A component was asked to work on the output of one that has not run."""


class ArtifactMissing(WorkbookError):
    """An artifact that ML Metadata knows is no longer on disk."""


class ArtifactDamaged(WorkbookError):
    """An artifact is on disk, and what is in its files cannot be read."""


def damaged(cannot: str, key: str, producer: Any, artifact: Any, wrong: str) -> ArtifactDamaged:
    """Return the error for an artifact whose files cannot be read, to be raised.

    Args:
        cannot: What cannot be done, for example ``"Trainer cannot run"``.
        key: The name of the output that the artifact is.
        producer: The component that has made it; None where none has.
        artifact: The artifact.
        wrong: What is wrong with it.
    """
    maker = f" of {producer.id}" if producer is not None else ""
    again = f" Then run the cell with `context.run(...)` for {producer.id} again." if maker else ""
    return ArtifactDamaged(
        f"{cannot}: the artifact {key!r}{maker} is damaged: {wrong} ({artifact.uri}).",
        f"Mend the file where you have edited it; else move that folder away, so that it is computed anew.{again}",
    )


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
    return next(
        (link for link in _chain(error) if type(link).__module__.startswith("utils.")), None
    )


def clipped(text: str, limit: int) -> str:
    """Return a text with an ellipsis in place of what goes beyond a number of characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it came from, the last one first."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _told(error: BaseException) -> tuple[str, str] | None:
    """Return what is wrong and the cure, where TFX has found fault with what a component of the reader's own made."""
    for link in _chain(error):
        for pattern, what, cure in _TOLD:
            match = re.search(pattern, str(link), re.DOTALL)
            if match:
                found = {name: value for name, value in match.groupdict().items() if value}
                found.setdefault("kind", found.get("hint", ""))
                return what.format(**found), cure.format(**found)
    return None


def reason(error: BaseException, limit: int = 600) -> str:
    """Say in a few lines why something failed.

    Apache Beam repeats its stage names after the message, and TensorFlow its call stack; both are left out.

    Args:
        error: the error as caught.
        limit: the most characters to return.

    Returns:
        The name and the message of the error that this project raised, or else of the one that began it; one sentence
        in their place where TFX has found fault with what a component of the reader's own returned.
    """
    own = own_error(error)
    told = None if own else _told(error)
    if told:
        return clipped(told[0], limit)
    first = own or root_cause(error)
    said = first.what if isinstance(first, WorkbookError) else str(first)
    text = re.split(r"\s*\[while running|\n\s*Traceback \(most recent|\n\nCall arguments", said)[0]
    text = "\n".join(line for line in text.strip().splitlines() if line.strip())
    text = clipped(text, limit)
    return f"{type(first).__name__}: {text}" if text else type(first).__name__


def cure_for(error: BaseException, own: bool = False) -> str:
    """Return the cure for an error that a component raised.

    Args:
        error: the error as caught. One with a ``cure`` of its own, anywhere in the chain, is believed first.
        own: whether the component's executor is the reader's own, so that it may be what has to be mended.

    Returns:
        One or two sentences.
    """
    link: BaseException | None = error
    while link is not None:
        cure = getattr(link, "cure", None)
        if isinstance(cure, str) and cure:
            return cure
        link = link.__cause__ or link.__context__
    told = None if own_error(error) else _told(error)
    if told:
        return told[1]
    text = reason(error)
    otherwise = _OWN_CURE if own or own_error(error) else _DEFAULT_CURE
    return next((cure for pattern, cure in _CURES if re.search(pattern, text)), otherwise)
