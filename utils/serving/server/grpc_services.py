"""TensorFlow Serving's gRPC interface: PredictionService and ModelService.

Source: https://github.com/tensorflow/serving/tree/master/tensorflow_serving/apis
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from tensorflow_serving.apis import (
    classification_pb2,
    get_model_status_pb2,
    inference_pb2,
    model_management_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
    regression_pb2,
)

from utils.serving.server import inference, metrics, status, tensors
from utils.serving.server.core import Core
from utils.serving.server.flags import Flags
from utils.serving.server.manager import State, Version
from utils.serving.server.status import Code, StatusError, invalid
from utils.serving.specs import model_spec

LARGEST_MESSAGE = 64 * 2**20
"""How many bytes a request may have, unless ``--grpc_channel_arguments`` says otherwise."""

_LONGEST_MESSAGE = 4000
"""How many bytes an error may take on the wire: it travels in a header, whose size clients limit to 8 KB."""

_GRACE_SECONDS = 5.0


class PredictionService(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Asks models."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def Predict(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Answer a ``PredictRequest``."""
        return self._counted("Predict", self._predict, request, context)

    def Classify(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Answer a ``ClassificationRequest``."""
        return self._counted("Classify", self._classify, request, context)

    def Regress(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Answer a ``RegressionRequest``."""
        return self._counted("Regress", self._regress, request, context)

    def MultiInference(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Answer a ``MultiInferenceRequest``."""
        return self._counted("MultiInference", self._multi_inference, request, context)

    def GetModelMetadata(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Answer a ``GetModelMetadataRequest``."""
        return answer(lambda: self._metadata(request), context)

    def _predict(self, request: Any) -> Any:
        _check_spec(request)
        spec = request.model_spec
        inputs = tensors.from_protos(request.inputs)
        wanted = list(request.output_filter)
        with self._core.use(spec) as (version, model):
            outputs = self._core.engine.predict(
                spec.name, model, spec.signature_name, inputs, wanted
            )
        response = predict_pb2.PredictResponse(model_spec=_answered(spec, version))
        as_content = self._core.flags.enable_serialization_as_tensor_content
        for name, value in outputs.items():
            response.outputs[name].CopyFrom(tensors.to_proto(value, as_content))
        return response

    def _classify(self, request: Any) -> Any:
        ask, response = self._core.engine.classify, classification_pb2.ClassificationResponse
        return self._examples(request, ask, response)

    def _regress(self, request: Any) -> Any:
        ask, response = self._core.engine.regress, regression_pb2.RegressionResponse
        return self._examples(request, ask, response)

    def _examples(self, request: Any, ask: Callable[..., Any], response: Callable[..., Any]) -> Any:
        _check_spec(request)
        spec = request.model_spec
        with self._core.use(spec) as (version, model):
            result = ask(spec.name, model, spec.signature_name, request.input)
        return response(model_spec=_answered(spec, version), result=result)

    def _multi_inference(self, request: Any) -> Any:
        if not request.tasks:
            raise invalid("Inputs required")
        with self._core.use(request.tasks[0].model_spec) as (version, model):
            return self._core.engine.multi_inference(
                model, version.number, request.tasks, request.input
            )

    def _metadata(self, request: Any) -> Any:
        _check_spec(request)
        if not request.metadata_field:
            raise invalid("GetModelMetadataRequest must specify at least one metadata_field")
        for name in request.metadata_field:
            if name != "signature_def":
                raise invalid(f"Metadata field {name} is not supported")
        with self._core.use(request.model_spec) as (version, model):
            return inference.metadata(version.name, version.number, model)

    def _counted(
        self, api: str, run: Callable[[Any], Any], request: Any, context: grpc.ServicerContext
    ) -> Any:
        start, code = time.perf_counter(), Code.OK
        is_multi = isinstance(request, inference_pb2.MultiInferenceRequest)
        specs = (
            [task.model_spec for task in request.tasks[:1]] if is_multi else [request.model_spec]
        )
        name = specs[0].name if specs else ""
        try:
            if not context.is_active():
                raise StatusError(Code.CANCELLED, "The client has hung up, or its time is over")
            response = run(request)
            latency = self._core.metrics.request_latency.labels(name, api, "GRPC")
            latency.observe(metrics.micros(start))
            return response
        except Exception as raised:
            error = status.of(raised)
            code = error.code
            _refuse(context, error)
        finally:
            self._core.metrics.count_request(name, code.name)


class ModelService(model_service_pb2_grpc.ModelServiceServicer):
    """Tells the states of models, and takes another configuration."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def GetModelStatus(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Answer a ``GetModelStatusRequest``."""
        return answer(lambda: model_status(self._core, request), context)

    def HandleReloadConfigRequest(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Answer a ``ReloadConfigRequest``, once the new models are available."""

        def reload() -> Any:
            value = self._core.metrics.value
            before = {name: value(name) for name in request.metric_names}
            self._core.reload(request.config, context.time_remaining())
            response = model_management_pb2.ReloadConfigResponse()
            response.status.SetInParent()
            for name, count in before.items():
                response.metric.add(name=name, int64_value_increase=value(name) - count)
            return response

        return answer(reload, context)


def model_status(core: Core, request: Any) -> Any:
    """Return the states of a model's versions.

    Args:
        core: The models.
        request: A ``GetModelStatusRequest`` message.

    Returns:
        A ``GetModelStatusResponse`` message.

    Raises:
        StatusError: If there are no such versions.
    """
    _check_spec(request)
    response = get_model_status_pb2.GetModelStatusResponse()
    for version in core.states(request.model_spec):
        state = response.model_version_status.add(version=version.number, state=version.state)
        state.status.SetInParent()
        if version.error is not None and version.state == State.END:
            state.status.error_code = status.number(version.error.code)
            state.status.error_message = version.error.message
    return response


def answer(run: Callable[[], Any], context: grpc.ServicerContext) -> Any:
    """Run something for a client, and tell it by gRPC's status what failed."""
    try:
        return run()
    except Exception as raised:
        _refuse(context, status.of(raised))


def _refuse(context: grpc.ServicerContext, error: StatusError) -> None:
    context.abort(error.code, header_text(error.message))


def header_text(message: str) -> str:
    """Cut an error to what a header may hold.

    Args:
        message: Any text; gRPC writes each byte of it that is no ASCII as three.

    Returns:
        Its beginning.
    """
    size = 0
    for place, character in enumerate(message):
        plain = " " <= character <= "~" and character != "%"
        size += 1 if plain else 3 * len(character.encode("utf-8", "replace"))
        if size > _LONGEST_MESSAGE:
            return message[:place]
    return message


def serve(core: Core, flags: Flags) -> grpc.Server:
    """Start the gRPC interface.

    Args:
        core: The models.
        flags: Where to listen, and gRPC's own settings.

    Returns:
        The running server.

    Raises:
        StatusError: If the port or the socket is not to be had.
    """
    server = grpc.server(
        ThreadPoolExecutor(max(flags.grpc_max_threads, 1), "grpc"),
        options=channel_arguments(flags.grpc_channel_arguments),
    )
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
        PredictionService(core), server
    )
    model_service_pb2_grpc.add_ModelServiceServicer_to_server(ModelService(core), server)
    places = [f"{flags.host}:{flags.port}"] if flags.port else []
    places += [f"unix:{flags.grpc_socket_path}"] if flags.grpc_socket_path else []
    for place in places:
        try:
            bound = server.add_insecure_port(place)
        except RuntimeError:
            bound = 0
        if not bound:
            raise StatusError(Code.UNAVAILABLE, f"{place} is already in use, or may not be used")
    server.start()
    return server


def stop(server: grpc.Server) -> None:
    """End the gRPC interface, once the requests that it works on have ended."""
    server.stop(_GRACE_SECONDS).wait()


def channel_arguments(text: str) -> list[tuple[str, int | str]]:
    """Read gRPC's settings.

    Args:
        text: ``name=value`` pairs, separated by commas.

    Returns:
        The settings, with numbers as numbers; a limit for the size of a request comes first.

    Raises:
        StatusError: If a pair has no value, or a number that gRPC cannot hold.
    """
    arguments: list[tuple[str, int | str]] = [
        ("grpc.max_receive_message_length", LARGEST_MESSAGE),
        ("grpc.max_send_message_length", -1),
        ("grpc.so_reuseport", 0),
    ]
    for pair in filter(None, text.split(",")):
        name, equals, value = pair.partition("=")
        if not equals:
            raise invalid(f"grpc_channel_arguments: {pair} has no value")
        is_number = value.removeprefix("-").isdecimal()
        if is_number and (len(value) > 11 or not -(2**31) <= int(value) < 2**31):
            raise invalid(f"grpc_channel_arguments: the value of {name} is no number of 32 bits")
        arguments = [kept for kept in arguments if kept[0] != name]
        arguments.append((name, int(value) if is_number else value))
    return arguments


def _check_spec(request: Any) -> None:
    if not request.HasField("model_spec"):
        raise invalid("Missing ModelSpec")


def _answered(spec: Any, version: Version) -> Any:
    return model_spec(spec.name, spec.signature_name or inference.DEFAULT, version.number)
