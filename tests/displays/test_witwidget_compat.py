"""What stands in for the What-If Tool's own protobuf modules."""

from __future__ import annotations

from types import ModuleType

from google.protobuf import json_format, struct_pb2

from utils.displays import witwidget_compat


def test_the_old_option_is_understood() -> None:
    adapted = witwidget_compat.json_format(json_format)
    message = struct_pb2.Value(string_value="")
    written = adapted.MessageToJson(message, including_default_value_fields=True)
    assert written == '""'
    assert adapted.Parse is json_format.Parse


def test_a_module_that_has_the_option_is_left_alone() -> None:
    old = ModuleType("json_format")
    old.__dict__["MessageToJson"] = lambda message, including_default_value_fields=False: "{}"
    assert witwidget_compat.json_format(old) is old


def test_tensorflow_servings_client_answers_under_the_old_name() -> None:
    service = witwidget_compat.hooks().modules[
        "witwidget._vendor.tensorflow_serving.apis.prediction_service_pb2"
    ]()
    from grpc.beta import implementations

    stub = service.beta_create_PredictionService_stub(
        implementations.insecure_channel("127.0.0.1", 1)
    )
    assert callable(stub.Classify)
