"""What the What-If Tool's package needs to be imported beside today's TFX, before it or after it.

The package brings its own old copy of TensorFlow Serving's protobuf modules. With protobuf 3 that copy clashes with the
installed one ("already in the pool"), with protobuf 6 it cannot be created at all. So the copy is hidden, and the
installed ``tensorflow-serving-api``, which TFX needs anyway, stands in its place under the same names.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

from utils.displays.registry import Hooks, Patch
from utils.third_party import private

_COPY = "witwidget._vendor.tensorflow_serving.apis"
_INSTALLED = "tensorflow_serving.apis"
_MESSAGES = ("classification_pb2", "inference_pb2", "predict_pb2", "regression_pb2")
_SERVICE = "prediction_service_pb2"

_OLD_OPTION = "including_default_value_fields"
_NEW_OPTION = "always_print_fields_with_no_presence"


def hooks() -> Hooks:
    """Return the stand-ins for what the package brings or calls and today's protobuf does not take."""
    return Hooks(
        patches=[
            Patch(_COPY, "__path__", lambda _: []),
            Patch("witwidget._utils.inference_utils", "json_format", json_format),
        ],
        modules={
            **{f"{_COPY}.{name}": _messages(name) for name in _MESSAGES},
            f"{_COPY}.{_SERVICE}": _service,
        },
    )


def json_format(original: Any) -> Any:
    """Give protobuf's ``json_format`` the option name back that the package uses.

    Args:
        original: The module ``google.protobuf.json_format``.

    Returns:
        The module itself where it still has the option, else a module with the same names whose ``MessageToJson``
        understands it.
    """
    if _OLD_OPTION in inspect.signature(original.MessageToJson).parameters:
        return original
    adapted = ModuleType(original.__name__)
    adapted.__dict__.update(vars(original))

    def message_to_json(message: Any, **options: Any) -> str:
        if _OLD_OPTION in options:
            options[_NEW_OPTION] = options.pop(_OLD_OPTION)
        return str(original.MessageToJson(message, **options))

    adapted.__dict__["MessageToJson"] = message_to_json
    return adapted


def _messages(name: str) -> Callable[[], ModuleType]:
    def make() -> ModuleType:
        installed = importlib.import_module(f"{_INSTALLED}.{name}")
        module = ModuleType(f"{_COPY}.{name}")
        module.__dict__.update(
            {key: value for key, value in vars(installed).items() if not key.startswith("__")}
        )
        return module

    return make


def _service() -> ModuleType:
    """TensorFlow Serving's client under the name that gRPC's first Python interface gave it."""
    module = ModuleType(f"{_COPY}.{_SERVICE}")

    def create_stub(channel: Any) -> object:
        client = importlib.import_module(f"{_INSTALLED}.prediction_service_pb2_grpc")
        return client.PredictionServiceStub(private(channel, "_channel"))

    module.__dict__["beta_create_PredictionService_stub"] = create_stub
    return module
