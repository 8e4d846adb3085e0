"""Commands that would act on Google Cloud, told before they are run: what each would do, cost, and how it is undone.

Nothing here runs a command but :func:`act`, and that only when two switches are on: an argument, and an environment
variable with the project's id.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from utils.cloud import costs
from utils.cloud.errors import CloudError
from utils.cloud.terraform import Configuration
from utils.errors import did_you_mean
from utils.files import size

SWITCH = "WORKBOOK_MAY_BILL"
"""The environment variable that holds the id of the project which may be billed."""

_WITHOUT_VALUE = frozenset(
    {
        "-r", "-R", "-m", "--spot", "--preemptible", "--quiet", "--recursive", "--enable-autoscaling", "--async",
        "--all", "--uniform-bucket-level-access", "--public-access-prevention", "-auto-approve", "--all-namespaces",
    }
)  # fmt: skip
"""Flags behind which no value stands."""


@dataclass(frozen=True)
class Line:
    """A command, taken apart.

    Attributes:
        words: The program and its words, without flags.
        flags: Values by flag; ``""`` for a flag without a value.
    """

    words: tuple[str, ...]
    flags: Mapping[str, str] = field(default_factory=dict)

    def number(self, flag: str, default: float) -> float:
        """Return the number behind a flag.

        Args:
            flag: For example ``"--num-nodes"``.
            default: What holds where the flag is missing.

        Raises:
            CloudError: If no number stands there.
        """
        text = self.flags.get(flag, str(default))
        found = re.fullmatch(r"(\d+(?:\.\d+)?)(GB|GiB|Gi|TB|TiB|Ti)?", text)
        if not found:
            raise CloudError(f"{flag} is {text!r}.", "Give a number.")
        return float(found[1]) * (1024 if (found[2] or "").startswith("T") else 1)


def parse(command: str) -> Line:
    """Take a command apart, without running anything.

    Args:
        command: For example ``"gcloud compute disks create data --size=100GB"``.

    Returns:
        Its parts.

    Raises:
        CloudError: If a quotation mark is missing, or it holds what only a shell understands.
    """
    try:
        parts = shlex.split(command)
    except ValueError as error:
        raise CloudError(f"This is no command: {error}.", "Close the quotation mark.") from None
    if not parts or any(
        mark in part for part in parts for mark in ("|", ";", "`", "$(", "&&", ">")
    ):
        raise CloudError(
            f"{command!r} is not one plain command.",
            "Give a single command, without pipes and such.",
        )
    words: list[str] = []
    flags: dict[str, str] = {}
    while parts:
        part = parts.pop(0)
        if not part.startswith("-"):
            words.append(part)
            continue
        name, has_value, value = part.partition("=")
        if not has_value and name not in _WITHOUT_VALUE and parts and not parts[0].startswith("-"):
            value = parts.pop(0)
        flags[name] = value
    return Line(tuple(words), flags)


@dataclass(frozen=True)
class Told:
    """What a command would do.

    Attributes:
        command: The command.
        does: What it would do, in a sentence.
        hourly: What that costs in an hour from then on, in US dollars; negative where something is given back, None
            where it depends on what is there.
        changes: Whether it changes anything, in the cloud or in a cluster.
        undo: The command that takes it back; empty where there is none.
        caution: What to know before; empty for nothing.
    """

    command: str
    does: str
    hourly: float | None = 0.0
    changes: bool = True
    undo: str = ""
    caution: str = ""

    @property
    def monthly(self) -> float | None:
        """What it costs in a whole month, in US dollars."""
        return None if self.hourly is None else self.hourly * costs.MONTH


Price = Callable[[Line, "Configuration | None"], "float | None"]


def _free(line: Line, made: Configuration | None) -> float:
    return 0.0


def _unknown(line: Line, made: Configuration | None) -> None:
    return None


def _pool_price(line: Line, made: Configuration | None) -> float:
    spot = "--spot" in line.flags or "--preemptible" in line.flags
    location = next(
        (line.flags[one] for one in ("--zone", "--region", "--location") if one in line.flags), ""
    )
    zones = costs.ZONES if "--region" in line.flags or costs.is_regional(location) else 1
    gpus = {}
    if "--accelerator" in line.flags:
        asked = dict(part.partition("=")[::2] for part in line.flags["--accelerator"].split(","))
        count = Line((), {"--accelerator's count": asked.get("count", "1")})
        gpus = {asked.get("type", ""): int(count.number("--accelerator's count", 1))}
    nodes = int(line.number("--num-nodes", 3)) * zones
    pool = costs.Pool(
        line.words[-1],
        line.flags.get("--machine-type", costs.DEFAULT_MACHINE),
        spot,
        nodes,
        nodes,
        gpus,
        (
            line.flags.get("--disk-type", costs.DEFAULT_DISK),
            line.number("--disk-size", costs.DEFAULT_DISK_GIB),
        ),
    )
    return nodes * pool.node_hour


def _cluster_price(line: Line, made: Configuration | None) -> float:
    return costs.prices()["cluster_hour"] + _pool_price(line, made)


def _autopilot_price(line: Line, made: Configuration | None) -> float:
    return costs.prices()["cluster_hour"]


def _resize_price(line: Line, made: Configuration | None) -> float | None:
    """Return what the nodes cost that are more or fewer than the files say."""
    if made is None:
        return None
    for block in made.of("google_container_node_pool"):
        pool = costs.pool(made, block)
        if pool.name == line.flags.get("--node-pool"):
            nodes = line.number("--num-nodes", 0) * costs.zones(made, block)
            return (nodes - pool.fewest) * pool.node_hour
    return None


def _disk_price(line: Line, made: Configuration | None) -> float:
    kind = line.flags.get("--type", "pd-standard")
    return line.number("--size", 500) * costs.price("disk_gib_month", kind) / costs.MONTH


def _filestore_price(line: Line, made: Configuration | None) -> float:
    share = dict(part.partition("=")[::2] for part in line.flags.get("--file-share", "").split(","))
    gib = Line((), {"capacity": share.get("capacity", "1024")}).number("capacity", 1024)
    tier = line.flags.get("--tier", "BASIC_HDD").upper().replace("-", "_")
    return gib * costs.price("filestore_gib_month", tier) / costs.MONTH


def _copy_price(line: Line, made: Configuration | None) -> float | None:
    """Return what a local file or folder costs to keep in a bucket."""
    source = Path(line.words[-2]) if len(line.words) > 3 else Path()
    if not line.words[-1].startswith("gs://") or not source.exists():
        return None
    return size(source) / 2**30 * costs.prices()["bucket_gib_month"] / costs.MONTH


def _manifest_price(line: Line, made: Configuration | None) -> float | None:
    """Return what a manifest makes Kubernetes order: disks for claims, and load balancers."""
    import yaml

    file = Path(line.flags.get("-f", ""))
    if not file.is_file():
        return None
    dollars = 0.0
    try:
        found = [one for one in yaml.safe_load_all(file.read_bytes()) if one is not None]
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise CloudError(f"{file} is no YAML: {error}.", "Mend the manifest.") from error
    for one in found:
        if not isinstance(one, dict):
            raise CloudError(
                f"{file} holds a {type(one).__name__} where an object of Kubernetes belongs.",
                "Begin each document with apiVersion and kind.",
            )
        if one.get("kind") == "PersistentVolumeClaim":
            storage = str(_inside(one, "spec", "resources", "requests", "storage"))
            gib = Line((), {"a claim's storage": storage}).number("a claim's storage", 0)
            kind = _CLASSES.get(str(_inside(one, "spec", "storageClassName")), "pd-balanced")
            dollars += gib * costs.price("disk_gib_month", kind) / costs.MONTH
        elif one.get("kind") == "Service" and _inside(one, "spec", "type") == "LoadBalancer":
            dollars += costs.prices()["load_balancer_hour"]
    return dollars


def _inside(value: Any, *names: str) -> Any:
    """Return what lies in mappings inside of mappings; None where one of them is missing, or is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


