"""The local server, over REST and gRPC, and the files that it is configured by.

It runs in this process with two tiny models, so that its memory is this process's and its errors are seen. It may
answer what TensorFlow Serving documents: a refusal is 4xx, or 501 for what a model's type cannot do; over gRPC it is a
code that says whose fault it is. 500, ``UNKNOWN`` and ``INTERNAL`` are faults, but for bytes that are no message.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import itertools
import json
import logging
import re
import select
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from tests.fuzzing import mutations
from tests.fuzzing.harness import ACCEPTED, REFUSED, Fault, Target, Try, drawn, mutated

REFUSALS = (
    400,
    401,
    403,
    404,
    405,
    408,
    409,
    411,
    412,
    413,
    414,
    415,
    417,
    426,
    429,
    431,
    501,
    503,
)
"""What a request may be refused with; 503 where a queue of batches is full."""

LIVES = 250
"""After so many inputs a good request must be answered rightly."""

SIGNATURES = ("serving_default", "two", "types", "pairs", "matrix", "no_rows")
EXAMPLES = ("classify_x_to_y", "classify_labels", "regress_x_to_y")

Request = tuple[str, str, dict[str, str], bytes]
"""Method, path, headers and body."""


@contextmanager
def _served(folder: Path) -> Iterator[Any]:
    from tests.serving import tiny
    from utils.serving import PROMETHEUS

    tiny.put(tiny.save(folder / "exported", 2.0), folder / "half", 1)
    tiny.put(tiny.save_of_first_generation(folder / "exported-first"), folder / "first", 123)
    models, monitoring = folder / "models.txt", folder / "monitoring.txt"
    models.write_text(str(_config(folder)))
    monitoring.write_text(PROMETHEUS)
    for name in ("aiohttp", "grpc", "utils.serving"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    given = {"model_config_file": str(models), "monitoring_config_file": str(monitoring)}
    with tiny.running(**given, allow_version_labels_for_unavailable_models=True) as one:
        yield one


def _config(folder: Path) -> Any:
    from tests.serving import tiny

    return tiny.config(
        f'name: "half" base_path: "{folder / "half"}" version_labels {{ key: "stable" value: 1 }}',
        f'name: "first" base_path: "{folder / "first"}"',
    )


def _check_alive(served: Any) -> None:
    import numpy as np

    if served.rest.predict("half", instances=[2.0]) != [3.0]:
        raise Fault("the REST interface does not answer any more")
    if served.grpc.predict("half", {"x": np.array([2.0], np.float32)}).outputs["y"][0] != 3.0:
        raise Fault("the gRPC interface does not answer any more")


# REST


def _pulse(served: Any) -> Callable[[], None]:
    """Return what is called before each input, and asks a good request after every :data:`LIVES` of them."""
    asked = itertools.count(1)

    def beat() -> None:
        if next(asked) % LIVES == 0:
            _check_alive(served)

    return beat


def _strange_json() -> st.SearchStrategy[str]:
    """Pieces of JSON that some parser stumbles over."""
    deep = st.sampled_from([10, 33, 70, 200, 900, 990, 5000, 60_000])
    return st.one_of(
        st.sampled_from(
            [
                *(
                    "NaN",
                    "-Infinity",
                    "1e999",
                    "-1e-999",
                    "9" * 20,
                    "9" * 5000,
                    "1" + "0" * 400,
                    "-0",
                ),
                *(
                    '"\\ud800"',
                    '"\\u0000"',
                    '{"b64": "AAA"}',
                    '{"b64": "é"}',
                    '{"b64": 1}',
                    '{"b64": "\\ud800"}',
                ),
                *(
                    '{"b64": "QQ==", "x": 1}',
                    "[]",
                    "[[]]",
                    "[[], [1]]",
                    "{}",
                    "null",
                    '{"": ""}',
                    "",
                    ",",
                    "01",
                ),
                *(
                    "[1, [2]]",
                    "[[1], 2]",
                    "0x1",
                    "'a'",
                    "True",
                    "/* */ 1",
                    "1 2",
                    "\ufeff1",
                    '{"\\ud800": 1}',
                ),
                *(
                    "9223372036854775807",
                    "9223372036854775808",
                    "-9223372036854775809",
                    "1.5",
                    "1e2",
                    "true",
                ),
            ]
        ),
        deep.map(lambda depth: "[" * depth + "]" * depth),
        deep.map(lambda depth: "[" * depth + "1" + "]" * depth),
        deep.map(lambda depth: '{"a":' * depth + "1" + "}" * depth),
        deep.map(lambda depth: "[" * depth),
        st.integers(1, 3).map(lambda power: json.dumps([1.0] * 10**power)),
    )


def _json() -> st.SearchStrategy[str]:
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        mutations.hostile_text(20),
        st.binary(max_size=12).map(lambda data: {"b64": base64.b64encode(data).decode()}),
    )
    keys = st.sampled_from(["x", "a", "b", "text", "whole", "flag", "exact", "b64", "inputs"])
    whole = st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(keys | mutations.hostile_text(8), inner, max_size=4)
        ),
        max_leaves=8,
    )
    return whole.map(json.dumps) | _strange_json()


_GOOD = (
    '{"instances": [2.0]}',
    '{"inputs": {"x": [2.0, 3.0]}}',
    '{"signature_name": "two", "inputs": {"a": [1.0], "b": [2.0]}}',
    '{"signature_name": "types", "instances": [{"text": "a", "whole": 1, "flag": true, "exact": 1.5}]}',
    '{"signature_name": "matrix", "instances": [[1.0, 2.0]]}',
    '{"signature_name": "classify_x_to_y", "examples": [{"x": 1.0}]}',
    '{"signature_name": "regress_x_to_y", "context": {}, "examples": [{"x": [1.0]}, {"x": 2.0}]}',
)


def _object(*pairs: str) -> str:
    return "{" + ", ".join(pair for pair in pairs if pair) + "}"


def _bodies() -> st.SearchStrategy[bytes]:
    names = st.sampled_from(
        [f'"signature_name": "{name}"' for name in (*SIGNATURES, *EXAMPLES)]
        + ['"signature_name": 1', '"signature_name": "\\ud800"', '"signature_name": null', ""]
    )
    keys = st.sampled_from(['"instances"', '"inputs"', '"examples"'])
    more = st.sampled_from(["", "", "", '"context": {"x": 1}', '"context": []', '"inputs": 1'])
    features = st.sampled_from(["x", "a", "b", "text", "whole", "flag", "exact"])
    pairs = st.builds('"{}": {}'.format, features, _json())
    several = st.lists(_json(), max_size=4).map(", ".join)
    texts = st.one_of(
        st.sampled_from(_GOOD),
        st.builds(_object, names, st.builds("{}: {}".format, keys, _json()), more),
        st.builds(_object, names, st.builds("{}: [{}]".format, keys, several), more),
        st.builds(
            _object, names, st.lists(pairs, max_size=4).map(lambda x: f'"inputs": {_object(*x)}')
        ),
        st.builds(_object, names, pairs.map(lambda pair: f'"examples": [{_object(pair)}]')),
        _json(),
    )
    encoded = texts.map(_encoded)
    damaged = st.builds(
        lambda data, seed: mutations.changed(Random(seed), data), encoded, st.integers(0, 2**32)
    )
    return encoded | damaged


_INPUTS = {
    "serving_default": {"x": "float"},
    "two": {"a": "float", "b": "float"},
    "types": {"text": "text", "whole": "int", "flag": "bool", "exact": "float"},
    "pairs": {"x": "float"},
    "matrix": {"x": "row"},
    "no_rows": {"x": "float"},
}
"""The kinds of the signatures' inputs."""


