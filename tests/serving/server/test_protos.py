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