_CLASSES = {"standard": "pd-standard", "standard-rwo": "pd-balanced", "premium-rwo": "pd-ssd"}
"""The disks of GKE's own storage classes."""


def _apply_price(line: Line, made: Configuration | None) -> float | None:
    return costs.estimate(made).total / costs.MONTH if made else None


def _destroy_price(line: Line, made: Configuration | None) -> float | None:
    if not made or "-target" in line.flags:
        return None
    return -costs.estimate(made).total / costs.MONTH


@dataclass(frozen=True)
class Known:
    """A command that the dry view knows.

    Attributes:
        does: What it does; ``{0}`` is the first word after the command's own.
        price: What it costs in an hour.
        changes: Whether it changes anything.
        undo: The command that takes it back, with ``{0}``.
        caution: What to know before.
    """

    does: str
    price: Price = _free
    changes: bool = True
    undo: str = ""
    caution: str = ""


KNOWN: dict[str, Known] = {
    "gcloud auth list": Known("lists who is logged in on this machine", changes=False),
    "gcloud auth application-default login": Known(
        "logs you in by a browser, and keeps a login of yours in your home folder for programs to use",
        undo="gcloud auth application-default revoke",
        caution="Programs then act as you, with all your rights.",
    ),
    "gcloud config set project": Known("makes {0} the project of later commands", changes=False),
    "gcloud projects create": Known(
        "makes the project {0}, which nobody is billed for yet", undo="gcloud projects delete {0}"
    ),
    "gcloud billing projects link": Known(
        "lets {0} be billed", undo="gcloud billing projects unlink {0}",
        caution="From here on commands cost money.",
    ),
    "gcloud projects delete": Known(
        "marks {0} for deletion with all that is in it; for 30 days it can be brought back", _unknown,
        undo="gcloud projects undelete {0}",
        caution="This is the surest teardown, and takes your data along.",
    ),
    "gcloud services enable": Known(
        "lets the project use {0}", undo="gcloud services disable {0}"
    ),
    "gcloud iam service-accounts create": Known(
        "makes the service account {0}, which may do nothing yet",
        undo="gcloud iam service-accounts delete {0}@PROJECT.iam.gserviceaccount.com",
    ),
    "gcloud iam service-accounts keys create": Known(
        "downloads a key into {0}; whoever has that file is the account",
        undo="gcloud iam service-accounts keys delete KEY_ID",
        caution="The key never expires. Use Workload Identity, or impersonation on your own machine.",
    ),
    "gcloud projects add-iam-policy-binding": Known(
        "grants a role in the whole project {0}", undo="gcloud projects remove-iam-policy-binding {0}"
    ),
    "gcloud container clusters create-auto": Known(
        "makes the Autopilot cluster {0}; pods are billed on top, by what they ask for", _autopilot_price,
        undo="gcloud container clusters delete {0}",
    ),
    "gcloud container clusters create": Known(
        "makes the cluster {0} with a node pool", _cluster_price,
        undo="gcloud container clusters delete {0}",
        caution="With --region, --num-nodes counts in each of three zones.",
    ),
    "gcloud container clusters get-credentials": Known(
        "writes into your kubeconfig how kubectl reaches {0}", changes=False
    ),
    "gcloud container clusters resize": Known(
        "changes the number of nodes of a pool of {0}", _resize_price
    ),
    "gcloud container clusters delete": Known(
        "deletes the cluster {0} and its nodes", _unknown,
        caution="Load balancers and disks that Kubernetes has made stay behind, and go on costing.",
    ),
    "gcloud container node-pools create": Known(
        "adds the node pool {0} to a cluster", _pool_price,
        undo="gcloud container node-pools delete {0}",
    ),
    "gcloud container node-pools delete": Known("deletes the node pool {0}", _unknown),
    "gcloud compute disks create": Known(
        "makes the disk {0}, billed by its size whether it is used or not", _disk_price,
        undo="gcloud compute disks delete {0}",
    ),
    "gcloud compute disks list": Known("lists the disks, orphans among them", changes=False),
    "gcloud compute disks delete": Known("deletes the disk {0} with what is on it", _unknown),
    "gcloud compute forwarding-rules list": Known("lists the load balancers", changes=False),
    "gcloud filestore instances create": Known(
        "makes the Filestore {0}, billed by its size whether it is used or not", _filestore_price,
        undo="gcloud filestore instances delete {0}",
    ),
    "gcloud artifacts repositories create": Known(
        "makes the repository {0}, which costs by what is in it",
        undo="gcloud artifacts repositories delete {0}",
    ),
    "gcloud artifacts docker images list": Known("lists the images in {0}", changes=False),
    "gcloud storage buckets create": Known(
        "makes the bucket {0}, which costs by what is in it", undo="gcloud storage rm --recursive {0}"
    ),
    "gcloud storage cp": Known("copies files", _copy_price),
    "gcloud storage ls": Known("lists what is in {0}", changes=False),
    "gcloud storage du": Known("adds up what is in {0}", changes=False),
    "gcloud storage rm": Known("deletes {0}", _unknown),
    "gsutil mb": Known(
        "makes the bucket {0}, which costs by what is in it; the older form of gcloud storage buckets create",
        undo="gsutil rb {0}",
    ),
    "gsutil cp": Known("copies files; the older form of gcloud storage cp", _copy_price),
    "gsutil ls": Known("lists what is in {0}", changes=False),
    "kubectl get": Known("lists {0} of the cluster", changes=False),
    "kubectl describe": Known("tells all about {0}", changes=False),
    "kubectl logs": Known("prints what a container has written", changes=False),
    "kubectl apply": Known(
        "makes or changes what {0} describes", _manifest_price, undo="kubectl delete -f {0}",
        caution="A Service of type LoadBalancer and a volume claim cost money that Terraform does not know of.",
    ),
    "kubectl scale": Known(
        "changes how many pods of {0} there are", _unknown,
        caution="On Autopilot, and where a pool scales by itself, pods bring nodes with them.",
    ),
    "kubectl delete": Known("deletes {0} from the cluster", _unknown),
    "terraform init": Known("downloads the providers into .terraform", changes=False),
    "terraform fmt": Known("rewrites the files in Terraform's format", changes=False),
    "terraform validate": Known(
        "checks the files against the provider's schema, which init has downloaded", changes=False
    ),
    "terraform plan": Known("asks the cloud what is there, and lists what apply would do", changes=False),
    "terraform apply": Known(
        "makes what is missing, and changes what differs", _apply_price, undo="terraform destroy"
    ),
    "terraform destroy": Known(
        "deletes what Terraform has made, in reverse order", _destroy_price,
        caution="It stops at what is protected, and does not know what Kubernetes has made.",
    ),
}  # fmt: skip
"""What the dry view knows, by the command's first words."""


