"""Checks of the exercises of chapter 9: a query to an object store, an autoscaler, and an alert."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from utils.exercises import Verdict, exercise, not_yet, reading, yes
from utils.monitoring import rules
from utils.monitoring.errors import MonitoringError
from utils.serving import manifests, ramp
from utils.serving.errors import ServingError

LATENCIES = ":tensorflow:serving:request_latency"
"""TensorFlow Serving's histogram of latencies, in microseconds."""

_SPARE = 0.3
_TOOK_MS = (3, 150, 400)
_BOUNDS_MS = (1, 5, 20, 60, 95, 105, 150, 400, 1000)
_LABELS = 'model_name="complaints",API="Predict",entrypoint="GRPC"'
_STEP = 10
_FAST, _FEW_SLOW, _SLOW, _MANY_SLOW = (100, 0, 0), (96, 0, 4), (0, 100, 0), (80, 20, 0)
_TRIALS = (
    (
        [_FAST] * 90, 840, False,
        "it fires although every answer comes within a few milliseconds: the histogram counts microseconds.",
    ),
    (
        [_FEW_SLOW] * 90, 840, False,
        "it fires although 96 of 100 answers come within a few milliseconds: look at the quantile.",
    ),
    (
        [_MANY_SLOW] * 90, 840, True,
        "it stays silent although one answer in five takes 150 ms: look at the unit, at the quantile, and at the name "
        "with _bucket; and histogram_quantile needs the label le.",
    ),
    (
        [_SLOW] * 15 + [_FAST] * 105, 1140, False,
        "it still fires a quarter of an hour after the latencies have recovered: it looks at all requests since the "
        "server's start. Take the rate over a window.",
    ),
    (
        [_FAST] * 60 + [_SLOW] * 3, 630, False,
        "it fires after half a minute of slow answers: give it a `for`, so that a short blip wakes nobody.",
    ),
)  # fmt: skip
"""What a rule is tried on: how many requests of each step took 3, 150 and 400 ms, when to look, and what is right."""

_SUFFIXES = {"": 1.0, "m": 1e-3, "k": 1e3}

_LIST = """
import json, sys
import boto3
bucket, request = sys.argv[1], json.loads(sys.argv[2])
answer = boto3.client("s3").list_objects_v2(**{"Bucket": bucket, **request})
found = {"keys": [one["Key"] for one in answer.get("Contents", [])]}
found["folders"] = [one["Prefix"] for one in answer.get("CommonPrefixes", [])]
print(json.dumps(found))
"""
"""Sends a request to the store, and prints what it lists."""


@exercise("9.5")
def bucket_versions(answer: Any, context: Any, store: Any, bucket: str, name: str) -> Verdict:
    """Check the arguments of ``list_objects_v2`` that list the versions of a model, and nothing else.

    Args:
        answer: The arguments besides ``Bucket``.
        context: The notebook's context; not used.
        store: The running object store.
        bucket: The bucket.
        name: The model's name.

    Returns:
        The verdict, by what the store itself answers.
    """
    request = reading.fields(answer)
    known = {"Prefix", "Delimiter", "Bucket"}
    if unknown := sorted(set(request) - known):
        return not_yet(f"{unknown[0]} is not needed: Prefix and Delimiter are enough.")
    if not all(isinstance(value, str) for value in request.values()):
        return not_yet("Prefix and Delimiter are texts.")
    if request.get("Bucket", bucket) != bucket:
        return not_yet(f"the bucket is called {bucket}; it is filled in already.")
    every = _listed(store, bucket, {})["keys"]
    versions = sorted(
        {key.split("/")[1] for key in every if re.fullmatch(rf"{re.escape(name)}/\d+/.+", key)}
    )
    found = _listed(store, bucket, request)
    if found["keys"]:
        return not_yet(
            f"the store lists {len(found['keys'])} files one by one: give the Delimiter at which keys are cut, so "
            "that what lies below it is put together."
        )
    if found["folders"] == [f"{name}/"]:
        return not_yet(
            f"the store answers {name}/ itself and not what lies in it: a Prefix ends where the names that you look "
            "for begin."
        )
    if found["folders"] != [f"{name}/{version}/" for version in versions]:
        return not_yet(
            f"the store answers {', '.join(found['folders']) or 'nothing'}: keys begin with {name}/, and are cut at /."
        )
    return yes(f"{len(versions)} versions, {', '.join(versions)}, and not one file was listed.")