def _values() -> dict[str, st.SearchStrategy[str]]:
    """By kind, JSON that mostly fits it."""
    bounds = 2**63
    right: dict[str, st.SearchStrategy[Any]] = {
        "float": st.floats(width=32) | st.integers(-5, 5),
        "int": st.integers(-bounds, bounds - 1),
        "bool": st.booleans(),
        "text": mutations.hostile_text(30)
        | st.binary(max_size=9).map(lambda data: {"b64": base64.b64encode(data).decode()}),
        "row": st.lists(st.floats(width=32), min_size=2, max_size=2),
    }
    return {kind: one.map(json.dumps) for kind, one in right.items()}


def _fitting() -> st.SearchStrategy[tuple[str, bytes]]:
    """A method and a body that a signature might take, with at most one value that does not fit."""
    values, strange = _values(), _json()

    @st.composite
    def predict(draw: Any) -> tuple[str, bytes]:
        name = draw(st.sampled_from(sorted(_INPUTS)))
        many, rows = draw(st.integers(1, 3)), draw(st.booleans())
        columns = {
            key: [draw(values[kind]) for _ in range(many)] for key, kind in _INPUTS[name].items()
        }
        if draw(st.booleans()):
            draw(st.sampled_from(sorted(columns.items())))[1][draw(st.integers(0, many - 1))] = (
                draw(strange)
            )
        if rows:
            lines = [
                _object(*(f'"{key}": {column[at]}' for key, column in columns.items()))
                for at in range(many)
            ]
            said = f'"instances": [{", ".join(lines)}]'
        else:
            whole = [f'"{key}": [{", ".join(column)}]' for key, column in columns.items()]
            said = f'"inputs": {_object(*whole)}'
        return "predict", _encoded(_object(f'"signature_name": "{name}"', said))

    @st.composite
    def examples(draw: Any) -> tuple[str, bytes]:
        name = draw(st.sampled_from(EXAMPLES))
        listed = [
            _object(f'"x": {draw(values["float"])}', *draw(st.lists(pairs, max_size=1)))
            for _ in range(draw(st.integers(1, 3)))
        ]
        context = (
            f'"context": {_object(*draw(st.lists(pairs, max_size=1)))}'
            if draw(st.booleans())
            else ""
        )
        body = _object(f'"signature_name": "{name}"', f'"examples": [{", ".join(listed)}]', context)
        return draw(st.sampled_from(["classify", "regress"])), _encoded(body)

    names = st.sampled_from(["x", "y", "", "\\ud800", "é"])
    pairs = st.builds('"{}": {}'.format, names, strange)
    return predict() | examples()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _fitting_requests() -> st.SearchStrategy[Request]:
    models = st.sampled_from(["half", "half/versions/1", "half/labels/stable", "first"])
    return st.builds(
        lambda model, made: ("POST", f"/v1/models/{model}:{made[0]}", {}, made[1]),
        models,
        _fitting() | st.tuples(st.sampled_from(["predict", "classify", "regress"]), _bodies()),
    )


