"""The exercises of appendix B."""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from utils.exercises import Verdict, exercise, not_yet, reading, yes
from utils.exercises.reading import AnswerForm

READER = "roles/storage.objectViewer"
"""Exercise B.1: the role that reads objects and does nothing more."""

MOST_NODES, LEAST_VCPUS, BUSY_HOURS, MOST_DOLLARS = 2, 8, 40, 15
"""Exercise B.2: what the pool may have, and what it may cost in a month."""

ANNOTATION = "iam.gke.io/gcp-service-account"
"""Exercise B.3: the annotation by which a pod's account names the one it acts as."""

MACHINE, MOST_AN_HOUR = "n1-standard-4", 2.0
"""Exercise B.4: the workers' machine, and what an hour of the job may cost, in US dollars."""

INSIDE = ("google_container_cluster", "google_container_node_pool")
"""Exercise B.5: what goes when a cluster is deleted."""


def _with(answer: Any, folder: Path, values: Mapping[str, Any]) -> Any:
    """Read a text of Terraform's together with the files of the notebook."""
    from utils.cloud import terraform

    text = reading.text(answer)
    with tempfile.TemporaryDirectory() as scratch:
        mine = Path(scratch) / "mine.tf"
        mine.write_text(f"{text.strip()}\n", encoding="utf-8")
        return terraform.read(folder, mine, values=values)


def _objection(made: Any) -> Verdict | None:
    """Return what the rules object to first, if anything."""
    from utils.cloud import checks

    found = checks.findings(made)
    return not_yet(f"{found[0].where} {found[0].what}") if found else None


@exercise("B.1")
def a_bucket_for_the_server(
    answer: Any, context: Any, *, folder: Path, values: Mapping[str, Any]
) -> Verdict:
    """Check a bucket of its own for the model server, with a right to read it.

    Args:
        answer: The reader's text.
        context: The notebook's context; not used.
        folder: The notebook's files.
        values: Values for their variables.

    Returns:
        The verdict, by what the files mean together.
    """
    from utils.cloud.errors import CloudError

    try:
        made = _with(answer, folder, values)
    except CloudError as error:
        return not_yet(error.what)
    wrong = _objection(made)
    if wrong is not None:
        return wrong
    known = {one.address: one for one in made.blocks if one.file == "mine.tf"}
    for address in ("google_service_account.server", "google_storage_bucket.models"):
        if address not in known:
            return not_yet(f"there is no {address} among your resources.")
    account = made.value("${google_service_account.server.member}")
    bucket = made.value(known["google_storage_bucket.models"].body.get("name"))
    granted = [one for one in known.values() if made.value(one.body.get("member")) == account]
    if not granted:
        return not_yet(
            "nothing is granted to the account: an IAM member's argument member refers to it."
        )
    for one in granted:
        if one.type != "google_storage_bucket_iam_member":
            return not_yet(
                f"{one.address} grants its role in a wider place than the one bucket: what is granted there holds for "
                "every bucket."
            )
        if made.value(one.body.get("bucket")) != bucket:
            return not_yet(f"{one.address} opens another bucket than google_storage_bucket.models.")
        if made.value(one.body.get("role")) != READER:
            return not_yet(
                f"{made.value(one.body.get('role'))} is not the role that reads objects and does nothing more."
            )
    return yes(f"{account.partition(':')[2]} can read gs://{bucket}, and nothing else anywhere.")


