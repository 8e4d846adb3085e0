"""The exercises of chapter 3."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.complaints import schema
from utils.exercises import Verdict, exercise, not_yet, reading, yes

if TYPE_CHECKING:
    import pandas as pd

EVEN = 0.05
"""How far a split's share may be from the one asked for."""


@exercise("3.1")
def no_quantities(answer: Iterable[str], context: Any, examples: Any) -> Verdict:
    """Check which features hold numbers although they are no quantities.

    What is right is read from the examples: all features of a number's kind, but the label.

    Args:
        answer: Names of features, in any order.
        context: The notebook's context; not used.
        examples: The output of an ExampleGen.

    Returns:
        The verdict.
    """
    from utils.ingestion import records

    named = reading.names(answer)
    kinds = records.kinds(examples)["kind"]
    numbers = {str(name) for name, kind in kinds.items() if kind in ("int64", "float")}
    names = numbers - {schema.LABEL}
    unknown = named - set(kinds.index)
    if unknown:
        return not_yet(f"there is no feature {sorted(unknown)[0]!r} in the table.")
    if not names:
        return not_yet("these examples hold no such feature; pass those of the five-digit file.")
    if named == names:
        return yes("both are names made of digits: nobody adds or averages them.")
    if schema.LABEL in named:
        return not_yet(f"{schema.LABEL} is counted and averaged, so a number is right for it.")
    if named - numbers:
        return not_yet(f"{sorted(named - numbers)[0]} is text in this table, as it should be.")
    return not_yet("one more column of the file is made of digits in every row.")


@exercise("3.2")
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


@exercise("3.3")
def unseen_companies(answer: str, context: Any, rows: pd.DataFrame) -> Verdict:
    """Check the feature to split by, so that no company is in two splits.

    Args:
        answer: The name of a column.
        context: The notebook's context; not used.
        rows: The complaints.

    Returns:
        The verdict.
    """
    from utils.ingestion import splits

    shares = {"train": 6, "eval": 2, "test": 2}
    name = reading.text(answer)
    if name not in rows:
        return not_yet(
            f"the complaints have no column {name!r}; they have {', '.join(rows.columns)}."
        )
    if rows[name].isna().any():
        return not_yet(
            f"{int(rows[name].isna().sum()):,} complaints have no {name}, and the executor stops at the first "
            "of them."
        )
    where = rows[[name]].astype(str)[name].map(lambda value: splits.bucket(value, shares))
    both = splits.shared(rows.assign(split=where), "company")
    if len(both):
        return not_yet(
            f"split by {name}, {len(both):,} companies have complaints in more than one split."
        )
    return yes(
        "each company is in one split only. The shares come out less even than by id, because companies differ in size."
    )


@exercise("3.4")
def the_pattern(answer: str, context: Any, deliveries: Sequence[str]) -> Verdict:
    """Check the pattern by which TFX finds the latest day, and its latest version.

    The deliveries are made as empty files in a temporary folder, and TFX itself resolves the pattern there.

    Args:
        answer: The pattern.
        context: The notebook's context; not used.
        deliveries: Files, relative to the input base, the wanted one last.

    Returns:
        The verdict.
    """
    from tfx.components.example_gen import utils as example_gen_utils
    from tfx.proto import example_gen_pb2

    split = example_gen_pb2.Input.Split(name="all", pattern=reading.text(answer))
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
                    "TFX finds no file by this pattern; compare it with the names of the files, sign by sign."
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
