"""The REST interface, over a stand-in with tiny models."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request

import pytest

from tests.serving import tiny
from utils.serving.errors import RequestError
from utils.serving.server.flags import Flags
from utils.serving.server.rest import RestServer
from utils.serving.server.status import StatusError


def refused(ask, *given, **named):
    with pytest.raises(RequestError) as caught:
        ask(*given, **named)
    return caught.value.code, caught.value.what


def test_predict_in_rows_and_in_columns(served):
    assert served.rest.predict("half", instances=[2.0, 3.0, 4.0]) == [4.0, 4.5, 5.0]
    assert served.rest.predict("half", inputs=[2.0, 3.0, 4.0]) == [4.0, 4.5, 5.0]
    assert served.rest.predict("half", inputs={"x": [2.0]}) == [4.0]
    assert served.rest.predict("half", instances=[{"x": 2}]) == [4.0]
    assert served.rest.predict("half", instances=[[1.0, 2.0], [3.0, 4.0]]) == [
        [3.5, 4.0],
        [4.5, 5.0],
    ]


def test_a_version_and_a_label(served):
    assert served.rest.predict("half", instances=[2.0], version=1) == [3.0]
    assert served.rest.predict("half", instances=[2.0], label="stable") == [3.0]
    assert served.rest.predict("half", instances=[2.0], label="canary") == [4.0]


def test_a_signature_with_two_inputs_and_two_outputs(served):
    rows = [{"a": 1, "b": 2}, {"a": 3, "b": 5}]
    found = served.rest.predict("half", instances=rows, signature_name="two")
    assert found == [{"difference": -1.0, "sum": 3.0}, {"difference": -2.0, "sum": 8.0}]
    columns = {"a": [1, 3], "b": [2, 5]}
    found = served.rest.predict("half", inputs=columns, signature_name="two")
    assert found == {"difference": [-1.0, -2.0], "sum": [3.0, 8.0]}


def test_text_bytes_and_other_types(served):
    row = {"text": {"b64": "aGk="}, "whole": 2**53 + 1, "flag": True, "exact": 0.1}
    (found,) = served.rest.predict("half", instances=[row], signature_name="types")
    assert found == {
        "text": "hi", "text_bytes": {"b64": "aGk="}, "whole": 2**53 + 1, "flag": True, "exact": 0.1,
    }  # fmt: skip


def test_numbers_that_json_does_not_have(served):
    request = urllib.request.Request(
        f"{served.url}/v1/models/half:predict", b'{"instances": [NaN, Infinity, -Infinity]}'
    )
    with urllib.request.urlopen(request) as response:
        text = response.read().decode()
        assert response.headers["Content-Type"] == "application/json"
    assert "[NaN, Infinity, -Infinity" in text


@pytest.mark.parametrize("name", ["half", "first"])
def test_classify_and_regress(served, name):
    offset = 1.0 if name == "half" else 0.0
    examples = [{"x": 2.0}, {"x": [80.0]}]
    found = served.rest.classify(name, examples, signature_name="classify_x_to_y")
    assert found == [[["", 3.0 + offset]], [["", 42.0 + offset]]]
    found = served.rest.regress(name, examples, signature_name="regress_x_to_y")
    assert found == [3.0 + offset, 42.0 + offset]


def test_classify_with_labels_a_version_and_a_context(served):
    found = served.rest.classify("half", [{"x": 2.0}], signature_name="classify_labels")
    assert found == [[["above", 2.0], ["below", -2.0]]]
    found = served.rest.regress(
        "half", [{"x": 2.0}], signature_name="regress_x_to_y", label="stable"
    )
    assert found == [3.0]
    body = {"signature_name": "regress_x_to_y", "context": {"x": 2.0}, "examples": [{}, {"x": 4.0}]}
    assert served.rest.post("/v1/models/half/versions/1:regress", body) == {"results": [3.0, 4.0]}


def test_status(served):
    ok = {"error_code": "OK", "error_message": ""}
    both = [{"version": number, "state": "AVAILABLE", "status": ok} for number in ("2", "1")]
    assert served.rest.get("/v1/models/half") == {"model_version_status": both}
    assert served.rest.get("/v1/models/half/versions/1") == {"model_version_status": both[1:]}
    assert served.rest.get("/v1/models/half/labels/stable") == {"model_version_status": both}


def test_metadata(served):
    found = served.rest.metadata("half", label="stable")
    assert found["model_spec"] == {"name": "half", "signature_name": "", "version": "1"}
    signature = found["metadata"]["signature_def"]["signature_def"]["serving_default"]
    assert signature["method_name"] == "tensorflow/serving/predict"
    assert signature["inputs"]["x"] == {
        "name": "serving_default_x:0",
        "dtype": "DT_FLOAT",
        "tensor_shape": {"dim": [{"size": "-1", "name": ""}], "unknown_rank": False},
    }
    assert served.rest.metadata("first")["model_spec"]["version"] == "123"


@pytest.mark.parametrize(
    ("path", "body", "code", "said"),
    [
        ("half:predict", "", 400, "JSON Parse error: The document is empty"),
        ("half:predict", "instances = [1]", 400, "JSON Parse error: Invalid value"),
        ("half:predict", '{"instances": ["x", "y"]}', 400, "not of expected type: float"),
        ("half:predict", '{"signature_name": 100}', 400, "'signature_name' key must be a string value."),
        ("half:predict", "{}", 400, "Missing 'inputs' or 'instances' key"),
        ("half:predict", '{"instances": [1], "signature_name": "none"}', 400,
         'Serving signature name: "none" not found in signature def'),
        ("half:predict", '{"inputs": {"a": [1]}, "signature_name": "two"}', 400, "Missing named input: b"),
        ("half:predict", '{"instances": [[1, 2, 3]], "signature_name": "matrix"}', 400, "Matrix size-incompatible"),
        ("half:predict", '{"instances": [1], "signature_name": "no_rows"}', 400, "y has no shape information"),
        ("half/labels/none:predict", '{"instances": [1]}', 400, "Unrecognized servable version label: none"),
        ("none:predict", '{"instances": [1]}', 404, "Servable not found for request: Latest(none)"),
        ("half/versions/99:predict", '{"instances": [1]}', 404, "Servable not found for request: Specific(half, 99)"),
        ("half:classify", '{"examples": [{"x": 1.0}], "signature_name": "none"}', 400,
         "No signature was found with the name: none"),
        ("half:classify", '{"examples": [{"x": 1.0}]}', 400, "No classification inputs found in SignatureDef"),
        ("half:regress", '{"examples": [{"x": 1.0}], "signature_name": "two"}', 400, "Expected one input Tensor."),
        ("half:regress", '{"examples": [{"z": 1.0}], "signature_name": "regress_x_to_y"}', 400, "x (data type: float)"),
        ("half/version/1:predict", "{}", 400, "Malformed request: POST /v1/models/half/version/1:predict"),
        (f"half/versions/{2**64}:predict", "{}", 400, "Failed to convert version"),
    ],
)  # fmt: skip
def test_bad_requests(served, path, body, code, said):
    status, answer = send(served, "POST", f"/v1/models/{path}", body)
    assert status == code
    assert said in answer["error"]
    assert served.rest.predict("half", instances=[2.0]) == [4.0], "the server is still there"


def send(served, method, path, body="", **headers):
    request = urllib.request.Request(
        served.url + path, body.encode() or None, headers, method=method
    )
    try:
        with urllib.request.urlopen(request) as response:
            text, status = response.read(), response.status
    except urllib.error.HTTPError as error:
        text, status = error.read(), error.code
    return status, json.loads(text) if text else None


@pytest.mark.parametrize(
    ("method", "path", "code", "said"),
    [
        ("GET", "/v1/models/none", 404, "Could not find any versions of model none"),
        ("GET", "/v1/models/half/versions/99", 404, "Could not find version 99 of model half"),
        ("GET", "/v1/models/none/metadata", 404, "Servable not found for request: Latest(none)"),
        ("GET", "/v1/models", 400, "Missing model name in request."),
        ("GET", "/v1/foo", 400, "Malformed request: GET /v1/foo"),
        ("GET", "/v1/models/half:predict", 400, "Malformed request: GET"),
        ("PUT", "/v1/models/half:predict", 400, "Malformed request: PUT"),
        ("OPTIONS", "/v1/models/half:predict", 400, "Origin header is missing in CORS preflight"),
    ],
)
def test_bad_paths(served, method, path, code, said):
    status, answer = send(served, method, path)
    assert (status, said in answer["error"]) == (code, True)


def test_other_paths_are_not_found(served):
    for path in ("/", "/statuspage", "/index.html", "/v2/models/half"):
        assert send(served, "GET", path) == (404, None)


def test_pages_of_other_sites_may_ask_where_the_flag_allows_it(served, exported, tmp_path):
    tiny.put(exported / "two", tmp_path, 1)
    flags = {"model_base_path": str(tmp_path), "rest_api_enable_cors_support": True}
    with tiny.running(**flags) as other:
        request = urllib.request.Request(f"{other.url}/v1/models/default")
        with urllib.request.urlopen(request) as response:
            assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert send(other, "OPTIONS", "/v1/models/default:predict", Origin="http://x") == (
            200,
            None,
        )
        status, _ = send(other, "GET", "/monitoring/prometheus/metrics")
        assert status == 404, "without a monitoring configuration"
    with urllib.request.urlopen(f"{served.url}/v1/models/half") as response:
        assert response.headers["Access-Control-Allow-Origin"] is None


def test_a_port_that_there_is_not():
    with pytest.raises(StatusError, match=r"UNAVAILABLE: 127.0.0.1:99999: .*0-65535"):
        RestServer(None, Flags(rest_api_port=99999), None)


def test_a_request_that_takes_too_long(exported, tmp_path, monkeypatch):
    tiny.put(exported / "two", tmp_path, 1)
    gate = threading.Event()
    with tiny.running(model_base_path=str(tmp_path), rest_api_timeout_in_ms=500) as other:
        with monkeypatch.context() as patched:
            patched.setattr(other.server._rest, "_predict", lambda *_: gate.wait(30))
            said = refused(other.rest.predict, "default", instances=[2.0])
        gate.set()
        assert said == (504, "HTTP 504: Timed out waiting for the model to answer")
        assert other.rest.predict("default", instances=[2.0]) == [3.0]


def test_the_page_for_prometheus(served):
    served.rest.predict("half", instances=[2.0])
    refused(served.rest.predict, "none", instances=[2.0])
    with urllib.request.urlopen(f"{served.url}/monitoring/prometheus/metrics") as response:
        page = response.read().decode()
        assert response.headers["Content-Type"].startswith("text/plain")
    assert "# TYPE :tensorflow:serving:request_count counter" in page
    assert ':tensorflow:serving:request_count{model_name="none",status="NOT_FOUND"}' in page
    assert (
        ':tensorflow:serving:request_latency_count{model_name="half",API="predict",entrypoint="REST"}'
        in page
    )
    assert page.count("load_attempt_count{model_path=") == 3


@pytest.mark.parametrize(
    ("body", "headers", "said"),
    [
        (b"no gzip", {"Content-Encoding": "gzip"}, "The body cannot be decoded"),
        (b'{"examples": [{"x": "\\ud800"}]}', {}, "surrogate pair"),
        (b'{"examples": [{"\\ud800": 1}]}', {}, "surrogate pair"),
        (b'{"signature_name": "\\ud800", "instances": [1]}', {}, "surrogate pair"),
        (b'{"instances": [' + b"9" * 5000 + b"]}", {}, "too many digits"),
    ],
)
@pytest.mark.parametrize("method", ["predict", "classify"])
def test_what_is_strange_is_refused_with_a_reason(served, method, body, headers, said):
    request = urllib.request.Request(f"{served.url}/v1/models/half:{method}", body, headers)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 400
    assert said in json.loads(caught.value.read())["error"]


def test_a_version_of_thousands_of_digits_is_refused(served):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{served.url}/v1/models/half/versions/{'9' * 5000}")
    assert caught.value.code == 400
    assert "to numeric" in json.loads(caught.value.read())["error"]
