"""Starting a model server, and waiting until its models are available."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from utils import paths, services
from utils.services import ServiceError
from utils.services.service import Service, Stoppable
from utils.serving import programs
from utils.serving.errors import RequestError, ServingError
from utils.serving.programs import Program
from utils.serving.rest_client import RestClient

PROMETHEUS = "prometheus_config { enable: true }"
"""A monitoring configuration that shows metrics where Prometheus looks for them by default."""

SECONDS = 180.0
"""How long the models may take until they are available."""

_NAME = re.compile(r"""\bname\s*:\s*["']([^"']+)["']""")
_BASE_PATH = re.compile(r"""\bbase_path\s*:\s*["']([^"']+)["']""")
_COMMENT = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|#.*""")
"""A quoted text, which is kept, or a comment."""


@dataclass(frozen=True)
class Server(Stoppable):
    """A running model server; printing it says which one it is.

    Attributes:
        service: Its process.
        genuine: Whether it is TensorFlow Serving, and not the stand-in.
        sentence: Which of them answers.
        names: The models that it was started with.
    """

    service: Service
    genuine: bool
    sentence: str
    names: tuple[str, ...]

    @property
    def url(self) -> str:
        """The address of its REST interface."""
        return f"http://{services.HOST}:{self.service.ports['rest']}"

    @property
    def grpc_address(self) -> str:
        """The address of its gRPC interface."""
        return f"{services.HOST}:{self.service.ports['grpc']}"

    @property
    def metrics_url(self) -> str:
        """The page for Prometheus, where the server was started with :data:`PROMETHEUS`."""
        from utils.serving.server import metrics

        return f"{self.url}{metrics.PATH}"

    def stop(self) -> None:
        """End it, and wait until it is gone."""
        self.service.stop()

    def __str__(self) -> str:
        return f"{self.sentence} gRPC: {self.grpc_address}, REST: {self.url}."


def start(
    base_path: str | Path | None = None,
    *,
    name: str = "default",
    config: str | None = None,
    batching: str | None = None,
    monitoring: str | None = None,
    flags: Mapping[str, object] | None = None,
    genuine: bool | None = None,
    key: Hashable = None,
    seconds: float = SECONDS,
) -> Server:
    """Start a model server on this machine, and wait until its models are available.

    It ends with this process. The stand-in listens on this machine only; TensorFlow Serving's own gRPC port is open to
    the network, as it allows no other choice, unless it runs in Docker.

    Args:
        base_path: The folder of one model's versions, each a SavedModel in a folder that is named by its number.
        name: That model's name.
        config: Instead of both, a ``ModelServerConfig`` message in protobuf's text format.
        batching: A ``BatchingParameters`` message, as text, where requests are to be put together.
        monitoring: A ``MonitoringConfig`` message, as text, for example :data:`PROMETHEUS`.
        flags: Further flags of TensorFlow Serving, for example ``{"file_system_poll_wait_seconds": 1}``.
        genuine: True insists on TensorFlow Serving, False on the stand-in; by default the stand-in is started where
            TensorFlow Serving is not there.
        key: What makes it the same server: where one with this key runs already, that one is returned.
        seconds: How long the models may take.

    Returns:
        The running server; a context manager that stops it.

    Raises:
        ServingError: If there is no model to serve, TensorFlow Serving is not there, or the server does not start; the
            message quotes its log.
    """
    if (base_path is None) == (config is None):
        raise ServingError("There are two ways to name models.", "Give base_path or config.")
    folder = None if base_path is None else _checked(Path(base_path))
    said = _COMMENT.sub(r"\1", config or "")
    names = (name,) if config is None else tuple(_NAME.findall(said))
    program = _chosen(genuine)
    read = [folder] if folder else [Path(found) for found in _BASE_PATH.findall(said)]

    def command(service: Service) -> list[str]:
        files = {
            "model_config": config,
            "batching_parameters": batching,
            "monitoring_config": monitoring,
        }
        line = [f"--model_name={name}", f"--model_base_path={folder}"] if folder else []
        line += ["--enable_batching=true"] if batching is not None else []
        line += list(_written(service.folder, files))
        line += [f"--{flag}={_value(value)}" for flag, value in (flags or {}).items()]
        ports = service.ports
        return program.command(ports["grpc"], ports["rest"], line, [service.folder, *read])

    def ready(service: Service) -> bool:
        mine = program.in_docker or (service.listens("grpc") and service.listens("rest"))
        return mine and all(_is_available(service.ports["rest"], model) for model in names)

    try:
        service = services.start(
            "TensorFlow Serving" if program.genuine else "TensorFlow Serving's stand-in",
            command,
            ports=["grpc", "rest"],
            ready=ready,
            cwd=paths.ROOT,
            key=key,
            seconds=seconds,
        )
    except ServiceError as error:
        raise ServingError(error.what, error.cure) from error
    return Server(service, program.genuine, program.sentence, names)


def _chosen(genuine: bool | None) -> Program:
    found = None if genuine is False else programs.find()
    if found is None and genuine:
        raise ServingError(
            f"TensorFlow Serving is not on this machine: there is no {programs.PROGRAM} on the PATH, and no running "
            f"Docker with its image.",
            f"Install it, or run `docker pull {programs.IMAGE}`; without `genuine=True` a stand-in is started.",
        )
    return found or programs.stand_in(asked=genuine is False)


def _checked(base_path: Path) -> Path:
    base_path = base_path.expanduser().absolute()
    if (base_path / "saved_model.pb").is_file():
        raise ServingError(
            f"{base_path} is a model itself, and not the folder of a model's versions.",
            f"Put it into a folder that is named by a number, for example {base_path / '1'}, and name the one above.",
        )
    if not any(path.name.isdecimal() for path in base_path.glob("*")):
        raise ServingError(
            f"There is no version of a model in {base_path}: a version is a folder that is named by a number.",
            "Push a model there first, or name the folder that Pusher pushes to.",
        )
    return base_path


def _written(folder: Path, files: Mapping[str, str | None]) -> Iterator[str]:
    """Write files for the server, and yield the flags that name them."""
    for kind, text in files.items():
        if text is not None:
            file = folder / f"{kind}.txt"
            file.write_text(text, encoding="utf-8")
            yield f"--{kind}_file={file}"


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_available(port: int, name: str) -> bool:
    client = RestClient(f"http://{services.HOST}:{port}", seconds=5)
    try:
        return "AVAILABLE" in client.status(name).values()
    except RequestError:
        return False
    finally:
        client.close()
