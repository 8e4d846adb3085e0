"""ML Metadata behind a server: the files for the real one, and a stand-in that speaks its gRPC interface.

The real server comes as a container image only. The files for it stand in ``server_files/`` and are checked against
ML Metadata's own protos. The stand-in answers the same calls from an SQLite store in this process, reading only, so
that a client can be tried where there is no Docker.

Source: https://github.com/google/ml-metadata/blob/master/g3doc/get_started.md, "Use MLMD with a remote gRPC server"
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from concurrent import futures
from importlib import resources
from typing import Any

from utils.lineage.errors import LineageError
from utils.third_party import private

FILES = ("compose.yaml", "server.pbtxt", "client.pbtxt")
"""The files in ``server_files/``."""


def text(name: str) -> str:
    """Return the text of one of the files.

    Args:
        name: One of :data:`FILES`.

    Raises:
        LineageError: There is no such file.
    """
    if name not in FILES:
        raise LineageError(f"There is no file {name!r}; there are {', '.join(FILES)}.")
    return (resources.files(__package__) / "server_files" / name).read_text(encoding="utf-8")


def server_config(written: str) -> Any:
    """Read a server's configuration, and check it.

    Args:
        written: A ``MetadataStoreServerConfig`` as text.

    Returns:
        The message.

    Raises:
        LineageError: A field that the proto does not have, or no database.
    """
    from ml_metadata.proto import metadata_store_pb2

    config = _parse(written, metadata_store_pb2.MetadataStoreServerConfig())
    kind = config.connection_config.WhichOneof("config")
    if kind is None:
        raise LineageError(
            "The configuration names no database: give connection_config a mysql, postgresql or sqlite."
        )
    if kind in ("mysql", "postgresql"):
        database = getattr(config.connection_config, kind)
        missing = [name for name in ("host", "user") if not getattr(database, name)]
        if missing:
            raise LineageError(f"The {kind} configuration lacks {' and '.join(missing)}: add it.")
    return config


def client_config(written: str) -> Any:
    """Read a client's configuration, and check it.

    Args:
        written: A ``MetadataStoreClientConfig`` as text.

    Returns:
        The message; ``MetadataStore(message)`` connects by it.

    Raises:
        LineageError: A field that the proto does not have, or no host and port.
    """
    from ml_metadata.proto import metadata_store_pb2

    config = _parse(written, metadata_store_pb2.MetadataStoreClientConfig())
    if not config.host or not 0 < config.port < 65536:
        raise LineageError("The configuration needs the server's host, and a port from 1 to 65535.")
    return config


class StandIn:
    """A server on this machine that answers ML Metadata's gRPC calls from a store, reading only.

    Args:
        store: An ``ml_metadata.MetadataStore`` on a database.

    Attributes:
        config: The ``MetadataStoreClientConfig`` that leads to it.
        calls: The names of the calls that it answered, in order.
    """

    def __init__(self, store: Any) -> None:
        import grpc
        from ml_metadata.proto import metadata_store_pb2, metadata_store_service_pb2_grpc

        self.calls: list[str] = []
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=1))
        add = metadata_store_service_pb2_grpc.add_MetadataStoreServiceServicer_to_server
        add(_servicer(store, self.calls), self._server)
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self.config = metadata_store_pb2.MetadataStoreClientConfig(
            host="127.0.0.1", port=port, client_timeout_sec=10
        )

    def close(self) -> None:
        """Stop it; a second time does nothing."""
        self._server.stop(grace=None).wait()

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"A stand-in for the ML Metadata server, on {self.config.host}:{self.config.port}, reading only"


def _servicer(store: Any, calls: list[str]) -> Any:
    """Return the service with every reading call handed on to the store; those that write stay unimplemented."""
    from ml_metadata.proto import metadata_store_service_pb2, metadata_store_service_pb2_grpc

    service = metadata_store_service_pb2.DESCRIPTOR.services_by_name["MetadataStoreService"]
    answers: dict[str, Callable[..., Any]] = {}
    for method in service.methods:
        response = getattr(metadata_store_service_pb2, method.output_type.name)
        if method.name.startswith("Get"):
            answers[method.name] = staticmethod(  # type: ignore[assignment]
                functools.partial(_answer, store, calls, method.name, response)
            )
        else:
            answers[method.name] = staticmethod(_refuse)  # type: ignore[assignment]
    return type(
        "ReadOnly", (metadata_store_service_pb2_grpc.MetadataStoreServiceServicer,), answers
    )()


def _answer(
    store: Any, calls: list[str], name: str, response: Any, request: Any, context: Any
) -> Any:
    import grpc
    from ml_metadata import errors

    calls.append(name)
    message = response()
    codes = {code.value[0]: code for code in grpc.StatusCode}
    try:
        private(store, "_call")(name, request, message)
    except errors.StatusError as error:
        context.abort(codes[error.error_code], str(error))
    return message


def _refuse(_request: Any, context: Any) -> None:
    import grpc

    context.abort(
        grpc.StatusCode.UNIMPLEMENTED,
        "This stand-in only reads: write through the SQLite store, or use the real server.",
    )


def _parse(written: str, message: Any) -> Any:
    from google.protobuf import text_format

    try:
        return text_format.Parse(written, message)
    except text_format.ParseError as error:
        unknown = re.search(r'Message type "([\w.]+)" has no field named "(\w+)"', str(error))
        if unknown is None:
            raise LineageError(
                f"This is no {message.DESCRIPTOR.name} as text. Mend line {error}."
            ) from error
        kind = message.DESCRIPTOR.file.pool.FindMessageTypeByName(unknown[1])
        known = ", ".join(field.name for field in kind.fields)
        raise LineageError(
            f"{kind.name} has no field {unknown[2]!r} (line {error.GetLine()}); it has {known}."
        ) from error
