"""The gRPC interface, over a stand-in with tiny models."""

from __future__ import annotations

import numpy as np
import pytest
from tensorflow.core.framework import types_pb2
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    inference_pb2,
    model_management_pb2,
    predict_pb2,
)

from tests.serving import tiny
from utils.serving.clients import GrpcClient
from utils.serving.errors import RequestError
from utils.serving.server.grpc_services import channel_arguments, header_text
from utils.serving.server.status import StatusError

X = {"x": np.array([2.0], np.float32)}


def refused(ask, *given, **named):
    with pytest.raises(RequestError) as caught:
        ask(*given, **named)
    return caught.value.what


def test_predict(served):
    answer = served.grpc.predict("half", X)
    assert (answer.version, answer.outputs["y"].tolist()) == (2, [4.0])
    assert served.grpc.predict("half", X, version=1).version == 1
    assert served.grpc.predict("half", X, label="stable").outputs["y"].tolist() == [3.0]
    assert served.grpc.predict("first", X).outputs["y"].tolist() == [3.0]


def test_predict_answers_with_lists_of_values_and_the_whole_model_spec(served):
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "half"
    request.inputs["x"].dtype = types_pb2.DT_FLOAT
    request.inputs["x"].float_val.append(2.0)
    request.inputs["x"].tensor_shape.dim.add().size = 1
    response = served.grpc.call(served.grpc.prediction.Predict, request)
    assert list(response.outputs["y"].float_val) == [4.0]
    spec = response.model_spec
    assert (spec.name, spec.signature_name, spec.version.value) == ("half", "serving_default", 2)


def test_an_output_filter(served):
    both = {"a": X["x"], "b": X["x"]}
    wanted = {"signature_name": "two", "output_filter": ["sum"]}
    assert list(served.grpc.predict("half", both, **wanted).outputs) == ["sum"]
    wanted["output_filter"] = ["product"]
    said = refused(served.grpc.predict, "half", both, **wanted)
    assert "output tensor alias not found in signature: product" in said
    assert "{difference,sum}" in said
    wanted["output_filter"] = ["sum", "sum"]
    assert "duplicate output tensor alias: sum" in refused(
        served.grpc.predict, "half", both, **wanted
    )


def test_shapes_are_checked_by_the_operations_that_need_them(served):
    square = {"x": np.ones([2, 2], np.float32)}
    assert served.grpc.predict("half", square).outputs["y"].shape == (2, 2)
    wrong = {"x": np.ones([2, 3], np.float32)}
    said = refused(served.grpc.predict, "half", wrong, signature_name="matrix")
    assert said.startswith("INVALID_ARGUMENT: Matrix size-incompatible")


@pytest.mark.parametrize(
    ("name", "inputs", "named", "said"),
    [
        ("", X, {}, "INVALID_ARGUMENT: ModelSpec has no name specified."),
        ("none", X, {}, "NOT_FOUND: Servable not found for request: Latest(none)"),
        (
            "half",
            X,
            {"version": 99},
            "NOT_FOUND: Servable not found for request: Specific(half, 99)",
        ),
        (
            "half",
            X,
            {"label": "none"},
            "INVALID_ARGUMENT: Unrecognized servable version label: none",
        ),
        (
            "half",
            X,
            {"signature_name": "none"},
            'FAILED_PRECONDITION: Serving signature key "none" not found.',
        ),
        ("half", {}, {}, "INVALID_ARGUMENT: input size does not match signature: 0!=1"),
        (
            "half",
            {"z": [1.0]},
            {},
            "not found in signature: {z}. Inputs expected to be in the set {x}.",
        ),
        (
            "half",
            {"x": [1]},
            {},
            "INVALID_ARGUMENT: Type mismatch: input x is int32, expected float32",
        ),
        (
            "half",
            {"x": ["a"]},
            {},
            "INVALID_ARGUMENT: Type mismatch: input x is string, expected float32",
        ),
    ],
)
def test_bad_requests(served, name, inputs, named, said):
    assert said in refused(served.grpc.predict, name, inputs, **named)
    assert served.grpc.predict("half", X).version == 2, "the server is still there"


@pytest.mark.parametrize("name", ["half", "first"])
def test_classify_and_regress(served, name):
    expected = 4.0 if name == "half" else 3.0
    answer = served.grpc.classify(name, [tiny.example(2.0)], "classify_x_to_y")
    (row,) = answer.result.classifications
    assert [one.score for one in row.classes] == [expected]
    assert answer.model_spec.signature_name == "classify_x_to_y"
    answer = served.grpc.regress(name, [tiny.example(2.0)], "regress_x_to_y")
    assert [one.value for one in answer.result.regressions] == [expected]
    assert answer.model_spec.version.value == {"half": 2, "first": 123}[name]


def test_classify_with_labels_and_without_examples(served):
    answer = served.grpc.classify("half", [tiny.example(2.0)], "classify_labels")
    (row,) = answer.result.classifications
    assert [(one.label, one.score) for one in row.classes] == [("above", 2.0), ("below", -2.0)]
    assert "Input is empty." in refused(served.grpc.classify, "half", [], "classify_x_to_y")


def multi(served, *tasks):
    request = inference_pb2.MultiInferenceRequest()
    for name, signature_name, method in tasks:
        task = request.tasks.add(method_name=f"tensorflow/serving/{method}")
        task.model_spec.name, task.model_spec.signature_name = name, signature_name
    request.input.example_list.examples.append(tiny.example(2.0))
    return served.grpc.call(served.grpc.prediction.MultiInference, request)