@exercise("B.2")
def a_pool_for_training(
    answer: Any, context: Any, *, folder: Path, values: Mapping[str, Any]
) -> Verdict:
    """Check a node pool for training, and what it costs.

    Args:
        answer: The reader's text.
        context: The notebook's context; not used.
        folder: The notebook's files.
        values: Values for their variables.

    Returns:
        The verdict, by what the files mean together and what the price table says.
    """
    from utils.cloud import costs
    from utils.cloud.errors import CloudError

    try:
        made = _with(answer, folder, values)
        block = next(
            (b for b in made.of("google_container_node_pool") if b.file == "mine.tf"), None
        )
        if block is None:
            return not_yet("there is no google_container_node_pool in your text.")
        pool = costs.pool(made, block)
        usage = costs.Usage(busy_hours={pool.name: BUSY_HOURS})
        dollars = pool.node_hours(usage) * pool.node_hour
    except CloudError as error:
        return not_yet(error.what)
    if pool.name != "training":
        return not_yet(f"the pool is named {pool.name!r}, and it is to be 'training'.")
    if "google_container_cluster.this" not in made.needs()[block.address]:
        return not_yet("the pool does not refer to the cluster: its argument cluster does that.")
    if pool.fewest:
        return not_yet(
            f"it has {pool.fewest} nodes even when there is nothing to do: let it scale between two numbers."
        )
    if not 0 < pool.most <= MOST_NODES:
        return not_yet(f"it may grow to {pool.most} nodes, and two are the most.")
    cores = int(re.sub(r"\D", "", pool.machine.rpartition("-")[2]) or 0)
    if cores < LEAST_VCPUS:
        return not_yet(f"{pool.machine} has fewer than {LEAST_VCPUS} processors.")
    if not pool.spot:
        return not_yet(f"its machines are not spot machines; so it costs {dollars:.2f} dollars.")
    if not any(config.get("taint") for config in block.inner("node_config")):
        return not_yet("any pod may occupy it: a taint keeps those away that do not tolerate it.")
    wrong = _objection(made)
    if wrong is not None:
        return wrong
    if dollars >= MOST_DOLLARS:
        return not_yet(
            f"a month with {BUSY_HOURS} busy hours costs {dollars:.2f} dollars: look at the size of machines and disks."
        )
    return yes(f"a month with {BUSY_HOURS} busy hours costs {dollars:.2f} dollars.")


@exercise("B.3")
def the_pods_side(answer: Any, context: Any, *, cluster: Any) -> Verdict:
    """Check a Kubernetes service account against the binding in Terraform's files, after Kubernetes' schema.

    Args:
        answer: The reader's manifest.
        context: The notebook's context; not used.
        cluster: The configuration.

    Returns:
        The verdict.
    """
    import yaml

    from utils import manifests

    text = reading.text(answer)
    try:
        found = list(yaml.safe_load_all(text))
    except (yaml.YAMLError, ValueError) as error:
        return not_yet(
            f"this is no YAML: {error.__class__.__name__}, {getattr(error, 'problem', error)}."
        )
    if len(found) != 1 or not isinstance(found[0], dict):
        raise AnswerForm("one manifest", answer)
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "account.yml").write_text(text, encoding="utf-8")
        try:
            manifests.check("kubernetes-validate", "--strict", "account.yml", folder=Path(scratch))
        except manifests.ManifestError as error:
            if "found a fault" not in error.what:
                raise
            return not_yet(error.what)
    account = found[0]
    if account.get("kind") != "ServiceAccount":
        return not_yet(f"it describes a {account.get('kind')}, and a ServiceAccount is asked for.")
    metadata = account.get("metadata") or {}
    name = f"{metadata.get('namespace', 'default')}/{metadata.get('name')}"
    bound = [
        re.search(r"\[(.+)\]$", str(cluster.value(one.body["member"])))
        for one in cluster.of("google_service_account_iam_member")
    ]
    allowed = [one[1] for one in bound if one]
    if name not in allowed:
        return not_yet(
            f"it is {name}, and cluster.tf lets {' and '.join(allowed)} act as the pipeline's account."
        )
    acts_as = (metadata.get("annotations") or {}).get(ANNOTATION)
    if acts_as is None:
        return not_yet(f"it does not say whom it acts as: the annotation {ANNOTATION} is missing.")
    if acts_as != cluster.output("account"):
        return not_yet(f"{acts_as} is not the account that cluster.tf lets it act as.")
    return yes(f"{name} acts as {acts_as}, and no file holds a key.")