def _paths() -> st.SearchStrategy[str]:
    names = st.sampled_from(
        ["half", "first", "none", "", "%ff", "%00", "%2e%2e", "h%61lf", "half%0a", "%ed%a0%80"]
    )
    numbers = ("", "1", "123", "9" * 19, "9" * 5000, "0" * 5000 + "1", "-1", "%D9%A3")
    versions = st.sampled_from(
        ["", "", "", *(f"/versions/{one}" for one in numbers)]
        + [f"/labels/{one}" for one in ("", "stable", "%ff")]
    )
    ends = st.sampled_from(
        [
            ":predict",
            ":predict",
            ":classify",
            ":regress",
            ":PREDICT",
            ":x",
            "",
            "/metadata",
            "/",
            ":predict?x=1",
        ]
    )
    named = st.builds(
        "/v1/models/{}{}{}".format, names | mutations.hostile_text(12).map(quote), versions, ends
    )
    others = st.sampled_from(
        [
            *("/", "*", "/v1", "/V1/", "/v1/models", "//v1/models/half", "/v1/../v1/models/half"),
            *(
                "http://[::1",
                "/v1/%",
                "/monitoring/prometheus/metrics",
                "/v1/models/half:predict#x",
            ),
            "/v1/models/" + "a" * 7000,
        ]
    )
    return st.one_of(
        st.just("/v1/models/half:predict"),
        st.just("/v1/models/half:classify"),
        named,
        named,
        others,
    )


def _headers() -> st.SearchStrategy[dict[str, str]]:
    pairs = st.sampled_from(
        [
            *(
                ("Content-Type", "text/plain"),
                ("Content-Type", "multipart/form-data; boundary=x"),
                ("Content-Type", ""),
            ),
            *(
                ("Content-Encoding", "gzip"),
                ("Content-Encoding", "deflate"),
                ("Content-Encoding", "br"),
            ),
            *(
                ("Transfer-Encoding", "chunked"),
                ("Transfer-Encoding", "gzip"),
                ("Expect", "100-continue"),
            ),
            *(
                ("Content-Length", "0"),
                ("Content-Length", "5"),
                ("Content-Length", "-1"),
                ("Content-Length", "x"),
            ),
            *(
                ("Origin", "https://a"),
                ("Origin", ""),
                ("Accept", "x" * 9000),
                ("X" * 9000, "1"),
                ("Host", ""),
            ),
            *(
                ("Upgrade", "websocket"),
                ("Connection", "close"),
                ("Connection", "Upgrade"),
                ("Cookie", "a=\x80"),
            ),
            *(
                ("Range", "bytes=0-1"),
                ("X-HTTP-Method-Override", "GET"),
                ("Content-Type", "a; charset=utf-7"),
            ),
        ]
    )
    return st.lists(pairs, max_size=2).map(dict) | st.just({})


