"""TensorFlow Serving's text files are read by protobuf."""

from __future__ import annotations

import pytest
from tensorflow_serving.config import model_server_config_pb2

from utils.serving.server import batches, protos
from utils.serving.server.batches import Parameters
from utils.serving.server.status import StatusError


def test_batching_parameters(tmp_path):
    file = tmp_path / "batching.txt"
    file.write_text(
        "max_batch_size { value: 32 } batch_timeout_micros { value: 5000 } max_enqueued_batches { value: 4 }\n"
        "num_batch_threads { value: 3 } allowed_batch_sizes: 8 allowed_batch_sizes: 32\n"
        'pad_variable_length_inputs: true thread_pool_name { value: "mine" }'
    )
    read = Parameters.of(protos.read(file, protos.BatchingParameters()))
    assert read == Parameters(32, 0.005, 4, 3, "mine", (8, 32), True, False, 32)
    assert [read.filled(rows) for rows in (1, 8, 9, 33)] == [8, 8, 32, 33]
    assert Parameters.of(protos.BatchingParameters()) == Parameters(max_execution_batch_size=1000)


def test_allowed_batch_sizes_end_with_the_largest_batch():
    message = protos.BatchingParameters(allowed_batch_sizes=[4, 8])
    message.max_batch_size.value = 16
    with pytest.raises(
        StatusError, match=r"must match max_batch_size; last entry was 8; expected 16"
    ):
        batches.Parameters.of(message)


def test_monitoring(tmp_path):
    file = tmp_path / "monitoring.txt"
    file.write_text('prometheus_config: { enable: true, path: "/metrics" }')
    read = protos.read(file, protos.MonitoringConfig())
    assert (read.prometheus_config.enable, read.prometheus_config.path) == (True, "/metrics")


def test_something_else(tmp_path, capfd):
    file = tmp_path / "models.txt"
    file.write_text("improperly formatted file")
    with pytest.raises(StatusError, match="INVALID_ARGUMENT: Invalid protobuf file"):
        protos.read(file, model_server_config_pb2.ModelServerConfig())
    assert (
        "Error parsing text-format tensorflow.serving.ModelServerConfig" in capfd.readouterr().err
    )
    with pytest.raises(StatusError, match="NOT_FOUND"):
        protos.read(tmp_path / "absent.txt", protos.MonitoringConfig())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("num_batch_threads { value: 0 }", "num_batch_threads must be at least 1; was 0"),
        ("num_batch_threads { value: 1000000000 }", "num_batch_threads must be at most 1024"),
        ("max_batch_size { value: -1 }", "max_batch_size must be at least 1; was -1"),
        ("max_enqueued_batches { value: 0 }", "max_enqueued_batches must be at least 1"),
        ("batch_timeout_micros { value: -1 }", "batch_timeout_micros must be at least 0; was -1"),
        (f"batch_timeout_micros {{ value: {2**63 - 1} }}", "batch_timeout_micros must be at most"),
        (
            "enable_large_batch_splitting { value: true } max_execution_batch_size { value: 0 }",
            "max_execution_batch_size must be at least 1",
        ),
    ],
)
def test_batching_that_no_queue_can_work_by_is_refused(tmp_path, text, said):
    file = tmp_path / "batching.txt"
    file.write_text(text)
    with pytest.raises(StatusError, match=said):
        Parameters.of(protos.read(file, protos.BatchingParameters()))


def test_a_file_that_is_no_text_is_refused(tmp_path, capsys):
    file = tmp_path / "batching.txt"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StatusError, match="Invalid protobuf file"):
        protos.read(file, protos.BatchingParameters())
    assert "no text in UTF-8" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["metrics", "/", "/{x", "/a b", "/v1/models", "//", "/\\303\\244"])
def test_a_page_of_metrics_that_cannot_be_is_refused(tmp_path, path):
    from utils.serving.server.flags import Flags
    from utils.serving.server.stand_in import StandIn

    file = tmp_path / "monitoring.txt"
    file.write_text(f'prometheus_config {{ enable: true, path: "{path}" }}')
    with pytest.raises(StatusError, match="must begin with a slash"):
        StandIn(Flags(monitoring_config_file=str(file)))
