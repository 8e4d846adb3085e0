"""The program that becomes a Python worker, asked by a real provision service."""

from __future__ import annotations

import json
from concurrent import futures
from typing import ClassVar

import grpc
import pytest
from apache_beam.portability.api import beam_provision_api_pb2 as provision
from apache_beam.portability.api import beam_provision_api_pb2_grpc as provision_grpc
from apache_beam.portability.api import endpoints_pb2
from apache_beam.runners.worker import sdk_worker_main
from google.protobuf import struct_pb2, text_format

from utils.flink import boot


class Service(provision_grpc.ProvisionServiceServicer):
    """Answers as Flink does, and remembers who has asked."""

    asked: ClassVar[list[tuple[str, str]]] = []

    def GetProvisionInfo(self, request, context):
        self.asked[:] = [tuple(pair) for pair in context.invocation_metadata()]
        options = struct_pb2.Struct()
        options.update({"beam:option:job_name:v1": "complaints"})
        info = provision.ProvisionInfo(
            pipeline_options=options,
            control_endpoint=endpoints_pb2.ApiServiceDescriptor(url="localhost:1"),
            logging_endpoint=endpoints_pb2.ApiServiceDescriptor(url="localhost:2"),
            runner_capabilities=["one", "two"],
        )
        return provision.GetProvisionInfoResponse(info=info)


@pytest.fixture
def address():
    server = grpc.server(futures.ThreadPoolExecutor(1))
    provision_grpc.add_ProvisionServiceServicer_to_server(Service(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


def test_it_reads_what_a_task_manager_calls_it_with():
    line = ["--id=1-1", "--provision_endpoint=localhost:7", "--logging_endpoint=localhost:8"]
    assert boot.asked(line) == ("1-1", "localhost:7")


def test_a_call_without_an_id_is_refused(capsys):
    with pytest.raises(SystemExit):
        boot.asked(["--provision_endpoint=localhost:7"])
    assert "--id" in capsys.readouterr().err


def test_it_asks_in_the_workers_name_and_tells_the_worker(address):
    made = boot.variables("1-1", boot.told("1-1", address))
    assert ("worker_id", "1-1") in Service.asked
    assert made["WORKER_ID"] == "1-1"
    assert made["RUNNER_CAPABILITIES"] == "one two"
    assert json.loads(made["PIPELINE_OPTIONS"]) == {"beam:option:job_name:v1": "complaints"}
    assert "STATUS_API_SERVICE_DESCRIPTOR" not in made
    control = endpoints_pb2.ApiServiceDescriptor()
    text_format.Merge(made["CONTROL_API_SERVICE_DESCRIPTOR"], control)
    assert control.url == "localhost:1"


def test_beams_worker_understands_it(address):
    made = boot.variables("1-1", boot.told("1-1", address))
    del made["LOGGING_API_SERVICE_DESCRIPTOR"]
    assert sdk_worker_main.create_harness(made, dry_run=True) is None