def dry(command: str, made: Configuration | None = None) -> Told:
    """Tell what a command would do, without running it.

    Args:
        command: The command as you would type it.
        made: The configuration, for commands whose cost depends on it.

    Returns:
        What it would do, cost, and how it is undone.

    Raises:
        CloudError: If the dry view does not know the command, or a price.
    """
    line = parse(command)
    name, known = _known(line)
    rest = [*line.words[len(name.split()) :], "what is there"]
    if name.startswith("kubectl") and "-f" in line.flags:
        rest.insert(0, line.flags["-f"])
    return Told(
        command,
        known.does.format(*rest),
        known.price(line, made),
        known.changes,
        known.undo.format(*rest),
        known.caution,
    )


def _known(line: Line) -> tuple[str, Known]:
    said = " ".join(line.words)
    fitting = [name for name in KNOWN if f"{said} ".startswith(f"{name} ")]
    if not fitting:
        raise CloudError(
            f"The dry view does not know {said!r}, so it says nothing about what it would do or cost.",
            did_you_mean(" ".join(line.words[:4]), KNOWN)
            if line.words[0] in {name.split()[0] for name in KNOWN}
            else "It knows gcloud, gsutil, kubectl and terraform.",
        )
    name = max(fitting, key=len)
    return name, KNOWN[name]


