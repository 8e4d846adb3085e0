"""The exercises of chapter 3."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.errors import WorkbookError
from utils.exercises import Verdict, exercise, not_yet, reading, yes

if TYPE_CHECKING:
    import pandas as pd

EVEN = 0.05
"""How far a split's share may be from the one asked for."""

ROWS = 2_000
"""Rows of the variant in exercise 3.2."""

SHARES = {"train": 0.6, "eval": 0.2, "test": 0.2}
"""The splits of exercise 3.2."""

ARRIVALS = "Arrivals"
"""The id of the ExampleGen whose spans exercise 3.5 picks."""


@exercise("3.1")
def the_dated_splits(answer: Any, context: Any) -> Verdict:
    """Check an ExampleGen that takes S1 as its split ``train`` and S2 as its split ``eval``.

    Args:
        answer: An ExampleGen for files.
        context: The notebook's context; not used.

    Returns:
        The verdict.
    """
    built = reading.component(answer, "FileBasedExampleGen")
    given = _input(built)
    patterns = {split.name: split.pattern for split in given.splits}
    if len(patterns) == 1:
        return not_yet(
            "its Input names one split, so ExampleGen divides the rows by a hash; name two splits, each with a pattern."
        )
    if set(patterns) != {"train", "eval"}:
        return not_yet(f"its splits are {', '.join(patterns)}; call them train and eval.")
    reader = built.executor_spec.executor_class.__module__
    if reader.startswith("tfx.") and "csv" not in reader:
        return not_yet(f"its executor, that of {reader}, reads no CSV files.")
    base = Path(built.exec_properties["input_base"])
    try:
        found = {
            name: sorted(str(path.relative_to(base)) for path in base.glob(pattern))
            for name, pattern in patterns.items()
        }
    except (ValueError, NotImplementedError, IndexError) as error:  # pathlib of an unusable pattern
        return not_yet(f"one of its patterns cannot be used: {error}.")
    if found == {"train": ["S1.csv"], "eval": ["S2.csv"]}:
        return yes(
            "each file is a split, whole, and every complaint in eval is later than all in train."
        )
    if found == {"train": ["S2.csv"], "eval": ["S1.csv"]}:
        return not_yet("it learns from 2016 and tests on 2015; turn the two round.")
    for name, wanted in (("train", "S1.csv"), ("eval", "S2.csv")):
        if found[name] != [wanted]:
            files = ", ".join(found[name]) or "no file"
            return not_yet(
                f"in the folder {base.name}, the pattern {patterns[name]!r} of {name} fits {files}."
            )
    return not_yet("look at its two patterns again.")


@exercise("3.2")
def no_text_on_both_sides(answer: Any, context: Any) -> Verdict:
    """Check an ExampleGen for the duplicates that divides them 6:2:2, each text in one split only.

    The component is run, and its examples are read; any key will do that keeps the texts together.

    Args:
        answer: An ExampleGen for files.
        context: The notebook's context.

    Returns:
        The verdict.
    """
    from utils.complaints import variants
    from utils.ingestion import files, records, splits

    built = reading.component(answer, "FileBasedExampleGen")
    try:
        context.run(built)
    except WorkbookError as error:
        return not_yet(f"the component does not run. {error.what}")
    rows = records.table(built.outputs["examples"])
    wanted = files.read_complaints(variants.ensure("duplicates", rows=ROWS))
    columns = ["complaint_id", "consumer_complaint_narrative"]
    if not set(columns) <= set(rows) or _pairs(rows, columns) != _pairs(wanted, columns):
        return not_yet(
            f"its {len(rows):,} examples are not the {len(wanted):,} complaints of duplicates_file."
        )
    share = rows["split"].value_counts(normalize=True)
    if set(share.index) != set(SHARES):
        return not_yet(
            f"its splits are {', '.join(sorted(share.index))}; the three are to be {', '.join(SHARES)}."
        )
    both = splits.shared(rows, "consumer_complaint_narrative")
    if len(both):
        return not_yet(f"{len(both)} texts are in more than one split of its examples.")
    shares = ", ".join(f"{name} {share[name]:.0%}" for name in SHARES)
    if any(abs(share[name] - SHARES[name]) > EVEN for name in SHARES):
        return not_yet(
            f"no text is on both sides, but the shares are {shares}: its key has too few different values, or "
            "the buckets are not 6, 2 and 2."
        )
    return yes(f"no text is on both sides, and the shares are {shares}.")


