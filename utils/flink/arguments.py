"""What TFX's components are told, so that Beam's work in them runs somewhere else, and how Beam understands it."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Place:
    """A place where Beam's work can run.

    Attributes:
        arguments: What TFX's components are told.
        server: What must run there already.
        workers: What must be where the work is done.
    """

    arguments: tuple[str, ...]
    server: str
    workers: str


ELSEWHERE = {
    "Flink, Beam's own job server": Place(
        ("--runner=FlinkRunner", "--flink_master=flink.example:8081", "--flink_version=1.19",
         "--parallelism=8", "--environment_type=DOCKER", "--sdk_container_image=example/pipeline:1"),
        "a Flink cluster; Java here, to run the job server, which Beam downloads",
        "Docker, and an image with your packages and Beam's boot program",
    ),
    "Flink on Kubernetes": Place(
        ("--runner=FlinkRunner", "--flink_master=flink-rest.default:8081", "--flink_version=1.19",
         "--flink_submit_uber_jar", "--parallelism=8", "--environment_type=EXTERNAL",
         "--environment_config=localhost:50000"),
        "Flink's operator and a session cluster",
        "in each TaskManager's pod, a second container with your image and --worker_pool",
    ),
    "Spark": Place(
        ("--runner=SparkRunner", "--spark_master_url=spark://spark.example:7077",
         "--environment_type=DOCKER", "--sdk_container_image=example/pipeline:1"),
        "a Spark cluster; Java here",
        "Docker, and an image with your packages",
    ),
    "Dataflow": Place(
        ("--runner=DataflowRunner", "--project=your-project", "--region=europe-west1",
         "--temp_location=gs://your-bucket/tmp", "--sdk_container_image=gcr.io/your-project/pipeline:1"),
        "a project on Google Cloud, and a bucket",
        "nothing: Google starts machines with your image, and ends them",
    ),
}  # fmt: skip
"""Other places than this machine, with made-up addresses."""


def parsed(arguments: Sequence[str]) -> dict[str, Any]:
    """Let Beam's own parser read arguments.

    Args:
        arguments: What a component is told.

    Returns:
        What Beam understands that differs from its defaults, by the name of the option.

    Raises:
        FlinkError: If Beam does not know an option, or refuses a value.
    """
    from apache_beam.options.pipeline_options import PipelineOptions

    from utils.flink.errors import FlinkError

    cure = "Look the option up in apache_beam.options.pipeline_options."
    parsers: list[argparse.ArgumentParser] = []
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            known = PipelineOptions(list(arguments)).get_all_options(
                drop_default=True, add_extra_args_fn=parsers.append
            )
            _, unknown = parsers[0].parse_known_args(list(arguments))
    except SystemExit:  # so argparse ends a program whose options it cannot read
        why = said.getvalue().strip().rpartition("error: ")[2]
        raise FlinkError(f"Beam refuses {' '.join(arguments)}: {why}.", cure) from None
    if unknown:
        raise FlinkError(f"Beam does not know {', '.join(unknown)}.", cure)
    return dict(known)


def portable(endpoint: str, boot: str | Path, parallelism: int) -> list[str]:
    """Return the arguments for a job server that is there already, whose workers are programs.

    Args:
        endpoint: The job server's address, ``host:port``.
        boot: The program that starts a Python worker, on each machine that has a TaskManager.
        parallelism: Into how many parts each operator is split.
    """
    return [
        "--runner=PortableRunner",
        f"--job_endpoint={endpoint}",
        f"--parallelism={parallelism}",
        "--environment_type=PROCESS",
        f"--environment_config={json.dumps({'command': str(boot)})}",
        "--sdk_container_image=none",
    ]