@exercise("B.4")
def options_for_dataflow(answer: Any, context: Any, *, cluster: Any) -> Verdict:
    """Check options for Dataflow by Beam's own parser and validator, and by the price table.

    Args:
        answer: The reader's list.
        context: The notebook's context; not used.
        cluster: The configuration that the options have to fit.

    Returns:
        The verdict.
    """
    from apache_beam.options.pipeline_options import PipelineOptions
    from apache_beam.options.pipeline_options_validator import PipelineOptionsValidator
    from apache_beam.runners import DataflowRunner

    from utils.cloud import costs

    if isinstance(answer, str) or not isinstance(answer, (list, tuple)):
        raise AnswerForm("a list of texts, as beam_pipeline_args takes it", answer)
    given = reading.texts(answer, len(answer))
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            options = PipelineOptions([*given, "--dry_run=True"])
            has = options.get_all_options(drop_default=True)
    except SystemExit:  # argparse's own way to refuse a value
        return not_yet(f"Beam's parser says: {said.getvalue().strip().rpartition('error: ')[2]}.")
    kept = PipelineOptions(list(given)).get_all_options(retain_unknown_options=True)
    unknown = sorted(set(kept) - set(options.get_all_options()))
    if unknown:
        return not_yet(f"Beam does not know --{unknown[0]}, and would pass over it.")
    if has.get("runner") != "DataflowRunner":
        return not_yet("the work would not run on Dataflow: that is the runner DataflowRunner.")
    # Without a bucket for temporary files Beam would ask Google for one.
    root = cluster.output("pipeline_root")
    bucket = root.removeprefix("gs://").partition("/")[0]
    if not str(has.get("temp_location", "")).startswith(f"gs://{bucket}/"):
        return not_yet(
            f"temp_location has to be a folder in the pipeline's bucket, gs://{bucket}/…."
        )
    if errors := PipelineOptionsValidator(options, DataflowRunner()).validate():
        return not_yet(f"Beam's validator says: {errors[0].strip().rstrip('.')}.")
    wanted = {
        "project": cluster.value("${var.project}"),
        "region": cluster.value("${var.region}"),
        "service_account_email": cluster.output("account"),
        "machine_type": MACHINE,
    }
    for name, value in wanted.items():
        if has.get(name) != value:
            return not_yet(f"{name} is {has.get(name)!r}, and {value!r} is asked for.")
    workers = has.get("max_num_workers")
    if not workers:
        return not_yet(
            "nothing limits the number of workers, so nobody can say what an hour costs."
        )
    dollars = costs.dataflow(workers, MACHINE, hours=1)
    if dollars > MOST_AN_HOUR:
        return not_yet(f"an hour of {workers} workers costs {dollars:.2f} dollars.")
    return yes(f"an hour of {workers} workers costs {dollars:.2f} dollars at the most.")


@exercise("B.5")
def what_goes_on_costing(answer: Any, context: Any, *, cluster: Any, usage: Any) -> Verdict:
    """Check which lines of the bill are left when the cluster alone was deleted.

    Args:
        answer: The reader's addresses.
        context: The notebook's context; not used.
        cluster: The configuration.
        usage: What is in use.

    Returns:
        The verdict, by the estimate.
    """
    from utils.cloud import costs

    named = reading.names(answer)
    bill = costs.estimate(cluster, usage)
    lines = [one.address for one in bill.items if one.dollars]
    if other := sorted(named - set(lines)):
        return not_yet(f"the bill has no line {other[0]!r}.")
    left = {one for one in lines if not one.startswith(INSIDE)}
    if gone := sorted(named - left):
        return not_yet(f"{gone[0]} goes with the cluster.")
    if missing := left - named:
        made_inside = any("." not in one for one in missing)
        where = (
            "what Kubernetes ordered outside the cluster"
            if made_inside
            else "what is a resource of its own in the files"
        )
        return not_yet(f"{len(missing)} lines are missing: think of {where}.")
    return yes(f"{bill.of(*left):.2f} dollars a month go on, for nothing that anybody uses.")
