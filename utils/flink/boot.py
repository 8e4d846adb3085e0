"""The program that a TaskManager starts for each of its Python workers, in the place of a container's boot program.

Flink calls it with the worker's id and an address, the *provision service*, which answers with the pipeline's options
and the addresses that the worker has to know. It then becomes the worker of :mod:`.worker`, in the same process.

Source: https://beam.apache.org/documentation/runtime/sdk-harness-config/;
``apache_beam.runners.worker.sdk_worker_main``
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

WORKER = "utils.flink.worker"
"""Beam's Python worker, as it runs here."""


def asked(arguments: Sequence[str]) -> tuple[str, str]:
    """Read what a TaskManager calls this program with.

    Args:
        arguments: The command line, without the program.

    Returns:
        The worker's id, and the address of the provision service.
    """
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--id", required=True)
    parser.add_argument("--provision_endpoint", required=True)
    known, _ = parser.parse_known_args(arguments)
    return known.id, known.provision_endpoint


def told(worker: str, address: str, seconds: float = 60) -> Any:
    """Ask the provision service what a worker has to know.

    Args:
        worker: The worker's id.
        address: The service's address, ``host:port``.
        seconds: How long it may take to answer.

    Returns:
        Beam's ``ProvisionInfo``.
    """
    import grpc
    from apache_beam.portability.api import beam_provision_api_pb2 as provision
    from apache_beam.portability.api import beam_provision_api_pb2_grpc as provision_grpc

    with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        service = provision_grpc.ProvisionServiceStub(channel)
        request = provision.GetProvisionInfoRequest()
        answer = service.GetProvisionInfo(
            request, metadata=[("worker_id", worker)], timeout=seconds, wait_for_ready=True
        )
    return answer.info


def variables(worker: str, info: Any) -> dict[str, str]:
    """Return the environment variables by which Beam's worker is told.

    Args:
        worker: Its id.
        info: What the provision service answered.
    """
    from google.protobuf import json_format, text_format

    found = {
        "WORKER_ID": worker,
        "PIPELINE_OPTIONS": json_format.MessageToJson(info.pipeline_options),
        "SEMI_PERSISTENT_DIRECTORY": os.environ.get("TMPDIR", "/tmp"),
        "RUNNER_CAPABILITIES": " ".join(info.runner_capabilities),
    }
    for name in ("control", "logging", "status"):
        endpoint = getattr(info, f"{name}_endpoint")
        if endpoint.url:
            key = f"{name.upper()}_API_SERVICE_DESCRIPTOR"
            found[key] = text_format.MessageToString(endpoint)
    return found


def main() -> None:
    """Become a worker."""
    worker, address = asked(sys.argv[1:])
    os.environ.update(variables(worker, told(worker, address)))
    print(f"{time.strftime('%H:%M:%S')} Python worker {worker} starts", flush=True)
    os.execv(sys.executable, [sys.executable, "-m", WORKER])


if __name__ == "__main__":
    main()