def _requests() -> st.SearchStrategy[Request]:
    methods = st.sampled_from(
        ["POST"] * 8 + ["GET", "GET", "OPTIONS", "PUT", "DELETE", "HEAD", "TRACE", "PATCH"]
    )
    return st.tuples(methods, _paths(), _headers(), _bodies())


def raw(request: Request) -> bytes:
    """The request as it goes over the wire; its length is told unless a header tells it."""
    method, path, headers, body = request
    lines = {"Host": "x", **headers}
    if not {"Content-Length", "Transfer-Encoding"} & lines.keys():
        lines["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1", "replace") + body


class _Wire:
    """A connection that is kept while it can be, and the answers on it."""

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self._place = host, int(port)
        self._socket: socket.socket | None = None

    def ask(self, data: bytes, method: str, whole: bool) -> tuple[int, bytes, str] | None:
        """Send bytes; None where the server hangs up, as it may do with what is no HTTP.

        Args:
            data: A request.
            method: Its method.
            whole: Whether the server must answer. It waits for the rest of what is not whole, and is left waiting.
        """
        self.close()
        self._socket = socket.create_connection(self._place, timeout=9)
        with contextlib.suppress(OSError):  # it has answered already and hung up
            self._socket.sendall(data)
        if not whole and not select.select([self._socket], [], [], 0.1)[0]:
            return None
        response = http.client.HTTPResponse(self._socket, method=method)
        try:
            response.begin()
            return response.status, response.read(), response.headers.get("Content-Type", "")
        except (http.client.HTTPException, ConnectionError):
            return None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()


def _judged(answer: tuple[int, bytes, str] | None) -> bool:
    if answer is None:
        return REFUSED
    code, body, kind = answer
    if code == 200:
        if kind.startswith("application/json") and body:
            json.loads(body)  # NaN and Infinity are in it, as TensorFlow Serving writes them
        return ACCEPTED
    if code not in REFUSALS:
        raise Fault(f"{code}: {body[:300]!r}")
    if kind.startswith("application/json") and body and not json.loads(body)["error"]:
        raise Fault(f"{code} without a reason")
    return REFUSED


@contextmanager
def _rest(folder: Path) -> Iterator[Try]:
    with _served(folder) as served:
        wire, beat = _Wire(served.url), _pulse(served)

        def attempt(request: Request) -> bool:
            beat()
            whole = not {"Content-Length", "Transfer-Encoding", "Expect"} & request[2].keys()
            return _judged(wire.ask(raw(request), request[0], whole))

        yield attempt
        _check_alive(served)
        wire.close()


def _of_http(random: Random) -> bytes:
    body = random.choice(_GOOD).encode()
    request = raw(("POST", "/v1/models/half:predict", {}, body))
    return mutations.changed(random, request)


@contextmanager
def _http(folder: Path) -> Iterator[Try]:
    with _served(folder) as served:
        wire, beat = _Wire(served.url), _pulse(served)

        def attempt(data: bytes) -> bool:
            beat()
            method = data.split(b" ")[0].decode("latin-1")
            return _judged(wire.ask(data, method, False))

        yield attempt
        _check_alive(served)
        wire.close()


# gRPC

_METHODS = {
    "PredictionService": ("Predict", "Classify", "Regress", "MultiInference", "GetModelMetadata"),
    "ModelService": ("GetModelStatus",),
}


def _spec(random: Random, spec: Any) -> None:
    spec.name = random.choice(
        ["half"] * 8 + ["first", "none", "", "\u202e</script>", "a" * 5000, "ä" * 5000]
    )
    spec.signature_name = random.choice([*SIGNATURES, *EXAMPLES, "", "none", "é" * 3000])
    if random.random() < 0.2:
        spec.version.value = random.choice([1, 123, 0, -1, 2**63 - 1])
    elif random.random() < 0.1:
        spec.version_label = random.choice(["stable", "", "none"])