def _listed(store: Any, bucket: str, request: Mapping[str, Any]) -> dict[str, list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "list.py"
        program.write_text(_LIST, encoding="utf-8")
        return json.loads(store.run(program, bucket, json.dumps(dict(request))))


@exercise("9.6")
def autoscaler_by_requests(
    answer: Any, context: Any, bears: float, usual: float, peak: float
) -> Verdict:
    """Check an autoscaler that follows the requests in a second and keeps the target's latency.

    Args:
        answer: The manifest as a dictionary.
        context: The notebook's context; not used.
        bears: What one server bears, in requests in a second.
        usual: The usual load, in requests in a second.
        peak: The highest load.

    Returns:
        The verdict, by Kubernetes' own schema, and by what was measured.
    """
    if not isinstance(answer, Mapping):
        raise reading.AnswerForm("the manifest as a dictionary", answer)
    fault = _schema_fault(answer)
    if fault:
        return not_yet(f"Kubernetes would refuse it: {fault}.")
    if (answer.get("kind"), answer.get("apiVersion")) != (
        "HorizontalPodAutoscaler",
        "autoscaling/v2",
    ):
        return not_yet("this is no HorizontalPodAutoscaler of autoscaling/v2.")
    spec = answer["spec"]
    target = spec["scaleTargetRef"]
    if (target.get("kind"), target.get("name")) != ("Deployment", "complaints"):
        return not_yet("scaleTargetRef has to name the Deployment complaints.")
    pods = [one["pods"] for one in spec.get("metrics") or [] if one.get("type") == "Pods"]
    if not pods:
        return not_yet(
            "nothing in it looks at requests: metrics needs an entry of the type Pods, with its metric's name and a "
            "target of the type AverageValue."
        )
    per_pod = _quantity(pods[0]["target"].get("averageValue"))
    if per_pod is None:
        return not_yet('the target needs an averageValue, for example "50".')
    allowed = bears * (1 - _SPARE)
    if per_pod > allowed * 1.02 + 1:
        return not_yet(
            f"a pod would get {per_pod:g} requests in a second before another one comes, and with {_SPARE:.0%} to "
            f"spare it may get {allowed:.0f}."
        )
    if per_pod < allowed / 2:
        return not_yet(
            f"with {per_pod:g} requests in a second for each pod, you pay for more than twice the pods that the "
            f"target needs: {allowed:.0f} are allowed (and m behind a number means thousandths)."
        )
    least, most = spec.get("minReplicas", 1), spec["maxReplicas"]
    needs_usual, needs_peak = (ramp.replicas(rate, bears, _SPARE) for rate in (usual, peak))
    if most < needs_peak:
        return not_yet(
            f"maxReplicas is {most}, so that at the peak each pod gets {peak / most:.0f} requests in a second."
        )
    if most > 3 * needs_peak + 3:
        return not_yet(
            f"maxReplicas is {most}: a client that runs wild would make you pay for all of them. The peak needs "
            f"{needs_peak}."
        )
    if least < 2:
        return not_yet(
            "minReplicas is 1: while that one pod is replaced, nobody answers. Keep at least two."
        )
    if not needs_usual <= least <= max(2, needs_usual):
        return not_yet(
            f"minReplicas is {least}, and the usual load needs {max(2, needs_usual)}: what is always there should be "
            "that."
        )
    return yes(
        f"{least} pods for the usual {usual:.0f} requests in a second, up to {most} for the peak of {peak:.0f}, and "
        f"each gets at most {per_pod:g}."
    )


def _schema_fault(manifest: Mapping[str, Any]) -> str:
    """Return what Kubernetes' schema finds; empty where it finds nothing."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "autoscaler.yaml"
        try:
            file.write_text(
                yaml.safe_dump(json.loads(json.dumps(dict(manifest)))), encoding="utf-8"
            )
        except (TypeError, ValueError):
            raise reading.AnswerForm("a manifest of plain texts and numbers", manifest) from None
        try:
            manifests.check("kubernetes-validate", "--strict", file.name, folder=file.parent)
        except ServingError as error:
            found = re.search(r"against version [\d.]+: (.+)", error.what)
            if found is None:
                raise
            return found[1].strip().rstrip(".")
    return ""


def _quantity(value: Any) -> float | None:
    """Read one of Kubernetes' quantities, ``"80"``, ``80`` or ``"80000m"``; None for anything else."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([mk]?)", str(value))
    return float(found[1]) * _SUFFIXES[found[2]] if found else None


@exercise("9.7")
def alert_on_latency(answer: Any, context: Any) -> Verdict:
    """Check an alert that fires when 5 of 100 answers take longer than 100 ms, for a minute.

    Args:
        answer: The rule as YAML.
        context: The notebook's context; not used.

    Returns:
        The verdict, by what ``promtool test rules`` says of the rule on made-up latencies.
    """
    try:
        rule = yaml.safe_load(reading.text(answer))
    except yaml.YAMLError as error:
        return not_yet(f"this is no YAML: {' '.join(str(error).split())}.")
    if isinstance(rule, list) and len(rule) == 1:
        rule = rule[0]
    if not isinstance(rule, dict) or not {"alert", "expr"} <= set(rule):
        return not_yet("a rule has an alert (its name), an expr and, here, a for.")
    try:
        rules.check(rule)
    except MonitoringError as error:
        said = error.what.splitlines()[-1].partition(": ")[2]
        return not_yet(f"Prometheus does not understand it: {said}.")
    for steps, at, should_fire, hint in _TRIALS:
        if rules.fires(rule, _grown(*steps), at, step=_STEP) != should_fire:
            return not_yet(hint)
    return yes("it fires for lasting slowness, and for nothing else that was tried.")


def _grown(*steps: tuple[int, int, int]) -> dict[str, str]:
    """Return a histogram's series.

    Args:
        *steps: For each step how many requests took 3 ms, 150 ms and 400 ms.
    """
    bounds = [*_BOUNDS_MS, float("inf")]
    counts, values = dict.fromkeys(bounds, 0), {bound: ["0"] for bound in bounds}
    for step in steps:
        for bound in bounds:
            counts[bound] += sum(
                times for times, took in zip(step, _TOOK_MS, strict=True) if took <= bound
            )
            values[bound].append(str(counts[bound]))
    return {
        f'{LATENCIES}_bucket{{{_LABELS},le="{_le(bound)}"}}': " ".join(grown)
        for bound, grown in values.items()
    }


def _le(bound: float) -> str:
    return "+Inf" if bound == float("inf") else f"{1000 * bound:g}"