@exercise("3.3")
def complaints_of_the_company(answer: str, context: Any, database: Path) -> Verdict:
    """Check a query for every complaint with the number of complaints about its company.

    Args:
        answer: The query.
        context: The notebook's context; not used.
        database: The SQLite file.

    Returns:
        The verdict.
    """
    from utils.ingestion import database as tables

    query = reading.text(answer)
    try:
        found = tables.query(database, query)
    except ValueError as error:  # an IngestionError, or a text that SQLite cannot take
        return not_yet(str(error))
    missing = [name for name in ("complaint_id", "company_complaints") if name not in found]
    if missing:
        return not_yet(f"the answer has no column {missing[0]!r}; AS gives a column its name.")
    if not found.columns.is_unique:
        return not_yet("two columns of the answer have the same name; name each column once.")
    facts = tables.query(database, "SELECT complaint_id, company_id FROM complaints")
    size = facts["company_id"].map(facts["company_id"].value_counts())
    right = dict(zip(facts["complaint_id"], size, strict=True))
    if len(found) == 1 < len(right):
        return not_yet("COUNT without a GROUP BY or OVER folds all complaints into one row.")
    if len(found) == facts["company_id"].nunique():
        return not_yet(
            f"that is one row per company, {len(found):,} in all; each of the {len(right):,} complaints needs a row."
        )
    if len(found) != len(right) or set(found["complaint_id"]) != set(right):
        return not_yet(
            f"the query returns {len(found):,} rows where the table has {len(right):,} complaints."
        )
    given = dict(zip(found["complaint_id"], found["company_complaints"], strict=True))
    if given == right:
        return yes(
            "the database has computed a feature, and ExampleGen would take it over as an integer."
        )
    if set(given.values()) == {len(right)}:
        return not_yet(
            "that is the number of all complaints; count those of the same company only."
        )
    return not_yet("the rows are right, the counts are not: count by company_id.")


@exercise("3.4")
def the_pattern(answer: Any, context: Any, deliveries: Sequence[str]) -> Verdict:
    """Check the Input by which TFX finds the latest day, and its latest version.

    The deliveries are made as empty files in a temporary folder, and TFX itself resolves the pattern there.

    Args:
        answer: A ``tfx.proto.Input`` of one split.
        context: The notebook's context; not used.
        deliveries: Files, relative to the input base, the wanted one last.

    Returns:
        The verdict.
    """
    from tfx.components.example_gen import utils as example_gen_utils
    from tfx.proto import example_gen_pb2

    if not isinstance(answer, example_gen_pb2.Input):
        raise reading.AnswerForm("an Input, built by tfx.proto.Input(splits=[...])", answer)
    if len(answer.splits) != 1:
        return not_yet(
            f"this Input has {len(answer.splits)} splits; one with the right pattern will do."
        )
    split = example_gen_pb2.Input.Split()
    split.CopyFrom(answer.splits[0])
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        for delivery in deliveries:
            (base / delivery).parent.mkdir(parents=True, exist_ok=True)
            (base / delivery).touch()
        try:
            _, span, version = example_gen_utils.calculate_splits_fingerprint_span_and_version(
                name, [split]
            )
            found = sorted(str(path.relative_to(base)) for path in base.glob(split.pattern))
        except (
            Exception
        ) as error:  # TFX, re and glob each refuse a pattern with an error of their own
            said = str(error).replace(f"{name}/", "")
            if "does not match regex" in said or "Cannot find matching" in said:
                return not_yet(
                    "TFX finds no file by this pattern; compare it with the names of the files, character by character."
                )
            return not_yet(f"TFX refuses the pattern: {said.rstrip('.')}.")
    if not found:
        return not_yet("no file fits this pattern.")
    if found == [deliveries[-1]] and version is not None and span:
        return yes(f"TFX finds {found[0]}: day {span} since 1970, version {version}.")
    if found == [deliveries[-1]]:
        return not_yet(
            "that is the right file today, but part of its name is fixed in the pattern, so the next delivery would "
            "be missed."
        )
    if len({Path(file).parent for file in found}) > 1:
        return not_yet(
            f"this reads {len(found)} files of all days at once; a placeholder must stand for the day."
        )
    if len(found) > 1:
        return not_yet(
            f"the day is right, but all {len(found)} versions of it are read at once; let a placeholder stand for "
            "the version."
        )
    return not_yet(f"this finds {found[0]}, which is not the latest version of the latest day.")


