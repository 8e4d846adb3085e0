"""An object store on this machine that speaks S3: moto's server, in a side environment with boto3.

Programs find it, and its keys, in the environment variables that Amazon's own libraries look for, so that the same
program works with a store in a cloud. What is in the store is kept in memory and ends with this process.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from utils import services, side_environments
from utils.services import ServiceError
from utils.services.service import Service, Stoppable
from utils.serving.errors import ServingError

ENVIRONMENT = "object_store"
"""The side environment with the server, and with boto3."""


@dataclass(frozen=True)
class ObjectStore(Stoppable):
    """A running object store.

    Attributes:
        service: Its process.
    """

    service: Service

    @property
    def url(self) -> str:
        """The address of its S3 interface."""
        return f"http://{services.HOST}:{self.service.ports['s3']}"

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables by which a program finds it; this store takes any key."""
        return {
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ACCESS_KEY_ID": "workbook",
            "AWS_SECRET_ACCESS_KEY": "workbook",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": services.HOST,
            "no_proxy": services.HOST,
        }

    def run(self, program: Path, *arguments: object) -> str:
        """Run a Python program that may use boto3, with the store's address and keys around it.

        Args:
            program: The program's file.
            *arguments: Its arguments.

        Returns:
            What it printed.

        Raises:
            RuntimeError: If it fails; the message holds its last words.
        """
        line = ["python", str(program), *map(str, arguments)]
        done = side_environments.run(ENVIRONMENT, line, program.parent, self.variables)
        return done.stdout.strip()

    def stop(self) -> None:
        """End it; what it holds is lost."""
        self.service.stop()

    def __str__(self) -> str:
        return f"An object store on this machine answers at {self.url}."


def start(key: Hashable = None) -> ObjectStore:
    """Start an empty object store, on this machine's loopback address only.

    Args:
        key: What makes it the same one: where one with this key runs already, that one is returned.

    Returns:
        The running store; a context manager that stops it.

    Raises:
        ServingError: If it cannot be installed, as without a network the first time, or does not start.
    """
    side_environments.install(ENVIRONMENT, "Moto's object store", "85 MB", ServingError)
    try:
        service = services.start(
            "object store",
            lambda mine: ["moto_server", "-H", services.HOST, "-p", str(mine.ports["s3"])],
            ports=["s3"],
            ready=services.answers("s3", "/moto-api/"),
            side_environment=ENVIRONMENT,
            key=key,
        )
    except ServiceError as error:
        raise ServingError(error.what, error.cure) from error
    return ObjectStore(service)