def _tensor(random: Random, proto: Any) -> None:
    proto.dtype = random.choice([1] * 8 + [*range(30), 101, 107, 163, 10_000, -1])
    if random.random() < 0.1:
        proto.tensor_shape.unknown_rank = True
    for _ in range(random.choice((0, 1, 1, 1, 1, 2, 3, 40))):
        proto.tensor_shape.dim.add(
            size=random.choice((1, 1, 1, 2, 2, 0, -1, 3, 1000, 2**20, 2**31, 2**40, 2**62))
        )
    values = random.choice((0, 1, 1, 1, 2, 2, 3, 100))
    fields = {
        "float_val": lambda: random.choice((1.0, float("nan"), float("inf"), 1e38)),
        "double_val": lambda: random.choice((1.0, 1e308)),
        "int_val": lambda: random.choice((0, 1, -1, 300, 70_000, 2**31 - 1)),
        "string_val": lambda: random.choice((b"a", b"\xff", b"", b"x" * 1000)),
        "int64_val": lambda: random.choice((0, 2**63 - 1, -(2**63))),
        "bool_val": lambda: random.random() < 0.5,
        "uint32_val": lambda: 2**32 - 1,
        "uint64_val": lambda: 2**64 - 1,
        "half_val": lambda: random.choice((0, 15_360, 70_000, -1)),
        "scomplex_val": lambda: 1.0,
    }
    for name in random.sample(sorted(fields), random.choice((0, 1, 1, 2))) + ["float_val"] * (
        proto.dtype == 1
    ):
        getattr(proto, name).extend(fields[name]() for _ in range(values))
    if random.random() < 0.3:
        proto.tensor_content = random.randbytes(random.choice((0, 1, 3, 4, 8, 16, 400)))


def _input(random: Random, given: Any) -> None:
    context = random.random() < 0.2
    listed = given.example_list_with_context if context else given.example_list
    if context:
        listed.context.features.feature["x"].float_list.value.append(1.0)
    for _ in range(random.choice((0, 1, 1, 2, 30))):
        feature = listed.examples.add().features.feature[
            random.choice(("x", "x", "x", "y", "", "é"))
        ]
        kind = random.choice(("float_list", "float_list", "bytes_list", "int64_list", ""))
        if kind:
            value = {"float_list": 1.0, "bytes_list": b"\xff", "int64_list": -1}[kind]
            getattr(feature, kind).value.extend([value] * random.choice((0, 1, 1, 1, 2)))


_KINDS = {"float": "float32", "int": "int64", "bool": "bool", "text": "string", "row": "float32"}

_STRANGE: dict[str, Sequence[Any]] = {
    "float32": (0.0, 1.5, float("nan"), float("inf"), -3e38),
    "float64": (0.0, 1e308, float("nan")),
    "int64": (0, -1, 2**63 - 1),
    "bool": (True, False),
    "string": (b"", b"\xff", b"</script>", b"x" * 5000),
}


def _good_grpc(random: Random) -> tuple[str, bytes]:
    """A request that the model answers, with strange values of the right types."""
    import tensorflow as tf
    from tensorflow_serving.apis import classification_pb2, predict_pb2

    message: Any
    if random.random() < 0.7:
        name = random.choice(SIGNATURES)
        message = predict_pb2.PredictRequest()
        message.model_spec.name, message.model_spec.signature_name = "half", name
        rows = random.choice((0, 1, 2, 50))
        for key, kind in _INPUTS[name].items():
            dtype = "float64" if key == "exact" else _KINDS[kind]
            shape = [rows, 2] if kind == "row" else [rows]
            values = random.choices(_STRANGE[dtype], k=rows * (2 if kind == "row" else 1))
            message.inputs[key].CopyFrom(tf.make_tensor_proto(values, dtype, shape))
        return "/tensorflow.serving.PredictionService/Predict", message.SerializeToString()
    message = classification_pb2.ClassificationRequest()
    message.model_spec.name = "half"
    method = random.choice(("Classify", "Regress"))
    message.model_spec.signature_name = f"{method.lower()}_x_to_y"
    for value in random.choices(_STRANGE["float32"], k=random.choice((1, 2, 30))):
        feature = message.input.example_list.examples.add().features.feature["x"]
        feature.float_list.value.append(value)
    return f"/tensorflow.serving.PredictionService/{method}", message.SerializeToString()


