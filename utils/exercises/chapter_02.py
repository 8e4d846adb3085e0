"""The exercises of chapter 2."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from utils.exercises import Verdict, exercise, not_yet, reading, yes

CHANGES = ("touch", "move", "edit")
"""What exercise 2.3 does to a file: a new date; another folder; other content of the same length and date."""


@exercise("2.1")
def answered_from_the_cache(answer: int, context: Any) -> Verdict:
    """Check how many executions of the store were answered from the cache.

    Args:
        answer: a number.
        context: the notebook's context.

    Returns:
        The verdict.
    """
    from utils.lineage import records

    value = reading.whole(answer)
    with context.metadata() as handle:
        states = records.executions(handle.store)["state"]
    cached = int((states == "cached").sum())
    if value == cached:
        return yes("each of these found an equal earlier execution and took its artifacts.")
    if value == len(states):
        return not_yet("that is the number of all executions; count those in one state only.")
    if value == int((states == "complete").sum()):
        return not_yet("those are the executions that really ran to their end: state `complete`.")
    return not_yet(
        "read the executions anew, since runs have been added, and compare each one's last_known_state."
    )


@exercise("2.2")
def trained_on(answer: int, context: Any, model: Any) -> Verdict:
    """Check the raw examples that a pushed model was trained on.

    What is right is followed event by event: from the Pusher to the Trainer, to Transform, and to what that read.

    Args:
        answer: an artifact's id.
        context: the notebook's context.
        model: the pushed model, an artifact.

    Returns:
        The verdict.
    """
    value = reading.whole(answer)
    with context.metadata() as handle:
        store = handle.store
        (trained,) = _inputs_of_maker(store, model.id, "Model")
        transformed = _inputs_of_maker(store, trained, "Examples")
        raw = [number for one in transformed for number in _inputs_of_maker(store, one, "Examples")]
        known = {one.id: one.type for one in store.get_artifacts()}
    if value in (raw or transformed):
        return yes("two steps back from the Trainer: these are the rows that the model has seen.")
    if value in transformed:
        return not_yet("the Trainer read these, but Transform made them: what did Transform read?")
    if value not in known:
        return not_yet(f"the store has no artifact {value}.")
    if known[value] != "Examples":
        return not_yet(f"artifact {value} is of the type {known[value]}; look for Examples.")
    return not_yet(
        "these are examples, but not in this model's lineage: follow the arrows of the drawing."
    )


@exercise("2.3")
def what_the_cache_notices(answer: Iterable[str], context: Any) -> Verdict:
    """Check which changes of its input file make ExampleGen run again.

    All three are done to a small file, and what TFX's driver would compare is compared.

    Args:
        answer: some of :data:`CHANGES`.
        context: the notebook's context; not used.

    Returns:
        The verdict.
    """
    named = reading.names(answer)
    unknown = named - set(CHANGES)
    if unknown:
        return not_yet(
            f"there is no change {sorted(unknown)[0]!r}; there are {', '.join(CHANGES)}."
        )
    noticed = _noticed()
    if named == noticed:
        return yes("the cache compares a path, a size and a date. It never opens the file.")
    blind = named - noticed
    if blind:
        return not_yet(
            "one of these changes nothing that goes into the fingerprint above: look at its parts."
        )
    missing = sorted(noticed - named)[0]
    return not_yet(
        f"{missing!r} changes something that the cache compares, too: see the properties of the execution."
    )


@exercise("2.4")
def published_by_hand(answer: int, context: Any, connection: Any) -> Verdict:
    """Publish an execution of the type `Review` into the team's ML Metadata, by its own calls.

    It is looked up in the database, through a connection of the check's own.

    Args:
        answer: the execution's id.
        context: the notebook's context; not used.
        connection: the `ConnectionConfig` of the team's database.

    Returns:
        The verdict.
    """
    from ml_metadata.metadata_store import MetadataStore

    from utils.lineage import records

    value = reading.whole(answer)
    store = MetadataStore(connection)
    kinds = {kind.id: kind.name for kind in store.get_execution_types()}
    found = store.get_executions_by_id([value]) if value > 0 else []
    if not found:
        return not_yet(
            f"the team's database has no execution {value}: `put_executions` returns the ids of what it has written."
        )
    kind, state = kinds[found[0].type_id], records.execution_state(found[0])
    if kind != "Review":
        return not_yet(f"execution {value} is of the type {kind}; yours is a `Review`.")
    if state != "complete":
        return not_yet(
            f"it is there, and its state is {state!r}: a program that reads the store would not take it for done. "
            "Set `last_known_state` before you put it."
        )
    return yes(
        "a third program now writes into the same database, and everybody sees what it wrote."
    )


@exercise("2.5")
def narratives_with_a_word(
    answer: int, context: Any, narratives: Sequence[str], word: str
) -> Verdict:
    """In how many narratives a word occurs.

    Args:
        answer: a number of narratives.
        context: the notebook's context; not used.
        narratives: the texts.
        word: the word, in small letters.

    Returns:
        The verdict.
    """
    value = reading.whole(answer)
    found = [re.findall("[a-z]+", text.lower()).count(word) for text in narratives]
    with_word = sum(map(bool, found))
    if value == with_word:
        return yes(f"and {sum(found):,} times in all: some narratives say it more than once.")
    if value == sum(found):
        return not_yet(
            "that is how often the word occurs; a narrative that has it twice counts once."
        )
    if value == sum(word in text.lower() for text in narratives):
        return not_yet("that counts longer words, too, in which these letters occur.")
    if value == len(narratives) - with_word:
        return not_yet("those are the narratives without the word.")
    return not_yet("let each narrative give each of its different words once, and count as before.")


@exercise("2.6")
def sliding_windows(answer: Any, context: Any, size: int, period: int) -> Verdict:
    """Check a windowing function for sliding windows; every day of a quarter is put into its windows.

    Args:
        answer: a ``WindowFn`` of Apache Beam.
        context: the notebook's context; not used.
        size: the windows' length in days.
        period: days from the start of one window to that of the next.

    Returns:
        The verdict.
    """
    from apache_beam import window

    from utils.beam_pipelines.event_time import DAY, seconds

    if not isinstance(answer, window.WindowFn):
        raise reading.AnswerForm(
            "a windowing function, such as beam.window.SlidingWindows(...)", answer
        )
    right = window.SlidingWindows(size * DAY, period * DAY)
    first = seconds("2016-07-01")
    moments = [window.WindowFn.AssignContext(first + day * DAY) for day in range(90)]
    made = [sorted(answer.assign(moment)) for moment in moments]
    if all(found == sorted(right.assign(one)) for found, one in zip(made, moments, strict=True)):
        return yes("the windows overlap, and each complaint is counted in four of them.")
    found = max(made, key=len)
    if not found:
        return not_yet("no day of the quarter falls into a window.")
    length = (found[0].end - found[0].start).micros / 1e6
    if len(found) == 1 and all(made):
        return not_yet("each complaint falls into one window only; sliding windows overlap.")
    if length < DAY:
        return not_yet(
            f"each window lasts {length:.0f} seconds; event_time.DAY is a day in seconds."
        )
    if length != size * DAY:
        return not_yet(f"each window lasts {length / DAY:.0f} days.")
    return not_yet(
        f"a complaint falls into {len(found)} windows; a new one begins every {period} days."
    )


def _inputs_of_maker(store: Any, artifact: int, kind: str) -> list[int]:
    """Return the artifacts of a type that the execution which made an artifact has read."""
    from utils.lineage import records

    made = [
        event.execution_id
        for event in store.get_events_by_artifact_ids([artifact])
        if records.direction(event) == "output"
    ]
    read = {
        event.artifact_id
        for event in store.get_events_by_execution_ids([min(made)])
        if records.direction(event) == "input"
    }
    inputs = store.get_artifacts_by_id(sorted(read)) if read else []
    return [one.id for one in inputs if one.type == kind]


def _noticed() -> frozenset[str]:
    """Return the changes after which TFX's driver sees other properties than before."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "first")
        folder.mkdir()
        file = folder / "complaints.csv"
        file.write_text("complaint_id\n1\n", encoding="utf-8")
        os.utime(file, (1_000_000_000, 1_000_000_000))
        before = _compared(folder)
        other = Path(temporary, "second")
        shutil.copytree(folder, other)
        after = {"move": _compared(other)}
        file.write_text("complaint_id\n2\n", encoding="utf-8")
        os.utime(file, (1_000_000_000, 1_000_000_000))
        after["edit"] = _compared(folder)
        file.write_text("complaint_id\n1\n", encoding="utf-8")
        after["touch"] = _compared(folder)
    return frozenset(change for change in CHANGES if after[change] != before)


def _compared(folder: Path) -> tuple[str, str]:
    """Return what an ExampleGen's driver writes into the execution about its input: the folder and the fingerprint."""
    from tfx.components.example_gen import utils as example_gen
    from tfx.proto import example_gen_pb2

    splits = [example_gen_pb2.Input.Split(name="complaints", pattern="complaints.csv")]
    fingerprint, _, _ = example_gen.calculate_splits_fingerprint_span_and_version(
        str(folder), splits
    )
    return str(folder), str(fingerprint)
