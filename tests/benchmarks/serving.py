"""``python -m tests.benchmarks.serving``: one model behind Flask, REST and gRPC, and what batching gains and costs.

Everything is measured in one run, on this machine, whose processors the clients and the servers share: read the rows
beside each other, and not by themselves.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import requests

from utils import services, serving
from utils.serving import clients, load

WIDTH = 20
"""Inputs of a row."""

SMALL, LARGE = (1024, 1024), (4096, 4096, 4096)
"""Units of the hidden layers: of a model that answers at once, and of one that has work to do."""

FLASK = """
import sys
import tensorflow as tf
from flask import Flask, request

model = tf.saved_model.load(sys.argv[1]).signatures["serving_default"]
app = Flask(__name__)


@app.post("/predict")
def predict():
    return {"outputs": model(x=tf.constant(request.json["instances"]))["output_0"].numpy().tolist()}


app.run(host="127.0.0.1", port=int(sys.argv[2]), threaded=True)
"""

BATCHING = """
max_batch_size { value: 32 }
batch_timeout_micros { value: 2000 }
max_enqueued_batches { value: 1000 }
num_batch_threads { value: 2 }
"""

ROW = np.linspace(0, 1, WIDTH, dtype="float32")[None]


def export(folder: Path, units: tuple[int, ...]) -> Path:
    """Export a network as version 1, and return the folder of its versions."""
    inputs = keras.Input((WIDTH,), name="x")
    hidden = inputs
    for width in units:
        hidden = keras.layers.Dense(width, "relu")(hidden)
    model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
    model.export(str(folder / "1"), verbose=False)
    return folder


def over_flask(url: str) -> Callable[[], load.Ask]:
    """Return what makes a client of the Flask app."""

    def connect() -> load.Ask:
        session = requests.Session()
        body = {"instances": ROW.tolist()}
        return lambda number: session.post(f"{url}/predict", json=body, timeout=60).status_code

    return connect


def over_rest(url: str) -> Callable[[], load.Ask]:
    """Return what makes a client of the REST interface, by the same library."""

    def connect() -> load.Ask:
        session = requests.Session()
        address, body = f"{url}/v1/models/bench:predict", {"instances": ROW.tolist()}
        return lambda number: session.post(address, json=body, timeout=60).status_code

    return connect


def over_grpc(address: str) -> Callable[[], load.Ask]:
    """Return what makes a client of the gRPC interface."""

    def connect() -> load.Ask:
        client = clients.GrpcClient(address)
        return lambda number: client.predict("bench", {"x": ROW}).version

    return connect


def measure(what: str, connect: Callable[[], load.Ask], count: int, several: int = 1) -> None:
    """Warm up, measure, and print one line."""
    load.run(connect, requests=50, clients=several)
    print(f"{what:<44} {load.run(connect, requests=count, clients=several)}", flush=True)


def main() -> int:
    """Measure, and print a line each.

    Returns:
        0.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small, large = export(folder / "small", SMALL), export(folder / "large", LARGE)
        app = folder / "app.py"
        app.write_text(FLASK)

        def command(service: services.Service) -> list[str]:
            return [sys.executable, str(app), str(small / "1"), str(service.ports["web"])]

        print(f"Hidden layers {SMALL}, one client, one row a request:")
        with services.start("Flask", command, ports=["web"]) as flask_app:
            measure("Flask", over_flask(f"http://127.0.0.1:{flask_app.ports['web']}"), 500)
        with serving.start(small, name="bench") as server:
            print(server)
            measure("REST", over_rest(server.url), 500)
            measure("gRPC", over_grpc(server.grpc_address), 500)
        for units, model in ((SMALL, small), (LARGE, large)):
            print(f"Hidden layers {units}, gRPC, one row a request:")
            for batching in (None, BATCHING):
                with serving.start(model, name="bench", batching=batching) as server:
                    for several in (1, 16):
                        label = f"{'batched' if batching else 'one by one'}, clients: {several}"
                        measure(label, over_grpc(server.grpc_address), 400, several)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
