"""A model in memory: its signatures, and something that runs it.

A SavedModel is loaded into a session, as TensorFlow Serving does. So models of both generations of TensorFlow are
served by the names that their signatures give, and shapes are checked by the operations that need them, not before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import config_pb2

from utils import third_party
from utils.serving.server import status, tflite
from utils.serving.server.flags import Flags
from utils.serving.server.status import Code, StatusError, invalid

_FILES = ("saved_model.pb", "saved_model.pbtxt")

Feeds = Mapping[str, np.ndarray]
"""By a tensor's name in the graph, its value."""


class Runner(Protocol):
    """What computes some tensors from others."""

    def run(self, feeds: Feeds, fetches: Sequence[str]) -> list[np.ndarray]:
        """Compute tensors.

        Args:
            feeds: The inputs.
            fetches: The names of the tensors that are asked for.

        Returns:
            Their values, in the same order.
        """

    def close(self) -> None:
        """Give its memory back."""


@dataclass(frozen=True)
class Model:
    """A version of a model in memory.

    Attributes:
        signatures: ``SignatureDef`` messages by their names.
        runner: What runs it.
    """

    signatures: Mapping[str, Any]
    runner: Runner


class SavedModelRunner:
    """A SavedModel in a session of its own."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._callables: dict[tuple[tuple[str, ...], tuple[str, ...]], Callable[..., Any]] = {}
        self._lock = threading.Lock()

    def run(self, feeds: Feeds, fetches: Sequence[str]) -> list[np.ndarray]:
        """See :class:`Runner`."""
        try:
            return self._callable(tuple(feeds), tuple(fetches))(*feeds.values())
        except tf.errors.OpError as error:
            raise status.of(error) from error
        except (TypeError, ValueError) as error:
            raise invalid(str(error)) from error

    def _callable(self, feeds: tuple[str, ...], fetches: tuple[str, ...]) -> Callable[..., Any]:
        with self._lock:
            if (feeds, fetches) not in self._callables:
                options = config_pb2.CallableOptions(feed=feeds, fetch=fetches)
                make = third_party.private(self._session, "_make_callable_from_options")
                self._callables[feeds, fetches] = make(options)
            return self._callables[feeds, fetches]

    def close(self) -> None:
        """See :class:`Runner`."""
        self._callables.clear()
        self._session.close()


def load(path: str, flags: Flags) -> Model:
    """Load a version of a model.

    Args:
        path: Its folder.
        flags: Which tags it has, how many threads it may use, and whether ``model.tflite`` is preferred.

    Returns:
        The model.

    Raises:
        StatusError: If it cannot be loaded.
    """
    lite = f"{path}/{tflite.FILE}"
    if flags.prefer_tflite_model and tf.io.gfile.exists(lite):
        copies = flags.num_tflite_pools * flags.num_tflite_interpreters_per_pool
        runner = tflite.TfLiteRunner(lite, copies)
        return Model(runner.signatures, runner)
    if not any(tf.io.gfile.exists(f"{path}/{name}") for name in _FILES):
        what = f"Could not find SavedModel .pb or .pbtxt at supplied export directory path: {path}"
        raise StatusError(Code.NOT_FOUND, what)
    both = flags.tensorflow_session_parallelism
    config = tf.compat.v1.ConfigProto(
        intra_op_parallelism_threads=flags.tensorflow_intra_op_parallelism or both,
        inter_op_parallelism_threads=flags.tensorflow_inter_op_parallelism or both,
        allow_soft_placement=True,
    )
    graph = tf.Graph()
    session = tf.compat.v1.Session(graph=graph, config=config)
    try:
        with graph.as_default():
            meta_graph = tf.compat.v1.saved_model.load(
                session, flags.saved_model_tags.split(","), path
            )
    except BaseException as error:
        session.close()
        raise _unloadable(error, path) from error
    return Model(dict(meta_graph.signature_def), SavedModelRunner(session))


def _unloadable(error: BaseException, path: str) -> StatusError:
    if isinstance(error, tf.errors.OpError):
        return status.of(error)
    if isinstance(error, OSError):
        return StatusError(Code.DATA_LOSS, str(error))
    if isinstance(error, RuntimeError):  # TensorFlow lists the tags that there are
        return StatusError(Code.NOT_FOUND, str(error))
    return StatusError(Code.INTERNAL, f"{path} cannot be loaded: {error}")
