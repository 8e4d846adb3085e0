"""The exercises of appendix C."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.exercises import Verdict, exercise, not_yet, reading, yes
from utils.exercises.reading import AnswerForm

if TYPE_CHECKING:
    from utils.operating.disk import Item

RENAMED = "nightly_runner.py"
"""Exercise C.1: the runner's file."""

WHO = ("data", "code", "platform")
"""Exercise C.3: who may have to act."""

COLUMN = "product"
"""Exercise C.4: the column whose domain grows."""

CLAIM, NIGHTS, MOST = "pipeline-root", 30, 10
"""Exercise C.5: the claim's name, how many runs it is for, and how many times their need it may be at most."""

_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_UNITS.update({"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40})


@exercise("C.1")
def an_update(answer: Any, context: Any) -> Verdict:
    """Check the words of a ``tfx`` command, which TFX's own parser reads.

    Args:
        answer: The reader's list of words, without or with the first one.
        context: The notebook's context; not used.

    Returns:
        The verdict.
    """
    import click
    from tfx.tools.cli.commands.pipeline import pipeline_group

    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise AnswerForm("a list of words", answer)
    words = [reading.text(word) for word in answer]
    words = words[1:] if words[:1] == ["tfx"] else words
    if words[:2] != ["pipeline", "update"]:
        return not_yet(f"the command is tfx pipeline update, and yours begins with {words[:2]}.")
    try:
        made = pipeline_group.commands["update"].make_context("update", words[2:])
    except click.UsageError as error:
        return not_yet(f"TFX's parser says: {error.format_message()}")
    except click.exceptions.Exit:
        return not_yet("--help tells of the options, and updates nothing.")
    if made.params["engine"] == "auto":
        return not_yet(
            "no engine is named, so the command would look for one, and take Kubeflow because kfp is installed."
        )
    if made.params["engine"] != "local":
        return not_yet(
            f"the pipeline is registered with the engine local, not {made.params['engine']}."
        )
    if Path(made.params["pipeline_path"]).name != RENAMED:
        return not_yet(
            f"the file would be {made.params['pipeline_path']}, and it is called {RENAMED} now."
        )
    return yes("TFX's parser reads an engine and a file, and asks for nothing else.")


@exercise("C.2")
def what_was_cached(answer: Any, context: Any, *, file: Path) -> Verdict:
    """Check which executions the cache answered.

    Args:
        answer: The reader's numbers of executions.
        context: The notebook's context; not used.
        file: The SQLite file of ML Metadata.

    Returns:
        The verdict.
    """
    from utils.operating import records

    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise AnswerForm("a set of numbers", answer)
    mine = {reading.whole(one) for one in answer}
    known = {one.id: one for one in records.executions(records.open_store(file))}
    if strangers := sorted(mine - set(known)):
        return not_yet(f"there is no execution {strangers[0]} in this store.")
    cached = {number for number, one in known.items() if one.state == "cached"}
    if wrong := sorted(mine - cached):
        one = known[wrong[0]]
        return not_yet(
            f"execution {one.id}, {one.component}, is {one.state}: the cache had no part in it."
        )
    if missing := cached - mine:
        return not_yet(f"{len(missing)} more executions came from the cache: look at the last run.")
    first = next(one for one in known.values() if one.id > max(cached))
    return yes(
        f"the cache answered {len(cached)} times, and the work began again with {first.component}."
    )


@exercise("C.3")
def a_runbook(answer: Any, context: Any, *, folder: Path) -> Verdict:
    """Check who stopped in each incident, and who has to act.

    Args:
        answer: The reader's dictionary: a component and one of :data:`WHO` by incident.
        context: The notebook's context; not used.
        folder: The folder with the ML Metadata of each incident.

    Returns:
        The verdict, by what ML Metadata and the data say.
    """
    from utils.operating import records

    if not isinstance(answer, Mapping):
        raise AnswerForm("a dictionary", answer)
    files = {file.parent.name: file for file in sorted(folder.glob("*/metadata.db"))}
    # In the reader's order; what is missing comes last.
    for name in sorted(files, key=[*answer, *files].index):
        file = files[name]
        if name not in answer:
            return not_yet(f"the incident {name!r} is missing.")
        component, who = reading.texts(answer[name], 2)
        found = records.executions(records.open_store(file))
        if component not in {one.component for one in found}:
            return not_yet(
                f"{name!r}: {component or 'an empty text'} is not among what was started there."
            )
        if component != found[-1].component:
            return not_yet(f"{name!r}: {component} had finished; look at the last execution.")
        if who not in WHO:
            return not_yet(f"{name!r}: who has to act is one of {', '.join(WHO)}.")
        right, why = _who(file, found[-1].state)
        if who != right:
            return not_yet(f"{name!r}: would {who} help? {why}")
    return yes("for each incident the component that stopped, and somebody who can act.")


def _who(file: Path, state: str) -> tuple[str, str]:
    """Return who has to act in an incident, and a hint that does not say it."""
    from utils.operating import records

    if state == "running":
        return (
            "platform",
            "The same pipeline with the same data would run where the folder can be made.",
        )
    store = records.open_store(file)
    (example_gen,) = [one for one in store.get_executions() if one.type.endswith("CsvExampleGen")]
    tables = sorted(Path(example_gen.custom_properties["input_base"].string_value).glob("*"))
    hint = "Compare what came today with what came the day before, when the same code worked."
    if not tables:
        return "data", hint
    with tables[0].open(newline="", encoding="utf-8") as opened:
        header = next(csv.reader(opened))
    return ("data" if "company_response" not in header else "code"), hint


@exercise("C.4")
def a_wider_schema(answer: Any, context: Any, *, statistics: Any, before: Any) -> Verdict:
    """Check a schema by TFDV: it accepts what has come, and no more.

    Args:
        answer: The reader's schema.
        context: The notebook's context; not used.
        statistics: The StatisticsGen that has looked at the new data.
        before: The ImportSchemaGen with the schema as it was.

    Returns:
        The verdict.
    """
    import tensorflow_data_validation as tfdv
    from tensorflow_metadata.proto.v0 import schema_pb2

    if not isinstance(answer, schema_pb2.Schema):
        raise AnswerForm("a schema", answer)
    (artifact,) = statistics.outputs["statistics"].get()
    files = sorted(Path(artifact.uri).glob("Split-*/FeatureStats.pb"))
    found = [tfdv.load_stats_binary(str(file)) for file in files]
    old = tfdv.load_schema_text(f"{before.outputs['schema'].get()[0].uri}/schema.pbtxt")
    try:
        domain = set(tfdv.get_domain(answer, COLUMN).value)
    except ValueError:
        return not_yet(f"{COLUMN} has no domain any more, so every word would be accepted.")
    for one in found:
        anomalies = tfdv.validate_statistics(one, answer).anomaly_info
        for column, anomaly in anomalies.items():
            if column == COLUMN:
                return not_yet(f"TFDV still finds in {column}: {anomaly.description}")
    if lost := sorted(set(tfdv.get_domain(old, COLUMN).value) - domain):
        return not_yet(f"{lost[0]!r} was allowed before: yesterday's data would be refused.")
    seen = {
        bucket.label
        for one in found
        for feature in one.datasets[0].features
        if feature.path.step[:] == [COLUMN]
        for bucket in feature.string_stats.rank_histogram.buckets
    }
    if passed_over := sorted(seen - domain):
        return not_yet(
            f"{passed_over[0]!r} has come and is not in the domain: TFDV passes it over, as it would any other word."
        )
    if more := sorted(domain - seen - set(tfdv.get_domain(old, COLUMN).value)):
        return not_yet(
            f"{more[0]!r} is allowed, and nothing like it has come: add what is there, no more."
        )
    return yes(f"TFDV accepts {COLUMN} as it came, and would still notice any other word.")


@exercise("C.5")
def a_claim(answer: Any, context: Any, *, items: Sequence[Item]) -> Verdict:
    """Check a claim, by Kubernetes' own schema and by what runs take.

    Args:
        answer: The reader's manifest.
        context: The notebook's context; not used.
        items: The artifacts on the disk.

    Returns:
        The verdict.
    """
    import yaml

    from utils.containers import linting

    claim = reading.manifest(answer)
    if claim.get("kind") != "PersistentVolumeClaim":
        return not_yet(f"it is a {claim.get('kind')}, and a PersistentVolumeClaim asks for a disk.")
    if found := linting.kubernetes(yaml.safe_dump(claim)):
        return not_yet(f"Kubernetes' schema refuses it: {found[0]}")
    if claim["metadata"].get("name") != CLAIM:
        return not_yet(f"the job asks for a claim that is called {CLAIM}.")
    spec = claim.get("spec", {})
    modes = spec.get("accessModes", [])
    if "ReadWriteMany" not in modes:
        return not_yet(
            f"with the access modes {modes} the pods of one node only could write to it."
        )
    asked = _bytes(str(spec.get("resources", {}).get("requests", {}).get("storage", "")))
    need = NIGHTS * sum(one.bytes for one in items)
    if asked < need:
        return not_yet(
            f"{NIGHTS} runs take {need / 2**20:.0f} Mi as things are, and it asks for {asked / 2**20:.0f} Mi."
        )
    if asked > MOST * need:
        return not_yet(
            f"it asks for {asked / need:.0f} times the need, which somebody pays for: {MOST} times is the limit."
        )
    return yes(
        f"Kubernetes' schema accepts it, and it has room for {asked / need * NIGHTS:.0f} runs."
    )


def _bytes(quantity: str) -> float:
    """Return a quantity of Kubernetes' in bytes; 0 where it is none."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([A-Za-z]*)", quantity)
    return float(match[1]) * _UNITS.get(match[2], 0) if match else 0.0
