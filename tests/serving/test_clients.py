"""The clients say what a server refused, and with which status."""

from __future__ import annotations

import pickle

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


def test_a_server_that_is_not_there():
    (port,) = services.free_ports(1)
    with pytest.raises(RequestError, match="cannot be asked") as caught:
        RestClient(f"http://127.0.0.1:{port}").status("half")
    assert caught.value.cure == "Look whether it still runs."
    with pytest.raises(RequestError, match="UNAVAILABLE"):
        GrpcClient(f"127.0.0.1:{port}").status("half")