def act(command: str, project: str, *, folder: Path, really: bool = False) -> str:
    """Run a command for real, if both switches are on.

    Args:
        command: A command that :func:`dry` knows.
        project: The id of the project that may be billed.
        folder: The folder to run it in.
        really: The first switch. The second is the environment variable :data:`SWITCH`, which must hold ``project``.

    Returns:
        What the command printed.

    Raises:
        CloudError: If a switch is off, the program is missing, or the command fails.
    """
    told, line = dry(command), parse(command)
    if really is not True:
        raise CloudError(
            f"Nothing was run. {line.words[0]} would act: it {told.does}.",
            f"To act, say really=True, and set {SWITCH} to the project's id before you start the notebook.",
        )
    allowed = os.environ.get(SWITCH, "")
    if not project or allowed != project:
        said = f"it is {allowed!r}" if allowed else "it is not set"
        raise CloudError(
            f"Nothing was run. {SWITCH} has to hold the id of the project that may be billed, and {said}.",
            f"Set it to {project!r} before you start the notebook, if you mean to act on that project.",
        )
    if line.words[0] == "kubectl" and "--context" not in line.flags:
        raise CloudError(
            "Nothing was run. kubectl acts on whatever cluster was used last.",
            "Name the cluster by --context.",
        )
    program = shutil.which(line.words[0])
    if program is None:
        raise CloudError(
            f"Nothing was run. {line.words[0]} is not installed on this machine.",
            "Install the Google Cloud CLI or Terraform, or use Cloud Shell, which has them.",
        )
    done = subprocess.run(
        [program, *shlex.split(command)[1:]],
        cwd=folder,
        env={**os.environ, "CLOUDSDK_CORE_PROJECT": project, "TF_VAR_project": project},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise CloudError(f"`{command}` failed (exit code {done.returncode}): {said}")
    return done.stdout.strip()
