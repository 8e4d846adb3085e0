"""The clients say what a server refused, and with which status."""

from __future__ import annotations

import http.server
import pickle
import threading

import numpy as np
import pytest
from tblib import pickling_support

from utils import services
from utils.serving.clients import GrpcClient, RestClient
from utils.serving.errors import RequestError


def test_rest(served):
    client = RestClient(served.url)
    assert client.status("half") == {2: "AVAILABLE", 1: "AVAILABLE"}
    assert client.predict("half", instances=[2.0], version=1) == [3.0]
    with pytest.raises(RequestError, match="HTTP 404: Servable not found") as caught:
        client.predict("none", instances=[2.0])
    assert caught.value.code == 404
    with pytest.raises(RequestError, match="HTTP 404"):
        client.get("/nothing")
    assert client.predict("half", inputs=[2.0]) == [4.0], "the connection is still there"
    client.close()


def test_grpc(served):
    client = GrpcClient(served.address)
    answer = client.predict("half", {"x": np.ones([3], np.float32)}, label="stable")
    assert (answer.version, answer.outputs["y"].tolist()) == (1, [2.5, 2.5, 2.5])
    with pytest.raises(RequestError, match="NOT_FOUND: Servable not found") as caught:
        client.predict("none", {})
    assert caught.value.code == "NOT_FOUND"
    pickling_support.install(
        caught.value
    )  # as Dask does for all errors: their causes and contexts are pickled too
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.what, again.code) == (caught.value.what, "NOT_FOUND")
    client.close()


@pytest.mark.parametrize("value", [np.float32(2), b"text", {1, 2}])
def test_rest_says_what_json_cannot_hold(value):
    client = RestClient("http://127.0.0.1:9")
    with pytest.raises(RequestError, match=r"cannot be written as JSON.*not JSON serializable"):
        client.predict("half", instances=[value])


@pytest.mark.parametrize("body", ["<html>Hello</html>", "[1]", "null", "{}", "[" * 100_000])
def test_a_program_that_is_no_model_server(body):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body.encode())

        def do_POST(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        client = RestClient(f"http://127.0.0.1:{server.server_port}")
        for ask in (
            lambda: client.status("half"),
            lambda: client.predict("half", instances=[1]),
            lambda: client.classify("half", [{}]),
        ):
            with pytest.raises(RequestError) as caught:
                ask()
            assert "Look whether a model server listens" in caught.value.cure
        server.shutdown()


def test_grpc_says_what_is_no_tensor_and_no_configuration():
    client = GrpcClient("127.0.0.1:9")
    with pytest.raises(RequestError, match="The input 'x' is no tensor"):
        client.predict("half", {"x": [[1], [1, 2]]})
    with pytest.raises(RequestError, match=r"This is no ModelServerConfig: 1:1 .*model_config_lst"):
        client.reload("model_config_lst {}")
    client.close()


def test_a_server_that_is_not_there():
    (port,) = services.free_ports(1)
    with pytest.raises(RequestError, match="cannot be asked") as caught:
        RestClient(f"http://127.0.0.1:{port}").status("half")
    assert caught.value.cure == "Look whether it still runs."
    with pytest.raises(RequestError, match="UNAVAILABLE"):
        GrpcClient(f"127.0.0.1:{port}").status("half")