@exercise("3.5")
def the_window(answer: Any, context: Any, arrivals: Any) -> Verdict:
    """Check a Resolver for the latest three spans from the second on.

    It is run on the arrivals that there are; then TFX's strategy is asked what it would pick of later ones.

    Args:
        answer: A ``Resolver``.
        context: The notebook's context; not used.
        arrivals: The context in which the spans have arrived.

    Returns:
        The verdict.
    """
    from tfx.dsl.components.common import resolver
    from tfx.dsl.input_resolution.strategies.span_range_strategy import SpanRangeStrategy

    built = reading.component(answer, "Resolver")
    strategy = built.exec_properties.get(resolver.RESOLVER_STRATEGY_CLASS)
    if strategy is None or not issubclass(strategy, SpanRangeStrategy):
        name = "none" if strategy is None else strategy.__name__
        return not_yet(f"its strategy is {name}; the one that looks at spans is SpanRangeStrategy.")
    channels = list(built.raw_inputs.items())
    if len(channels) != 1:
        return not_yet(f"it has {len(channels)} channels; give it one, examples.")
    (key, channel), config = channels[0], built.exec_properties[resolver.RESOLVER_CONFIG]
    if getattr(channel, "producer_component_id", None) != ARRIVALS:
        return not_yet(
            f"its channel takes examples of any component; name the one that makes them, {ARRIVALS!r}."
        )
    try:
        picked = {latest: _spans(strategy(**config), key, latest) for latest in (3, 4, 5, 9)}
        arrivals.run(built)
    except Exception as error:  # TFX refuses a range by errors of many kinds
        return not_yet(f"TFX cannot use this range: {error}")
    here = {one.get_int_custom_property("span") for one in built.outputs[key].get()}
    if 1 in here:
        return not_yet(f"the rehearsal is in its window, which holds the spans {_listed(here)}.")
    if here != {2, 3}:
        return not_yet(
            f"today it holds {_listed(here)}; of the three that are here, two are wanted."
        )
    for latest, spans in picked.items():
        wanted = set(range(max(2, latest - 2), latest + 1))
        if spans != wanted:
            return not_yet(
                f"right today, but when span {latest} has arrived it would hold {_listed(spans)}, not "
                f"{_listed(wanted)}."
            )
    return yes("today it holds 2 and 3, and it moves on with every span that arrives.")


def _input(component: Any) -> Any:
    """Return the Input of an ExampleGen that has been built."""
    from google.protobuf import json_format
    from tfx.proto import example_gen_pb2

    return json_format.Parse(component.exec_properties["input_config"], example_gen_pb2.Input())


def _pairs(rows: pd.DataFrame, columns: list[str]) -> list[tuple[str, ...]]:
    return sorted(rows[columns].astype(str).itertuples(index=False, name=None))


def _spans(strategy: Any, key: str, latest: int) -> set[int]:
    """Ask a strategy which spans it would pick when those from 1 to the latest have arrived."""
    from tfx.types import standard_artifacts

    arrived = []
    for span in range(1, latest + 1):
        arrived.append(standard_artifacts.Examples())
        arrived[-1].set_int_custom_property("span", span)
    found = strategy.resolve_artifacts(None, {key: arrived}) or {}
    return {one.get_int_custom_property("span") for one in found.get(key, ())}


def _listed(spans: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(spans))) or "no span"
