"""The stand-in as a whole: models, gRPC and REST, from start to end."""

from __future__ import annotations

import logging
import re

import grpc

from utils.serving.server import grpc_services, metrics, protos
from utils.serving.server.core import Core
from utils.serving.server.flags import Flags
from utils.serving.server.rest import RestServer
from utils.serving.server.status import invalid

_LOG = logging.getLogger(__name__)

_PLAIN_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+/?")


class StandIn:
    """A server that answers as TensorFlow Serving does."""

    def __init__(self, flags: Flags) -> None:
        """Begin without models, and without listening.

        Args:
            flags: The command line.

        Raises:
            StatusError: If they contradict each other, or a file that they name makes no sense.
        """
        if not flags.port and not flags.grpc_socket_path:
            raise invalid("At least one of port or grpc_socket_path must be set.")
        if flags.tensorflow_session_parallelism and (
            flags.tensorflow_intra_op_parallelism and flags.tensorflow_inter_op_parallelism
        ):
            raise invalid(
                "Either configure tensorflow_session_parallelism, or tensorflow_intra_op_parallelism and "
                "tensorflow_inter_op_parallelism."
            )
        self._flags = flags
        self._metrics_path = _metrics_path(flags)
        self._rest: RestServer | None = None
        self._grpc: grpc.Server | None = None
        self.core = Core(flags)

    def start(self) -> None:
        """Load the models, then listen.

        Raises:
            StatusError: If a model cannot be loaded, or a port is not to be had.
        """
        self.core.start()
        self._grpc = grpc_services.serve(self.core, self._flags)
        if self._flags.port:
            _LOG.info("Running gRPC ModelServer at %s:%d ...", self._flags.host, self._flags.port)
        if self._flags.rest_api_port and self._flags.rest_api_port == self._flags.port:
            _LOG.error("rest_api_port cannot be the same as port: there is no HTTP/REST API.")
        elif self._flags.rest_api_port:
            self._rest = RestServer(self.core, self._flags, self._metrics_path)
            where = f"{self._flags.host}:{self._flags.rest_api_port}"
            _LOG.info("Exporting HTTP/REST API at:%s ...", where)

    def close(self) -> None:
        """Stop to listen, let the requests end that are worked on, and unload the models."""
        if self._rest is not None:
            self._rest.close()
        if self._grpc is not None:
            grpc_services.stop(self._grpc)
        self.core.close()


def _metrics_path(flags: Flags) -> str | None:
    if not flags.monitoring_config_file:
        return None
    config = protos.read(flags.monitoring_config_file, protos.MonitoringConfig()).prometheus_config
    if not config.enable:
        return None
    path = config.path or metrics.PATH
    if not _PLAIN_PATH.fullmatch(path) or path.lower().startswith("/v1/"):
        raise invalid(
            f"prometheus_config: the path is {path[:200]!r}; it must begin with a slash, hold nothing but letters, "
            "digits and -._~/, and not lie below /v1/, where the models are."
        )
    return path
