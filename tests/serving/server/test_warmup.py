"""A version is warmed up by its own requests before it becomes available."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from tests.serving import tiny
from utils.serving.server import warmup
from utils.serving.server.status import StatusError


def logs():
    """A request of each kind."""
    predict, classify, regress, multi = (prediction_log_pb2.PredictionLog() for _ in range(4))
    predict.predict_log.request.inputs["x"].CopyFrom(tf.make_tensor_proto(np.ones(2, np.float32)))
    classify.classify_log.request.model_spec.signature_name = "classify_x_to_y"
    regress.regress_log.request.model_spec.signature_name = "regress_x_to_y"
    task = multi.multi_inference_log.request.tasks.add(method_name="tensorflow/serving/regress")
    task.model_spec.name, task.model_spec.signature_name = "half", "regress_x_to_y"
    for request in (classify.classify_log, regress.regress_log, multi.multi_inference_log):
        request.request.input.example_list.examples.append(tiny.example(1.0))
    return [predict, classify, regress, multi, prediction_log_pb2.PredictionLog()]


def version(source, base_path, records):
    """A version with warm-up requests that appears at once."""
    folder = tiny.put(source, base_path / "part", 1)
    (folder / "assets.extra").mkdir()
    with tf.io.TFRecordWriter(str(folder / warmup.FILE)) as writer:
        for record in records:
            writer.write(record)
    return folder.rename(base_path / "1")


def runs(one):
    return one.server.core.metrics.graph_runs._value.get()


@pytest.mark.parametrize(
    ("flags", "expected"),
    [({}, 4), ({"num_request_iterations_for_warmup": 3}, 12), ({"enable_model_warmup": False}, 0)],
)
def test_requests_of_each_kind(exported, tmp_path, flags, expected):
    version(exported / "two", tmp_path, [log.SerializeToString() for log in logs()])
    with tiny.running(model_name="half", model_base_path=str(tmp_path), **flags) as one:
        assert runs(one) == expected
        page = one.server.core.metrics.page()
        counted = f':model_warmup_records_read{{model_path="{tmp_path}/1",status="OK"}} 5'
        assert (counted in page) == bool(expected)


def test_a_version_that_cannot_be_warmed_up_does_not_become_available(exported, tmp_path):
    broken = prediction_log_pb2.PredictionLog()
    broken.predict_log.request.inputs["z"].CopyFrom(tf.make_tensor_proto([1.0]))
    version(exported / "two", tmp_path, [broken.SerializeToString()])
    with (
        pytest.raises(StatusError, match="input tensor alias not found in signature"),
        tiny.running(model_base_path=str(tmp_path), max_num_load_retries=0),
    ):
        pass


def test_what_is_no_log(exported, tmp_path):
    folder = version(exported / "two", tmp_path, [b"\xff"])
    flags = {"model_base_path": str(tmp_path), "max_num_load_retries": 0}
    with pytest.raises(StatusError, match="Failed to parse warmup record"), tiny.running(**flags):
        pass
    (folder / warmup.FILE).write_bytes(b"no TFRecord at all")
    with (
        pytest.raises(StatusError, match="verify your warmup data is in TFRecord"),
        tiny.running(**flags),
    ):
        pass
    session_run = prediction_log_pb2.PredictionLog()
    session_run.session_run_log.request.model_spec.name = "half"
    with tf.io.TFRecordWriter(str(folder / warmup.FILE)) as writer:
        writer.write(session_run.SerializeToString())
    with pytest.raises(StatusError, match="Unsupported log_type for warmup"), tiny.running(**flags):
        pass
