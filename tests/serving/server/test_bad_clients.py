"""Clients that send too much, send half, or hang up: the server stays up, and its memory returns."""

from __future__ import annotations

import concurrent.futures
import contextlib
import gc
import http.client
import socket
import struct

import grpc
import numpy as np
import psutil
import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2

from utils.serving.clients import GrpcClient
from utils.serving.errors import RequestError

MEGABYTE = 2**20
X = {"x": np.array([2.0], np.float32)}


def connect(served):
    host, port = served.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=30)


def is_up(served):
    return (
        served.rest.predict("half", instances=[2.0]) == [4.0]
        and served.grpc.predict("half", X).version == 2
    )


def chunks(count):
    yield from (b" " * MEGABYTE for _ in range(count))


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_of_100_megabytes(served, announced):
    assert is_up(served)
    before = psutil.Process().memory_info().rss
    for _ in range(3):
        connection = http.client.HTTPConnection(served.url.removeprefix("http://"), timeout=60)
        headers = {"Content-Length": str(100 * MEGABYTE)} if announced else {}
        with contextlib.closing(connection):
            connection.request("POST", "/v1/models/half:predict", chunks(100), headers)
            response = connection.getresponse()
            assert response.status == 413
            assert b"larger than 67108864 bytes" in response.read()
    assert is_up(served)
    gc.collect()
    assert psutil.Process().memory_info().rss - before < 150 * MEGABYTE


def test_a_message_of_100_megabytes(served):
    client = GrpcClient(served.address)
    with pytest.raises(RequestError, match="RESOURCE_EXHAUSTED"):
        client.predict("half", {"x": np.zeros(25 * MEGABYTE, np.float32)})
    client.close()
    assert is_up(served)


def test_a_body_that_asks_for_much_from_little(served):
    request = '{"instances": [' + "[" * 100_000
    with pytest.raises(RequestError, match="JSON Parse error") as caught:
        served.rest._send("POST", "/v1/models/half:predict", request.encode())
    assert caught.value.code == 400
    assert is_up(served)


HALF = b"POST /v1/models/half:predict HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"


@pytest.mark.parametrize("said", [b"", b"POST /v1/mod", b"nonsense\r\n\r\n", HALF])
def test_a_client_that_hangs_up(served, said):
    for _ in range(20):
        with connect(served) as client:
            client.sendall(said)
            # Without lingering the connection is reset, not closed.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert is_up(served)


def test_a_client_that_hangs_up_before_the_answer(served):
    body = b'{"instances": [' + b"1.0," * 20_000 + b"1.0]}"
    head = (
        f"POST /v1/models/half:predict HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    for _ in range(5):
        with connect(served) as client:
            client.sendall(head.encode() + body)
    stub = served.grpc.prediction
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "half"
    request.inputs["x"].CopyFrom(tf.make_tensor_proto(np.zeros(100_000, np.float32)))
    for _ in range(5):
        stub.Predict.future(request, timeout=30).cancel()
    assert is_up(served)


def test_many_bad_requests_at_once_harm_no_good_one(served):
    client = GrpcClient(served.address)

    def ask(number):
        if number % 2:
            with pytest.raises(RequestError):
                client.predict("half", {"x": np.array([1], np.int32)})
            return True
        return (
            client.predict("half", {"x": np.array([number], np.float32)}).outputs["y"][0]
            == number / 2 + 3
        )

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(200)))
    client.close()


def test_no_other_service_is_there(served):
    channel = grpc.insecure_channel(served.address)
    with pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary("/tensorflow.serving.SessionService/SessionRun")(b"", timeout=30)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
    channel.close()
