"""Components of the example pipeline, run on a cluster or in this process, and what they made."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def data(folder: Path, rows: int) -> Path:
    """Put the complaints of the first span into a folder, and return it.

    Args:
        folder: Where it is made.
        rows: How many complaints.
    """
    import shutil

    from utils.complaints import spans

    place = folder / f"data-{rows}"
    place.mkdir(parents=True)
    shutil.copy2(spans.ensure("S1", rows=rows), place)
    return place


def statistics(
    folder: Path, source: Path, name: str, arguments: Sequence[str] | None = None
) -> Any:
    """Run ExampleGen in this process, and StatisticsGen by its own arguments.

    Args:
        folder: The store; ExampleGen's examples are found in its cache the second time.
        source: The folder of the complaints.
        name: The id of this StatisticsGen.
        arguments: What it is told; None for this process.

    Returns:
        What ``NodeRun`` has of it: its seconds and outputs.
    """
    from tfx import v1 as tfx
    from tfx.components.example_gen.component import FileBasedExampleGen
    from tfx.dsl.components.base.executor_spec import BeamExecutorSpec

    from utils.pipeline import csv_executor, runners

    example_gen = FileBasedExampleGen(
        input_base=str(source), custom_executor_spec=BeamExecutorSpec(csv_executor.Executor)
    ).with_id("ExampleGen")
    made = tfx.components.StatisticsGen(examples=example_gen.outputs["examples"]).with_id(name)
    if arguments is not None:
        made = made.with_beam_pipeline_args(list(arguments))
    built = tfx.dsl.Pipeline(
        pipeline_name="on_flink",
        pipeline_root=str(runners.pipeline_root(folder)),
        components=[example_gen, made],
        metadata_connection_config=runners.metadata_config(folder),
        beam_pipeline_args=list(runners.BEAM_PIPELINE_ARGS),
        enable_cache=True,
    )
    return runners.run_pipeline(built, folder).nodes[name]


def features(output: Path) -> dict[tuple[str, str], Any]:
    """Read statistics, by split and feature, their decimal numbers rounded: workers add up in another order.

    Args:
        output: The folder of a statistics artifact.
    """
    import tensorflow_data_validation as tfdv

    from utils.orchestration import comparing

    found = {}
    for file in sorted(output.glob("Split-*/FeatureStats.pb")):
        statistics = tfdv.load_stats_binary(str(file))
        comparing.round_numbers(statistics)
        found.update(
            {(file.parent.name, one.path.step[0]): one for one in statistics.datasets[0].features}
        )
    return found


def megabytes(count: int) -> Iterator[bytes]:
    """Make records of a megabyte, more slowly than they are sent: a TaskManager must hold them until all are made.

    Args:
        count: How many.
    """
    import hashlib

    for number in range(count):
        record = number.to_bytes(2**20, "big")
        hashlib.pbkdf2_hmac("sha256", record[-8:], b"", 40_000)
        yield record


def pass_on(count: int, arguments: Sequence[str], told: Path) -> None:
    """Let one worker make records in one bundle, and hand them over to the next step.

    Args:
        count: How many megabytes.
        arguments: What Beam is told.
        told: The beginning of the file's name in which their number is written.
    """
    import apache_beam as beam
    from apache_beam.options.pipeline_options import PipelineOptions

    with beam.Pipeline(options=PipelineOptions(list(arguments))) as pipeline:
        made = pipeline | beam.Create([count]) | beam.FlatMap(megabytes)
        counted = made | beam.Reshuffle() | beam.combiners.Count.Globally()
        _ = counted | beam.io.WriteToText(str(told), shard_name_template="")


def main(store: Path) -> None:
    """Start a cluster, tell of its processes and ports, and run StatisticsGen on it until somebody ends this."""
    import json
    import signal

    import psutil

    from utils import flink

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    with flink.start(1) as cluster:
        parts = [cluster.job_manager, cluster.job_server, *cluster.task_managers.values()]
        listening = {
            held.laddr.port
            for part in parts
            for held in psutil.Process(part.pid).net_connections("tcp")
            if held.status == psutil.CONN_LISTEN
        }
        told = {"pids": [part.pid for part in parts], "ports": sorted(listening)}
        print(json.dumps(told), flush=True)
        statistics(store, data(store, 500), "OnFlink", cluster.beam_pipeline_args)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
