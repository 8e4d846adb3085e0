"""The exercises of chapter 9: small files, and servers that are watched."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from utils import third_party
from utils.containers import linting
from utils.exercises import Verdict, exercise, not_yet, reading, yes
from utils.monitoring import rules
from utils.monitoring.errors import MonitoringError
from utils.optimisation import lite
from utils.optimisation.errors import OptimisationError
from utils.serving import ramp

if TYPE_CHECKING:
    import pandas as pd

MEAN_CHANGE = 0.02
"""How far the scores of exercise 9.1 may move on average; a file that is calibrated on typical rows moves them less."""

DESK = 0.75
"""The share of complaints that the desk of exercise 9.2 does not review."""

LEAST = 100
"""How many complaints a product of exercise 9.2 must have."""

SPARSITY, PRUNINGS = 0.75, 5
"""The share of zeros that exercise 9.6 asks for, and the least number of steps that prune."""

LATENCIES = ":tensorflow:serving:request_latency"
"""TensorFlow Serving's histogram of latencies, in microseconds."""

_SPARE = 0.3
_TOOK_MS = (3, 150, 400)
_BOUNDS_MS = (1, 5, 20, 60, 95, 105, 150, 400, 1000)
_LABELS = 'model_name="complaints",API="Predict",entrypoint="GRPC"'
_STEP = 10
_FAST, _FEW_SLOW, _SIX_SLOW, _MANY_SLOW, _SLOW = (
    (100, 0, 0), (96, 0, 4), (94, 0, 6), (80, 20, 0), (0, 100, 0),
)  # fmt: skip
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
    (
        [_SIX_SLOW] * 90, 840, True,
        "it stays silent although 6 of 100 answers take 400 ms: 5 of 100 are the quantile 0.95.",
    ),
    (
        [_FAST] * 60 + [_SLOW] * 18, 750, True,
        "it stays silent after more than two minutes of slow answers: `for` is to be one minute.",
    ),
    (
        [_SLOW] * 15 + [_FAST] * 105, 300, False,
        "it still fires more than two minutes after the latencies have recovered: look at one minute, [1m].",
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


@exercise("9.1")
def quantised_at_both_ends(
    answer: Any, context: Any, features: Mapping[str, Any], scores: np.ndarray
) -> Verdict:
    """Check a file that calculates in whole numbers, and takes and returns them too.

    Args:
        answer: What the converter returned.
        context: The notebook's context; not used.
        features: The transformed features of the held-out rows.
        scores: The scores of the float32 file for them.

    Returns:
        The verdict.
    """
    if not isinstance(answer, bytes):
        raise reading.AnswerForm("what converter.convert() returned, which is bytes", answer)
    try:
        file = lite.interpreter(answer)
    except OptimisationError:
        return not_yet(
            "TensorFlow Lite cannot read this file; give what converter.convert() returned."
        )
    every = file.get_tensor_details()
    if not any(tensor["dtype"] is np.int8 for tensor in every):
        return not_yet("nothing in it is int8: these are floating-point numbers throughout.")
    if not _calculates_in_whole_numbers(file):
        return not_yet(
            "its weights are whole numbers, and it calculates in float: without a representative dataset the converter "
            "cannot know how large the intermediate results get."
        )
    ends = [*file.get_input_details(), *file.get_output_details()]
    floats = [tensor["name"] for tensor in ends if tensor["dtype"] is np.float32]
    if floats:
        return not_yet(
            f"it calculates in whole numbers, but {len(floats)} of its inputs and outputs are still float32."
        )
    others = [one["dtype"].__name__ for one in ends if one["dtype"] not in (np.int8, np.int64)]
    if others:
        return not_yet(f"one of its ends is {others[0]}; int8 was asked for.")
    moved = float(np.abs(lite.scores(answer, features) - scores).mean())
    if moved > MEAN_CHANGE:
        return not_yet(
            f"its ends are right, but the scores move by {moved:.2f} on average: calibrate it with more rows, and with "
            "typical ones."
        )
    return yes(f"no float goes in or out, and the scores move by {moved:.4f} on average.")


def _calculates_in_whole_numbers(file: Any) -> bool:
    """Tell whether the layers of a file give whole numbers, and do not only keep their weights as such.

    Args:
        file: A ``tf.lite.Interpreter``.

    Returns:
        Whether a fully connected layer has an output that is int8.
    """
    types = {tensor["index"]: tensor["dtype"] for tensor in file.get_tensor_details()}
    operations = third_party.private(file, "_get_ops_details")()
    return any(
        types[place] is np.int8
        for operation in operations
        if operation["op_name"] == "FULLY_CONNECTED"
        for place in operation["outputs"]
    )


@exercise("9.2")
def quantised_decisions(
    answer: Any, context: Any, rows: pd.DataFrame, before: np.ndarray, after: np.ndarray
) -> Verdict:
    """Check the product with the largest share of complaints that change sides.

    Args:
        answer: The product's name.
        context: The notebook's context; not used.
        rows: The held-out rows.
        before: The scores of the float32 file.
        after: Those of the int8 file.

    Returns:
        The verdict.
    """
    name = reading.text(answer)
    threshold = np.quantile(before, DESK)
    sides = rows.assign(changed=(before > threshold) != (after > threshold))
    by_product = sides.groupby("product").changed.agg(["sum", "mean", "size"])
    if name not in by_product.index:
        return not_yet(f"{name!r} is no product among these complaints.")
    mine = by_product.loc[name]
    if mine["size"] < LEAST:
        return not_yet(
            f"{name} has {mine['size']:.0f} complaints; leave out what has fewer than {LEAST}."
        )
    large = by_product[by_product["size"] >= LEAST]
    if mine["mean"] == large["mean"].max():
        return yes(
            f"{mine['sum']:.0f} of its {mine['size']:.0f} complaints change sides, {mine['mean']:.1%}."
        )
    if mine["sum"] == large["sum"].max():
        return not_yet(
            "it has the most complaints that change sides, because it has so many; take the share."
        )
    return not_yet(
        f"{mine['mean']:.1%} of its complaints change sides, and of some other product more."
    )


@exercise("9.6")
def pruning_schedule(answer: Any, context: Any, steps: int, epochs: int) -> Verdict:
    """Check the arguments of a ``PolynomialDecay``, by the steps at which it prunes.

    Args:
        answer: The arguments by name.
        context: The notebook's context; not used.
        steps: Steps in an epoch.
        epochs: How many epochs are trained.

    Returns:
        The verdict.
    """
    given = reading.fields(answer)
    wanted = {"initial_sparsity", "final_sparsity", "begin_step", "end_step", "frequency"}
    if set(given) != wanted:
        raise reading.AnswerForm(f"the arguments {', '.join(sorted(wanted))}", answer)
    first, final = (reading.number(given[name]) for name in ("initial_sparsity", "final_sparsity"))
    begin, end, every = (
        reading.whole(given[name]) for name in ("begin_step", "end_step", "frequency")
    )
    if every < 1 or not begin < end:
        return not_yet("frequency is at least 1, and begin_step comes before end_step.")
    if begin < steps:
        return not_yet(
            f"it begins at step {begin}, within the first epoch, which has {steps} steps."
        )
    if end > steps * (epochs - 1):
        return not_yet(
            f"it ends at step {end}: the last epoch, from step {steps * (epochs - 1)} on, is to repair what was lost."
        )
    prunes = list(range(begin, end + 1, every))
    if len(prunes) < PRUNINGS:
        return not_yet(
            f"it prunes at {len(prunes)} step(s) only, {', '.join(map(str, prunes))}: a frequency of {every} is too "
            "long for this training."
        )
    reached = final + (first - final) * (1 - (prunes[-1] - begin) / (end - begin)) ** 3
    if abs(reached - SPARSITY) > 1e-6:
        return not_yet(
            f"at its last pruning, in step {prunes[-1]}, a share of {reached:.3f} is zero, and not {SPARSITY}."
        )
    return yes(f"it prunes at {len(prunes)} steps, the last time in step {prunes[-1]}.")


@exercise("9.3")
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


@exercise("9.5")
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
    manifest = reading.manifest(answer)
    kind = (manifest.get("kind"), manifest.get("apiVersion"))
    if kind != ("HorizontalPodAutoscaler", "autoscaling/v2"):
        return not_yet("this is no HorizontalPodAutoscaler of autoscaling/v2.")
    found = linting.kubernetes(yaml.safe_dump(manifest))
    if found:
        return not_yet(f"Kubernetes would refuse it: {found[0]}.")
    spec = manifest["spec"]
    target = spec["scaleTargetRef"]
    if (target.get("kind"), target.get("name")) != ("Deployment", "complaints"):
        return not_yet("scaleTargetRef has to name the Deployment complaints.")
    metrics = [one for one in spec.get("metrics", []) if one.get("type") == "Pods"]
    pods = [one["pods"] for one in metrics if "pods" in one]
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
    if most < max(1, least):
        return not_yet(
            f"maxReplicas is {most}, and there is to be at least one pod, and no fewer than minReplicas, {least}."
        )
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


def _quantity(value: Any) -> float | None:
    """Read one of Kubernetes' quantities, ``"80"``, ``80`` or ``"80000m"``; None for anything else."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([mk]?)", str(value))
    return float(found[1]) * _SUFFIXES[found[2]] if found else None


@exercise("9.4")
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
