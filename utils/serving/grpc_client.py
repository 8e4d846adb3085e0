"""A small client of a model server's gRPC interface.

Source: https://github.com/tensorflow/serving/tree/master/tensorflow_serving/apis
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
import numpy as np
import tensorflow as tf
from google.protobuf import text_format
from tensorflow_serving.apis import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_management_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
    regression_pb2,
)

from utils.serving.errors import RequestError
from utils.serving.specs import model_spec

SECONDS = 30.0
"""How long a request may take."""

_LARGEST_MESSAGE = 2**31 - 1


@dataclass(frozen=True)
class Answer:
    """What a model answered over gRPC.

    Attributes:
        outputs: The outputs by name, ``[rows, ...]``.
        version: The number of the version that answered, which REST does not tell.
    """

    outputs: Mapping[str, np.ndarray]
    version: int


class GrpcClient:
    """Asks by protobuf messages over gRPC; several threads may share it."""

    def __init__(self, address: str, seconds: float = SECONDS) -> None:
        """Begin without a connection.

        Args:
            address: The server's address, for example ``"127.0.0.1:8500"`` or ``"unix:/tmp/serving.sock"``.
            seconds: How long a request may take.
        """
        sizes = [
            (f"grpc.max_{way}_message_length", _LARGEST_MESSAGE) for way in ("receive", "send")
        ]
        self._channel = grpc.insecure_channel(address, options=sizes)
        self._seconds = seconds
        self.prediction = prediction_service_pb2_grpc.PredictionServiceStub(self._channel)
        self.model = model_service_pb2_grpc.ModelServiceStub(self._channel)

    def predict(
        self,
        name: str,
        inputs: Mapping[str, Any],
        *,
        signature_name: str = "",
        version: int | None = None,
        label: str | None = None,
        output_filter: Sequence[str] = (),
    ) -> Answer:
        """Ask a model for its outputs.

        Args:
            name: The model's name.
            inputs: By the signature's names, arrays ``[rows, ...]`` of the types that it takes.
            signature_name: The signature; by default the default one.
            version: The version; by default the latest.
            label: Or its label.
            output_filter: Which outputs; by default all.

        Returns:
            The outputs, and the version.

        Raises:
            RequestError: If an input is no tensor, or the server refuses, or cannot be reached.
        """
        request = predict_pb2.PredictRequest(
            model_spec=model_spec(name, signature_name, version, label), output_filter=output_filter
        )
        for key, value in inputs.items():
            try:
                request.inputs[key].CopyFrom(tf.make_tensor_proto(value))
            except (TypeError, ValueError) as error:
                raise RequestError(
                    f"The input {key!r} is no tensor: {error}.",
                    "Give an array, or rows of equal length.",
                ) from error
        response = self.call(self.prediction.Predict, request)
        outputs = {key: tf.make_ndarray(value) for key, value in response.outputs.items()}
        return Answer(outputs, response.model_spec.version.value)

    def classify(
        self, name: str, examples: Sequence[tf.train.Example], signature_name: str = ""
    ) -> Any:
        """Ask a model for labels and scores.

        Args:
            name: The model's name.
            examples: The examples.
            signature_name: The signature; by default the default one.

        Returns:
            A ``ClassificationResponse`` message.

        Raises:
            RequestError: If the server refuses, or cannot be reached.
        """
        request = classification_pb2.ClassificationRequest(
            model_spec=model_spec(name, signature_name)
        )
        request.input.example_list.examples.extend(examples)
        return self.call(self.prediction.Classify, request)

    def regress(
        self, name: str, examples: Sequence[tf.train.Example], signature_name: str = ""
    ) -> Any:
        """Ask a model for a number for each example; see :meth:`classify`."""
        request = regression_pb2.RegressionRequest(model_spec=model_spec(name, signature_name))
        request.input.example_list.examples.extend(examples)
        return self.call(self.prediction.Regress, request)

    def metadata(self, name: str) -> dict[str, Any]:
        """Return a model's signatures, ``SignatureDef`` messages by name.

        Args:
            name: The model's name.

        Raises:
            RequestError: If the server refuses, or cannot be reached.
        """
        request = get_model_metadata_pb2.GetModelMetadataRequest(
            model_spec=model_spec(name), metadata_field=["signature_def"]
        )
        response = self.call(self.prediction.GetModelMetadata, request)
        signatures = get_model_metadata_pb2.SignatureDefMap()
        response.metadata["signature_def"].Unpack(signatures)
        return dict(signatures.signature_def)

    def status(self, name: str) -> dict[int, str]:
        """Return the state of each version of a model, by its number; as REST tells it."""
        request = get_model_status_pb2.GetModelStatusRequest(model_spec=model_spec(name))
        found = self.call(self.model.GetModelStatus, request).model_version_status
        states = get_model_status_pb2.ModelVersionStatus.State
        return {one.version: states.Name(one.state) for one in found}

    def reload(self, config: str) -> None:
        """Give the server another configuration, and wait until its new models are available.

        Args:
            config: A ``ModelServerConfig`` message in protobuf's text format.

        Raises:
            RequestError: If that is no such message, or the server refuses, or cannot be reached.
        """
        request = model_management_pb2.ReloadConfigRequest()
        try:
            text_format.Parse(config, request.config)
        except text_format.ParseError as error:
            raise RequestError(
                f"This is no ModelServerConfig: {error}.", "Mend the line."
            ) from error
        self.call(self.model.HandleReloadConfigRequest, request)

    def call(self, method: Any, request: Any) -> Any:
        """Call any method of the two services.

        Args:
            method: A method of :attr:`prediction` or :attr:`model`.
            request: Its message.

        Returns:
            The message that answers it.

        Raises:
            RequestError: If the server refuses, or cannot be reached.
        """
        try:
            return method(request, timeout=self._seconds)
        except grpc.RpcError as error:
            code, said = error.code().name, error.details()
        # Raised out here, without gRPC's error as its context: that one holds locks, and where Dask is loaded an
        # exception is pickled with all that led to it.
        raise RequestError(f"{code}: {said}", code=code)

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()