def _of_grpc(random: Random) -> tuple[str, bytes]:
    from tensorflow_serving.apis import (
        classification_pb2,
        get_model_metadata_pb2,
        get_model_status_pb2,
        inference_pb2,
        predict_pb2,
    )

    if random.random() < 0.4:
        path, data = _good_grpc(random)
        return path, data if random.random() < 0.5 else mutations.changed(random, data)
    service = random.choice([*["PredictionService"] * 6, "ModelService"])
    method = random.choice(_METHODS[service])
    message: Any
    if method == "Predict":
        message = predict_pb2.PredictRequest()
        for _ in range(random.choice((0, 1, 1, 1, 2, 4))):
            names = ("x", "x", "x", "a", "b", "text", "whole", "flag", "exact", "inputs", "", "é")
            _tensor(random, message.inputs[random.choice(names)])
        message.output_filter.extend(
            random.choices(("y", "sum", "none", "y"), k=random.choice((0, 0, 0, 1, 2)))
        )
    elif method in ("Classify", "Regress"):
        message = (
            classification_pb2.ClassificationRequest()
        )  # a regression request is built the same
        _input(random, message.input)
    elif method == "MultiInference":
        message = inference_pb2.MultiInferenceRequest()
        for _ in range(random.choice((0, 1, 2, 3))):
            task = message.tasks.add(
                method_name=f"tensorflow/serving/{random.choice(('classify', 'regress', 'x'))}"
            )
            _spec(random, task.model_spec)
        _input(random, message.input)
    elif method == "GetModelMetadata":
        message = get_model_metadata_pb2.GetModelMetadataRequest()
        message.metadata_field.extend(
            random.choices(("signature_def", "x", "é" * 3000), k=random.choice((0, 1, 1, 2)))
        )
    else:
        message = get_model_status_pb2.GetModelStatusRequest()
    if method != "MultiInference" and random.random() < 0.95:
        _spec(random, message.model_spec)
    data = message.SerializeToString()
    return (
        f"/tensorflow.serving.{service}/{method}",
        data if random.random() < 0.6 else mutations.changed(random, data),
    )


_NO_MESSAGE = "Exception deserializing request!"
"""What gRPC itself answers, as INTERNAL, to bytes that are no message."""


@contextmanager
def _grpc(folder: Path) -> Iterator[Try]:
    import grpc

    code = grpc.StatusCode
    allowed = {
        *(code.INVALID_ARGUMENT, code.NOT_FOUND, code.FAILED_PRECONDITION, code.UNIMPLEMENTED),
        *(code.RESOURCE_EXHAUSTED, code.OUT_OF_RANGE),
    }
    with _served(folder) as served, grpc.insecure_channel(served.address) as channel:
        methods: dict[str, Callable[..., bytes]] = {}
        beat = _pulse(served)

        def attempt(request: tuple[str, bytes]) -> bool:
            beat()
            path, data = request
            ask = methods.setdefault(path, channel.unary_unary(path))
            try:
                ask(data, timeout=9)
            except grpc.RpcError as error:
                said = error.details() or ""
                if error.code() is code.INTERNAL and said == _NO_MESSAGE:
                    return REFUSED
                if error.code() not in allowed or not said or "metadata size" in said:
                    raise Fault(
                        f"{path.rpartition('/')[2]}: {error.code().name}: {said[:300]}"
                    ) from None
                return REFUSED
            return ACCEPTED

        yield attempt
        _check_alive(served)


# Configuration

_FILES = {
    "models": (
        'model_config_list { config { name: "half" base_path: "/models/half" model_platform: "tensorflow" '
        "model_version_policy { specific { versions: 1 versions: 2 } } "
        'version_labels { key: "stable" value: 1 } } }',
        'model_config_list: { config: { name: "a", base_path: "s3://bucket/a", model_platform: "tensorflow" } }',
    ),
    "batching": (
        "max_batch_size { value: 8 } batch_timeout_micros { value: 1000 } num_batch_threads { value: 2 } "
        "max_enqueued_batches { value: 10 } allowed_batch_sizes: 4 allowed_batch_sizes: 8",
        'thread_pool_name { value: "t" } pad_variable_length_inputs: true '
        "enable_large_batch_splitting { value: true } max_execution_batch_size { value: 4 }",
    ),
    "monitoring": (
        'prometheus_config { enable: true, path: "/metrics" }',
        "prometheus_config { enable: true }",
    ),
}

_NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"2147483648",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"1" * 5000,
    b"0x7",
    b"1e3",
)
_STRINGS = (
    b'""',
    b'"/"',
    b'"//"',
    b'"{"',
    b'"/{x"',
    b'"/{x}"',
    b'"\\377"',
    b'"\\ud800"',
    b'"/\\000"',
    b'"\xc3\xa9"',
    b'"x://"',
    b'"/v1/x"',
)


def _of_configuration(random: Random) -> tuple[str, bytes]:
    kind = random.choice(sorted(_FILES))
    data = random.choice(_FILES[kind]).encode()
    for pattern, others in ((rb"\d+", _NUMBERS), (rb'"[^"]*"', _STRINGS)):
        found = list(re.finditer(pattern, data))
        if found and random.random() < 0.5:
            one = random.choice(found)
            data = data[: one.start()] + random.choice(others) + data[one.end() :]
    return kind, data if random.random() < 0.5 else mutations.changed(random, data)


@contextmanager
def _configuration(folder: Path) -> Iterator[Try]:
    import io

    from aiohttp import web

    from utils.serving.server import config, core, metrics, stand_in, versions
    from utils.serving.server.flags import Flags
    from utils.serving.server.status import Code, StatusError

    path = folder / "configuration.txt"

    async def page(request: web.Request) -> web.Response:
        return web.Response()

    def take(kind: str) -> None:
        if kind == "models":
            found = config.read(Flags(model_config_file=str(path)))
            config.validate(found)
            for model in found.model_config_list.config:
                if model.base_path.startswith("/"):
                    versions.choose(model.model_version_policy, versions.find(model.base_path))
            return
        if kind == "monitoring":
            place = stand_in._metrics_path(Flags(monitoring_config_file=str(path)))
            if place is not None:
                web.Application().router.add_get(place, page)
            return
        flags = Flags(enable_batching=True, batching_parameters_file=str(path))
        scheduler = core._scheduler(flags, metrics.Metrics())
        assert scheduler is not None
        threads, timeout = scheduler.parameters.threads, scheduler.parameters.timeout_seconds
        scheduler.close()
        if threads < 1 or scheduler.parameters.rows < 1 or not 0 <= timeout < 1e9:
            raise Fault(f"{scheduler.parameters} was taken")

    def attempt(made: tuple[str, bytes]) -> bool:
        kind, data = made
        path.write_bytes(data)
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                take(kind)
        except StatusError as error:
            if error.code not in (Code.INVALID_ARGUMENT, Code.NOT_FOUND, Code.FAILED_PRECONDITION):
                raise
            return REFUSED
        return ACCEPTED

    yield attempt


def _of_flags(random: Random) -> list[str]:
    import dataclasses

    from utils.serving.server.flags import Flags

    values = [
        "",
        "true",
        "1",
        "-1",
        "9" * 30,
        "9" * 5000,
        "nan",
        "1e3",
        "\u0661",
        "\ud800",
        "/x",
        "a=b",
        "1_0",
    ]
    names = [field.name for field in dataclasses.fields(Flags)] + [
        "",
        "x",
        "no",
        "-",
        "=",
        "noport",
    ]
    made = []
    for _ in range(random.choice((0, 1, 1, 2, 4))):
        name = random.choice(names)
        made.append(
            random.choice(
                (
                    f"--{name}={random.choice(values)}",
                    f"--{name}",
                    name,
                    f"--no{name}",
                    random.choice(values),
                )
            )
        )
    return made


@contextmanager
def _flags(folder: Path) -> Iterator[Try]:
    from utils.serving.server import flags, grpc_services
    from utils.serving.server.status import StatusError

    def attempt(arguments: list[str]) -> bool:
        chosen = flags.parse(arguments)
        try:
            grpc_services.channel_arguments(chosen.grpc_channel_arguments)
        except StatusError:
            return REFUSED
        return ACCEPTED

    yield attempt


TARGETS: Sequence[Target] = (
    Target("REST bodies", 4_000, drawn(_fitting_requests), _rest),
    Target("REST requests", 1_000, drawn(_requests), _rest),
    Target("HTTP as bytes", 600, mutated(_of_http), _http),
    Target("gRPC messages", 5_000, mutated(_of_grpc), _grpc),
    Target("server configuration", 4_000, mutated(_of_configuration), _configuration),
    Target("server flags", 8_000, mutated(_of_flags), _flags),
)
"""The targets of this module."""
