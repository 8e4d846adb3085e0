"""What the interfaces ask of a model: predict, classify, regress, several at once, and its signatures.

Source: https://github.com/tensorflow/serving/tree/master/tensorflow_serving/servables/tensorflow
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    inference_pb2,
)

from utils.serving.server import results, tensors
from utils.serving.server.metrics import Metrics
from utils.serving.server.models import Model
from utils.serving.server.status import Code, StatusError, invalid
from utils.serving.specs import model_spec

DEFAULT = tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY
"""The signature that is asked where none is named."""

PREDICT = tf.saved_model.PREDICT_METHOD_NAME
CLASSIFY = tf.saved_model.CLASSIFY_METHOD_NAME
REGRESS = tf.saved_model.REGRESS_METHOD_NAME
"""The methods that a signature, or a task of several, may name."""


@dataclass(frozen=True)
class Engine:
    """Asks models.

    Attributes:
        metrics: Where it is counted.
        check_method: Whether a signature's method must be the one that is asked for.
    """

    metrics: Metrics
    check_method: bool = False

    def predict(
        self,
        name: str,
        model: Model,
        signature_name: str,
        inputs: Mapping[str, np.ndarray],
        output_filter: Sequence[str] = (),
    ) -> dict[str, np.ndarray]:
        """Run a signature.

        Args:
            name: The model's name, for the metrics.
            model: The model.
            signature_name: The signature; empty for the default one.
            inputs: By the signature's names, values in the shapes that the model takes.
            output_filter: Which outputs; all where it is empty.

        Returns:
            The outputs by the signature's names.

        Raises:
            StatusError: If the signature does not exist, or does not take this.
        """
        key = signature_name or DEFAULT
        signature = model.signatures.get(key)
        if signature is None:
            raise StatusError(Code.FAILED_PRECONDITION, f'Serving signature key "{key}" not found.')
        if self.check_method and signature.method_name not in (PREDICT, CLASSIFY, REGRESS):
            raise StatusError(
                Code.INTERNAL,
                "Expected prediction signature method_name to be one of "
                f"{{{PREDICT}, {CLASSIFY}, {REGRESS}}}. Was: {signature.method_name}",
            )
        inputs = _completed(signature, inputs)
        outputs = _filtered(signature, output_filter)
        feeds = {signature.inputs[alias].name: value for alias, value in inputs.items()}
        _check_types(signature, inputs)
        values = self._run(name, "Predict", model, feeds, [info.name for info in outputs.values()])
        return dict(zip(outputs, values, strict=True))

    def classify(self, name: str, model: Model, signature_name: str, given: Any) -> Any:
        """Classify examples.

        Args:
            name: The model's name, for the metrics.
            model: The model.
            signature_name: The signature; empty for the default one.
            given: An ``Input`` message with examples.

        Returns:
            A ``ClassificationResult`` message.

        Raises:
            StatusError: If the signature does not exist, or does not classify.
        """
        return self._examples(name, model, signature_name, given, CLASSIFY)

    def regress(self, name: str, model: Model, signature_name: str, given: Any) -> Any:
        """Regress examples; returns a ``RegressionResult`` message, see :meth:`classify`."""
        return self._examples(name, model, signature_name, given, REGRESS)

    def _examples(
        self, name: str, model: Model, signature_name: str, given: Any, method: str
    ) -> Any:
        key = signature_name or DEFAULT
        if key not in model.signatures:
            raise invalid(f"No signature was found with the name: {key}")
        signature = model.signatures[key]
        fetches = self._outputs(signature, method)
        examples = serialized(given)
        feeds = {signature.inputs["inputs"].name: examples}
        api = "Classify" if method == CLASSIFY else "Regress"
        names = [info.name for info in fetches.values()]
        values = self._run(name, api, model, feeds, names)
        self.metrics.count_examples(name, len(examples))
        return _result(method)(dict(zip(fetches, values, strict=True)), len(examples))

    def multi_inference(self, model: Model, version: int, tasks: Sequence[Any], given: Any) -> Any:
        """Classify and regress the same examples in one run.

        Args:
            model: The model.
            version: Its number.
            tasks: ``InferenceTask`` messages, each for a signature of its own.
            given: An ``Input`` message with examples.

        Returns:
            A ``MultiInferenceResponse`` message.

        Raises:
            StatusError: If the tasks do not fit together, or the model has no such signatures.
        """
        wanted: dict[str, tuple[Any, dict[str, Any]]] = {}
        for task in tasks:
            if not task.model_spec.name:
                raise invalid("Found ModelSpec with an empty model name.")
            if task.model_spec.name != tasks[0].model_spec.name:
                raise invalid(
                    "All ModelSpecs in a MultiInferenceRequest must access the same model name."
                )
            key = task.model_spec.signature_name or DEFAULT
            if key in wanted:
                raise invalid(f"Duplicate evaluation of signature: {key}")
            if key not in model.signatures:
                raise invalid(f"Requested signature not found in model graph: {key}")
            if task.method_name not in (CLASSIFY, REGRESS):
                raise StatusError(
                    Code.UNIMPLEMENTED, f"Unsupported signature method_name: {task.method_name}"
                )
            wanted[key] = task, self._outputs(model.signatures[key], task.method_name)
        name = tasks[0].model_spec.name
        examples = serialized(given)
        feeds = {model.signatures[key].inputs["inputs"].name: examples for key in wanted}
        fetches = sorted({info.name for _, infos in wanted.values() for info in infos.values()})
        values = dict(
            zip(fetches, self._run(name, "MultiInference", model, feeds, fetches), strict=True)
        )
        self.metrics.count_examples(name, len(examples))
        response = inference_pb2.MultiInferenceResponse()
        for key, (task, infos) in wanted.items():
            outputs = {alias: values[info.name] for alias, info in infos.items()}
            result = response.results.add(model_spec=model_spec(name, key, version))
            made = _result(task.method_name)(outputs, len(examples))
            kind = "classification" if task.method_name == CLASSIFY else "regression"
            getattr(result, f"{kind}_result").CopyFrom(made)
        return response

    def _outputs(self, signature: Any, method: str) -> dict[str, Any]:
        """Return the outputs that a method reads, and check that a signature has what the method needs."""
        kind, aliases = (
            ("classification", ("classes", "scores"))
            if method == CLASSIFY
            else ("regression", ("outputs",))
        )
        if self.check_method and signature.method_name != method:
            raise invalid(
                f"Expected {kind} signature method_name to be {method}. Was: {signature.method_name}"
            )
        if len(signature.inputs) != 1:
            raise invalid("Expected one input Tensor.")
        if not 1 <= len(signature.outputs) <= len(aliases):
            many = "one or two output Tensors" if len(aliases) > 1 else "one output Tensor"
            raise invalid(f"Expected {many}, found {len(signature.outputs)}")
        if "inputs" not in signature.inputs:
            raise invalid(f"No {kind} inputs found in SignatureDef: {signature}")
        found = {alias: signature.outputs[alias] for alias in aliases if alias in signature.outputs}
        if not found:
            raise invalid(f"No {kind} outputs found in SignatureDef: {signature}")
        return found

    def _run(
        self, name: str, api: str, model: Model, feeds: Mapping[str, np.ndarray], fetches: list[str]
    ) -> list[np.ndarray]:
        with self.metrics.runtime(name, api):
            return model.runner.run(feeds, fetches)


def metadata(name: str, version: int, model: Model) -> Any:
    """Return a ``GetModelMetadataResponse`` message with the signatures of a model."""
    signatures = get_model_metadata_pb2.SignatureDefMap()
    for key, signature in model.signatures.items():
        signatures.signature_def[key].CopyFrom(signature)
    response = get_model_metadata_pb2.GetModelMetadataResponse(
        model_spec=model_spec(name, version=version)
    )
    response.metadata["signature_def"].Pack(signatures)
    return response


def serialized(given: Any) -> np.ndarray:
    """Return the examples of an ``Input`` message.

    Args:
        given: Examples, or examples with a context, whose features all of them share.

    Returns:
        Serialized ``tf.Example`` s, ``[examples]``.

    Raises:
        StatusError: If there are none.
    """
    context = given.example_list_with_context.context.SerializeToString()
    examples = given.example_list.examples or given.example_list_with_context.examples
    if not examples:
        raise invalid("Input is empty.")
    # One serialized message after another is the message in which the second adds to the first.
    return np.array([context + example.SerializeToString() for example in examples], object)


def _completed(signature: Any, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return a value for each input of a signature: what was sent, or the signature's default."""
    sent, required = set(inputs), set(signature.inputs)
    defaults = getattr(signature, "defaults", {})  # TensorFlow has them since 2.14
    missing = required - sent - set(defaults)
    if len(sent) > len(required) or len(sent) < len(required) - len(defaults):
        raise invalid(
            f"input size does not match signature: {len(sent)}!={len(required)} len({_set(sent)}) != "
            f"len({_set(required)}). Sent extra: {_set(sent - required)}. "
            f"Missing but required: {_set(missing)}."
        )
    if sent - required or missing:
        raise invalid(
            f"input tensor alias not found in signature: {_set(sent - required)}. Inputs expected to be in the set "
            f"{_set(required)}. Missing but required: {_set(missing)}."
        )
    absent = {alias: tensors.from_proto(defaults[alias], alias) for alias in required - sent}
    return {**inputs, **absent}


def _check_types(signature: Any, inputs: Mapping[str, np.ndarray]) -> None:
    for alias, value in inputs.items():
        expected = tf.as_dtype(signature.inputs[alias].dtype)
        actual = tf.as_dtype(value.dtype if value.dtype.kind != "S" else np.object_)
        if actual != expected:
            raise invalid(
                f"Type mismatch: input {alias} is {actual.name}, expected {expected.name}"
            )


def _filtered(signature: Any, output_filter: Sequence[str]) -> dict[str, Any]:
    for alias in output_filter:
        if alias not in signature.outputs:
            raise invalid(
                f"output tensor alias not found in signature: {alias} Outputs expected to be in the set "
                f"{_set(signature.outputs)}."
            )
    if len(set(output_filter)) < len(output_filter):
        twice = next(alias for alias in output_filter if output_filter.count(alias) > 1)
        raise invalid(f"duplicate output tensor alias: {twice}")
    return {alias: signature.outputs[alias] for alias in output_filter or sorted(signature.outputs)}


def _set(names: Iterable[str]) -> str:
    return "{" + ",".join(sorted(names)) + "}"


def _result(method: str) -> Callable[[Mapping[str, np.ndarray], int], Any]:
    return results.classification if method == CLASSIFY else results.regression