@pytest.mark.parametrize("name", ["half", "first"])
def test_multi_inference(served, name):
    tasks = (name, "regress_x_to_y", "regress"), (name, "classify_x_to_y", "classify")
    regressed, classified = multi(served, *tasks).results
    expected = 4.0 if name == "half" else 3.0
    assert regressed.regression_result.regressions[0].value == expected
    assert classified.classification_result.classifications[0].classes[0].score == expected
    assert classified.model_spec.signature_name == "classify_x_to_y"
    assert regressed.model_spec.version.value == {"half": 2, "first": 123}[name]


@pytest.mark.parametrize(
    ("tasks", "said"),
    [
        (
            [("half", "regress_x_to_y", "regress"), ("first", "regress_x_to_y", "regress")],
            "the same model name",
        ),
        (
            [("half", "regress_x_to_y", "regress")] * 2,
            "Duplicate evaluation of signature: regress_x_to_y",
        ),
        ([("half", "none", "regress")], "Requested signature not found in model graph: none"),
        (
            [("half", "regress_x_to_y", "predict")],
            "Unsupported signature method_name: tensorflow/serving/predict",
        ),
        ([("half", "regress_x_to_y", "regress"), ("", "two", "regress")], "an empty model name"),
    ],
)
def test_tasks_that_do_not_fit_together(served, tasks, said):
    assert said in refused(multi, served, *tasks)


def test_metadata(served):
    signatures = served.grpc.metadata("half")
    assert {"serving_default", "two", "classify_x_to_y"} <= set(signatures)
    assert signatures["two"].inputs["a"].dtype == types_pb2.DT_FLOAT
    request = get_model_metadata_pb2.GetModelMetadataRequest()
    ask = served.grpc.prediction.GetModelMetadata
    assert "Missing ModelSpec" in refused(served.grpc.call, ask, request)
    request.model_spec.name = "half"
    assert "at least one metadata_field" in refused(served.grpc.call, ask, request)
    request.metadata_field.append("assets")
    assert "Metadata field assets is not supported" in refused(served.grpc.call, ask, request)


def test_status(served):
    assert served.grpc.status("half") == {1: "AVAILABLE", 2: "AVAILABLE"}
    assert "NOT_FOUND: Could not find any versions of model none" in refused(
        served.grpc.status, "none"
    )
    request = get_model_status_pb2.GetModelStatusRequest()
    assert "Missing ModelSpec" in refused(
        served.grpc.call, served.grpc.model.GetModelStatus, request
    )
    request.model_spec.name, request.model_spec.version.value = "half", 1
    (one,) = served.grpc.call(served.grpc.model.GetModelStatus, request).model_version_status
    assert (one.version, one.status.error_code) == (1, 0)


def test_a_reload_without_a_list(served):
    request = model_management_pb2.ReloadConfigRequest()
    said = refused(served.grpc.call, served.grpc.model.HandleReloadConfigRequest, request)
    assert "Only ModelConfigList is currently supported" in said


def test_channel_arguments_are_passed_on():
    given = channel_arguments("grpc.max_connection_age_ms=2000,grpc.lb_policy_name=grpclb")
    assert ("grpc.max_connection_age_ms", 2000) in given
    assert ("grpc.lb_policy_name", "grpclb") in given
    replaced = dict(channel_arguments("grpc.max_receive_message_length=-1"))
    assert replaced["grpc.max_receive_message_length"] == -1
    with pytest.raises(StatusError, match="x has no value"):
        channel_arguments("x")
    for value in ("2147483648", "-2147483649", "9" * 5_000):
        with pytest.raises(StatusError, match="the value of x is no number of 32 bits"):
            channel_arguments(f"x={value}")


def test_a_socket_raw_bytes_and_channel_arguments(exported, tmp_path):
    tiny.put(exported / "two", tmp_path / "half", 1)
    socket = tmp_path / "serving.sock"
    with tiny.running(
        model_base_path=str(tmp_path / "half"),
        grpc_socket_path=str(socket),
        enable_serialization_as_tensor_content=True,
        grpc_channel_arguments="grpc.max_connection_age_ms=2000,grpc.lb_policy_name=grpclb",
    ) as other:
        client = GrpcClient(f"unix:{socket}")
        assert client.predict("default", X).outputs["y"].tolist() == [3.0]
        client.close()
        assert other.grpc.predict("default", X).version == 1


def test_methods_are_checked_where_the_flag_asks_for_it(exported, tmp_path):
    tiny.put(exported / "two", tmp_path / "half", 1)
    tiny.put(exported / "first", tmp_path / "first", 1)
    models = tmp_path / "models.txt"
    models.write_text(
        str(
            tiny.config(
                *(f'name: "{name}" base_path: "{tmp_path / name}"' for name in ("half", "first"))
            )
        )
    )
    flags = {"model_config_file": str(models), "enable_signature_method_name_check": True}
    with tiny.running(**flags) as other:
        given = [tiny.example(2.0)], "classify_x_to_y"
        said = refused(other.grpc.classify, "half", *given)
        assert (
            "method_name to be tensorflow/serving/classify. Was: tensorflow/serving/predict" in said
        )
        assert other.grpc.classify("first", *given).result.classifications
        assert other.grpc.predict("half", X).version == 1


@pytest.mark.parametrize("name", ["a" * 9000, "é" * 9000, "%" * 9000, "\U0001f600" * 9000])
def test_an_error_of_any_text_fits_into_its_header(served, name):
    said = refused(served.grpc.predict, name, X)
    assert said.startswith("NOT_FOUND")
    assert name[:100] in said


def test_an_error_that_fits_is_told_whole():
    assert header_text("Servable é not found\n") == "Servable é not found\n"
    assert len(header_text("é" * 9000)) == 4000 // 6
