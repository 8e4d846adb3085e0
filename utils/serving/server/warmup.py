"""Requests that a version is warmed up with, before it becomes available.

Source: https://www.tensorflow.org/tfx/serving/saved_model_warmup
"""

from __future__ import annotations

import time
from typing import Any

import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from utils.serving.server import status, tensors
from utils.serving.server.inference import Engine
from utils.serving.server.metrics import micros
from utils.serving.server.models import Model
from utils.serving.server.status import Code, StatusError, invalid

FILE = "assets.extra/tf_serving_warmup_requests"
"""Where a version's folder has them: ``PredictionLog`` messages in TFRecord format."""

MOST = 1000
"""How many there may be."""


def warm_up(path: str, name: str, model: Model, engine: Engine, iterations: int) -> int:
    """Run a version's warm-up requests, where it has any.

    Args:
        path: The version's folder.
        name: The model's name.
        model: The version, in memory.
        engine: What runs it.
        iterations: How often each request is run.

    Returns:
        How many requests there are.

    Raises:
        StatusError: If one of them fails, or the file holds something else.
    """
    file = f"{path}/{FILE}"
    if not tf.io.gfile.exists(file):
        return 0
    start, count, outcome = time.perf_counter(), 0, "OK"
    try:
        for record in tf.data.TFRecordDataset(file).as_numpy_iterator():
            log = _parsed(record, file)
            for _ in range(iterations):
                _run(name, model, engine, log)
            count += 1
            if count > MOST:
                raise invalid(f"Number of warmup records exceeds the maximum ({MOST}) at {file}")
    except Exception as raised:
        error = status.of(raised)
        if error.code is Code.DATA_LOSS:
            advice = "Please verify your warmup data is in TFRecord format."
            error = StatusError(error.code, f"{error.message}. {advice}")
        outcome = str(error)
        raise error from raised
    finally:
        engine.metrics.warmup_latency.labels(path, outcome).observe(micros(start))
        engine.metrics.warmup_records.labels(path, outcome).inc(count)
    return count


def _parsed(record: bytes, file: str) -> Any:
    try:
        return prediction_log_pb2.PredictionLog.FromString(record)
    except Exception as error:
        raise invalid(f"Failed to parse warmup record from {file}") from error


def _run(name: str, model: Model, engine: Engine, log: Any) -> None:
    kind = log.WhichOneof("log_type")
    if kind is None:
        return
    if kind not in ("predict_log", "classify_log", "regress_log", "multi_inference_log"):
        raise StatusError(Code.UNIMPLEMENTED, f"Unsupported log_type for warmup: {kind}")
    request = getattr(log, kind).request
    if kind == "predict_log":
        inputs = tensors.from_protos(request.inputs)
        signature_name = request.model_spec.signature_name
        engine.predict(name, model, signature_name, inputs, list(request.output_filter))
    elif kind == "multi_inference_log":
        engine.multi_inference(model, 0, request.tasks, request.input)
    else:
        run = engine.classify if kind == "classify_log" else engine.regress
        run(name, model, request.model_spec.signature_name, request.input)
