"""Serving exported models, by TensorFlow Serving or by a stand-in for it.

TensorFlow Serving's program is in no package registry. Where this machine has it, as ``tensorflow_model_server`` on the
PATH or as an image in a running Docker, it is started; elsewhere a stand-in is, :mod:`utils.serving.server`, which
speaks the same gRPC and REST interfaces. The server says which of them it is.

Example::

    with serving.start(base_path=folder, name="complaints") as server:
        print(server)
        answer = clients.RestClient(server.url).predict("complaints", instances=rows)
"""

from __future__ import annotations

from utils.serving.errors import RequestError, ServingError
from utils.serving.starting import PROMETHEUS, Server, start

__all__ = ["PROMETHEUS", "RequestError", "Server", "ServingError", "start"]
