"""Results of a real cluster that are kept in this repository, for machines that have none.

``make test PART=heavy`` writes them, with the versions and the date; nobody does by hand.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from typing import Any

from utils.files import atomic_text
from utils.flink import programs, rest
from utils.flink.errors import FlinkError
from utils.services.service import Stoppable

FILE = Path(__file__).with_name("recorded.json")
"""Where they are."""

STATISTICS, KILLED, RESTARTED, COMPONENTS = "statistics", "killed", "restarted", "components"
"""The results: a run of StatisticsGen; one whose worker is killed, without and with a restart; others' times."""


ANSWERS = ("/overview", "/taskmanagers", "/jobs/overview")
"""What of the REST interface is recorded."""


@dataclass(frozen=True)
class Recorded(Stoppable):
    """What stands in a cluster's place where none can be started.

    Attributes:
        why: Why there is none, in a sentence that names the cure.
        beam_pipeline_args: What components are told: to run in this process.
    """

    why: FlinkError
    beam_pipeline_args: list[str]

    @property
    def note(self) -> str:
        """Where the results come from."""
        return note(STATISTICS)

    @property
    def url(self) -> str:
        """The address of the REST interface: there is none."""
        raise self.why

    def get(self, path: str) -> Any:
        """Return what the REST interface answered, where that was recorded.

        Args:
            path: What is asked.

        Raises:
            FlinkError: If that was not recorded.
        """
        answers = read(STATISTICS)["answers"]
        if path not in answers:
            raise self.why
        return answers[path]

    def arguments(self, parallelism: int) -> list[str]:
        """Return what components are told: to run in this process, whatever the parallelism.

        Args:
            parallelism: Into how many parts each operator would be split.
        """
        del parallelism
        return self.beam_pipeline_args

    def jobs(self) -> list[rest.Job]:
        """Return the job that was recorded."""
        return [rest.from_dict(read(STATISTICS)["job"])]

    def alive(self) -> tuple[str, ...]:
        """Return the names of the TaskManagers: none."""
        return ()

    def stop(self) -> None:
        """Do nothing: nothing runs."""

    def __repr__(self) -> str:
        return f"<no Flink cluster: {self.why.what} {self.why.cure} {self.note}>"


def has(name: str) -> bool:
    """Return whether a result was recorded.

    Args:
        name: One of the names above.
    """
    return name in _all()


def read(name: str) -> Any:
    """Return a result.

    Args:
        name: One of the names above.

    Raises:
        FlinkError: If it was not recorded yet.
    """
    if not has(name):
        raise FlinkError(note(name))
    return _all()[name]["result"]


def note(name: str) -> str:
    """Return when and with what a result was recorded, as a sentence.

    Args:
        name: One of the names above.
    """
    if not has(name):
        return "This was not recorded yet: `make test PART=heavy` does, where there are Java and Maven."
    kept = _all()[name]
    versions = ", ".join(f"{what} {version}" for what, version in kept["versions"].items())
    return f"Recorded on {kept['date']} with {versions}."


def _all() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text("utf-8"))) if FILE.exists() else {}


def write(name: str, result: Any) -> None:
    """Keep a result, in the place of the one that was there.

    Args:
        name: One of the names above.
        result: What JSON takes.
    """
    kept = _all()
    today = datetime.now(timezone.utc).date().isoformat()
    kept[name] = {"date": today, "versions": dict(versions()), "result": result}
    with atomic_text(FILE) as file:
        json.dump(kept, file, indent=1, sort_keys=True)
        file.write("\n")


def summary(features: Mapping[tuple[str, str], Any]) -> dict[str, tuple[int, str]]:
    """Return what is kept of statistics, so that they can be compared on another day.

    Args:
        features: TFDV's statistics, by split and feature.

    Returns:
        For each ``split/feature`` the number of its values, and a digest of its common statistics.
    """
    found = {}
    for (split, name), feature in features.items():
        stats = getattr(feature, feature.WhichOneof("stats")).common_stats
        digest = hashlib.sha256(stats.SerializeToString(deterministic=True)).hexdigest()[:12]
        found[f"{split}/{name}"] = (stats.num_non_missing, digest)
    return found


def versions() -> Mapping[str, str]:
    """Return what the results were made with."""
    flink = next((programs.flink() / "lib").glob("flink-dist-*.jar")).stem
    return {
        "Flink": flink.removeprefix("flink-dist-"),
        "Beam": metadata.version("apache-beam"),
        "TFX": metadata.version("tfx"),
        "Python": platform.python_version(),
    }
