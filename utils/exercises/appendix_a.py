"""The exercises of appendix A: files for a builder and for a cluster, judged by what builder and cluster would do."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

from utils.containers import contexts, dockerfiles, layers, linting, rolling, scheduling
from utils.containers.errors import ContainerError
from utils.exercises import Verdict, exercise, not_yet, reading, yes

SECRET = ".env"
"""Exercise A.1: the file that must not be sent."""

EDITED, INSTALLED = "run.py", "requirements.txt"
"""Exercise A.2: the file that is edited often, and the one that says what is installed."""

SCHEDULE = ("15", "3", "*", "*", "*")
"""Exercise A.4: every night at a quarter past three."""


@exercise("A.1")
def what_is_sent(answer: Any, context: Any, *, folder: Path) -> Verdict:
    """Check a ``.dockerignore``: what the Dockerfile copies is sent, and nothing else.

    Args:
        answer: The text of the file.
        context: The notebook's context; not used.
        folder: The folder that is built.

    Returns:
        The verdict, by what Docker's client would send.
    """
    ignored = reading.text(answer)
    everything = contexts.files(folder, "")
    copies = dockerfiles.copied(dockerfiles.read((folder / "Dockerfile").read_text("utf-8")))
    needed = {path for source in copies for path in contexts.matching(source, everything)}
    try:
        sent = contexts.files(folder, ignored)
    except ContainerError as error:
        return not_yet(error.what)
    for path in sorted(needed):
        if path not in sent:
            return not_yet(f"{path} would not be sent, and the Dockerfile copies it: COPY fails.")
    extra = [path for path in sent if path not in {*needed, "Dockerfile", contexts.IGNORED}]
    if SECRET in extra:
        return not_yet(f"{SECRET} would be sent, and it holds a password.")
    if extra:
        return not_yet(
            f"{extra[0]} would still be sent ({contexts.size(folder, extra[:1]):,} bytes), and nothing copies it."
        )
    return yes(
        f"{len(sent)} of {len(everything)} files are sent, {contexts.size(folder, sent):,} of "
        f"{contexts.size(folder, everything):,} bytes."
    )


@exercise("A.2")
def order_of_layers(answer: Any, context: Any, *, folder: Path) -> Verdict:
    """Check a Dockerfile in which an edit of the program does not install the packages again.

    Args:
        answer: The Dockerfile.
        context: The notebook's context; not used.
        folder: The folder that is built.

    Returns:
        The verdict, by hadolint, and by the keys of the layers before and after an edit.
    """
    text = reading.text(answer)
    digests = contexts.digests(folder, "")
    try:
        built = layers.keys(text, digests)
        edited = layers.keys(text, {**digests, EDITED: "edited"})
        other = layers.keys(text, {**digests, INSTALLED: "edited"})
        last = dockerfiles.stages(dockerfiles.read(text))[-1]
    except ContainerError as error:
        return not_yet(f"no image comes of it: {error.what}")
    found = linting.hadolint(text)
    if found:
        return not_yet(f"hadolint says: {found[0]}")
    installs = [
        at
        for at, one in enumerate(built)
        if one.instruction.name == "RUN" and "pip install" in one.instruction.rest
    ]
    if not installs:
        return not_yet("nothing in it installs the packages: RUN pip install is missing.")
    if any(layers.kept(built, other)[at] for at in installs):
        return not_yet(
            f"{INSTALLED} is not there yet when pip asks for it: copy that file, and only that, before."
        )
    same = layers.kept(built, edited)
    for at in installs:
        if not same[at]:
            step = built[at].instruction
            return not_yet(f"after an edit of {EDITED}, line {step.line} is built again: {step}")
    copied = dockerfiles.copied(list(last.instructions))
    if not any(contexts.matching(source, [EDITED]) for source in copied):
        return not_yet(f"the image does not hold {EDITED}: nothing copies it.")
    users = [one.words[0] for one in last.instructions if one.name == "USER"]
    if not users or users[-1].split(":")[0] in ("0", "root"):
        return not_yet("the program would run as root: a USER is missing.")
    return yes(
        f"after an edit of {EDITED}, {same.count(False)} of {len(same)} steps are built again, and none installs "
        "anything."
    )


def _changed(objects: list[dict[str, Any]], change: Callable[[list[dict[str, Any]]], None]) -> Any:
    made = copy.deepcopy(objects)
    change(made)
    return made


def _kind(objects: Iterable[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(one for one in objects if one["kind"] == kind)


def _container(objects: list[dict[str, Any]], kind: str = "Deployment") -> dict[str, Any]:
    return _kind(objects, kind)["spec"]["template"]["spec"]["containers"][0]


def _select(objects: list[dict[str, Any]]) -> None:
    _kind(objects, "Service")["spec"]["selector"] = {"app": "another-name"}


def _claim(objects: list[dict[str, Any]]) -> None:
    _kind(objects, "PersistentVolumeClaim")["metadata"]["name"] = "another-name"


def _named_port(objects: list[dict[str, Any]]) -> None:
    _container(objects)["readinessProbe"]["httpGet"]["port"] = "another-name"


def _promise_nothing(objects: list[dict[str, Any]]) -> None:
    del _container(objects)["resources"]


def _more_labels(objects: list[dict[str, Any]]) -> None:
    template = _kind(objects, "Deployment")["spec"]["template"]
    template["metadata"]["labels"]["tier"] = "serving"


def _numbered_port(objects: list[dict[str, Any]]) -> None:
    container = _container(objects)
    container["readinessProbe"]["httpGet"]["port"] = container["ports"][0]["containerPort"]


_TRIALS = (
    (_select, True, "the Service selects a label that no pod has."),
    (_claim, True, "a pod mounts a claim that nobody made."),
    (_named_port, True, "a readiness probe asks a port that its container does not have."),
    (_promise_nothing, True, "a container requests nothing."),
    (_more_labels, False, "a pod has one label more than the Service selects, which is right."),
    (_numbered_port, False, "a probe names the port by its number, which is right."),
)


@exercise("A.3")
def cross_checks(answer: Any, context: Any, *, objects: list[dict[str, Any]]) -> Verdict:
    """Check a function that looks for what no schema knows.

    Args:
        answer: The function: from objects to a list of sentences.
        context: The notebook's context; not used.
        objects: Objects that are right.

    Returns:
        The verdict, by what the function says of them, and of copies with one mistake each.
    """
    reading.function(answer, "a function, without calling it")
    trials = ((lambda made: None, False, "nothing is wrong."), *_TRIALS)
    for change, wrong, what in trials:
        try:
            said = answer(_changed(objects, change))
        except Exception as error:
            return not_yet(f"it stops with {type(error).__name__} ({error}) where {what}")
        if isinstance(said, str) or not isinstance(said, (list, tuple, set)):
            return not_yet(
                f"it returns a {type(said).__name__}: return a list of sentences, empty for nothing."
            )
        if wrong and not said:
            return not_yet(f"it says nothing where {what}")
        if said and not wrong:
            return not_yet(f"it says {str(next(iter(said)))!r} where {what}")
    return yes(f"{sum(wrong for _, wrong, _ in _TRIALS)} mistakes are found, and nothing else is.")


@exercise("A.4")
def every_night(answer: Any, context: Any, *, job: dict[str, Any]) -> Verdict:
    """Check a CronJob that runs the pipeline every night, one run at a time.

    Args:
        answer: The manifest, as a dictionary or as YAML.
        context: The notebook's context; not used.
        job: The Job that it is to run.

    Returns:
        The verdict, by Kubernetes' schema, and by what it would start and when.
    """
    manifest = reading.manifest(answer)
    if (manifest.get("kind"), manifest.get("apiVersion")) != ("CronJob", "batch/v1"):
        return not_yet("this is no CronJob of batch/v1.")
    found = linting.kubernetes(yaml.safe_dump(manifest))
    if found:
        return not_yet(f"Kubernetes would refuse it: {found[0]}.")
    spec = manifest["spec"]
    inner = spec["jobTemplate"].get("spec") or {}
    if inner.get("template") != job["spec"]["template"]:
        return not_yet(
            "jobTemplate does not hold the spec of the Job above, so something else would run."
        )
    if tuple(one.lstrip("0") or "0" for one in str(spec["schedule"]).split()) != SCHEDULE:
        return not_yet(
            f"its schedule is {spec['schedule']!r}; the five fields are minute, hour, day, month and day of the week."
        )
    if spec.get("concurrencyPolicy", "Allow") != "Forbid":
        return not_yet(
            f"its concurrencyPolicy is {spec.get('concurrencyPolicy', 'Allow')}: a run that takes longer than a day "
            "would meet the next one on the same volume."
        )
    if spec.get("suspend"):
        return not_yet("it is suspended, so nothing ever starts.")
    return yes("it starts the Job every night at 3:15, unless the last one is still at work.")


@exercise("A.5")
def update_without_a_gap(
    answer: Any,
    context: Any,
    *,
    objects: list[dict[str, Any]],
    nodes: list[scheduling.Node],
) -> Verdict:
    """Check how a Deployment is updated: all replicas answer all the time, and no pod lacks a node.

    Args:
        answer: ``maxSurge`` and ``maxUnavailable``, by name.
        context: The notebook's context; not used.
        objects: The objects of the cluster, with the Deployment.
        nodes: The nodes.

    Returns:
        The verdict, by Kubernetes' schema, by the bounds, and by where the pods would lie.
    """
    given = {name: _plain(value) for name, value in reading.fields(answer).items()}
    unknown = sorted(set(given) - {"maxSurge", "maxUnavailable"})
    if unknown:
        return not_yet(f"{unknown[0]} is no part of it: give maxSurge and maxUnavailable.")
    made = copy.deepcopy(objects)
    deployment = _kind(made, "Deployment")
    deployment["spec"]["strategy"] = {"type": "RollingUpdate", "rollingUpdate": given}
    found = linting.kubernetes(yaml.safe_dump(deployment))
    if found:
        return not_yet(f"Kubernetes would refuse it: {found[0]}.")
    replicas = deployment["spec"]["replicas"]
    try:
        kept = rolling.bounds(
            replicas,
            given.get("maxSurge", rolling.DEFAULT),
            given.get("maxUnavailable", rolling.DEFAULT),
        )
    except ContainerError as error:
        return not_yet(f"Kubernetes would refuse it: {error.what}")
    if kept.least < replicas:
        return not_yet(f"{kept.least} of {replicas} pods would answer for a while.")
    deployment["spec"]["replicas"] = kept.most
    pending = scheduling.place(_surge_last(made, replicas), nodes).pending
    if pending:
        return not_yet(
            f"there may be {kept.most} pods of the server at once, and {len(pending)} would wait: {pending[0][1]}"
        )
    return yes(
        f"{kept.least} pods answer at any time, and the {kept.most} that there may be all have a node."
    )


def _surge_last(objects: list[dict[str, Any]], replicas: int) -> list[scheduling.Pod]:
    """Return all pods; those that an update adds beyond the replicas come last."""
    name = _kind(objects, "Deployment")["metadata"]["name"]
    added = {f"{name}-{number}" for number in range(replicas + 1, 2 * replicas + 1)}
    return sorted(scheduling.pods(objects), key=lambda pod: pod.name in added)


def _plain(value: Any) -> Any:
    """Return a share as it is, and a number as a whole one where it is that."""
    if isinstance(value, str) or value is None:
        return value
    return int(value) if float(value).is_integer() else float(value)
