"""A small client of a model server's REST interface.

Source: https://www.tensorflow.org/tfx/serving/api_rest
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from utils.serving.errors import RequestError

SECONDS = 30.0
"""How long a request may take."""

_NO_SERVER = "Look whether a model server listens at this address, and not another program."


class RestClient:
    """Asks by JSON over HTTP, on one connection that is kept open; not for several threads at once."""

    def __init__(self, url: str, seconds: float = SECONDS) -> None:
        """Begin without a connection.

        Args:
            url: The server's address, for example ``"http://127.0.0.1:8501"``.
            seconds: How long a request may take.
        """
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=seconds)

    def predict(
        self,
        name: str,
        *,
        instances: Sequence[Any] | None = None,
        inputs: Any = None,
        signature_name: str | None = None,
        version: int | None = None,
        label: str | None = None,
    ) -> Any:
        """Ask a model for its outputs.

        Args:
            name: The model's name.
            instances: Rows; or
            inputs: a tensor, or tensors by the inputs' names.
            signature_name: The signature; by default the default one.
            version: The version; by default the latest.
            label: Or its label.

        Returns:
            A list with the outputs of each row; or a tensor, or tensors by the outputs' names.

        Raises:
            RequestError: If the server refuses, or cannot be reached.
        """
        body = {"signature_name": signature_name, "instances": instances, "inputs": inputs}
        answer = self.post(_path(name, version, label) + ":predict", body)
        return _part(answer, "predictions", "outputs")

    def classify(self, name: str, examples: Sequence[Mapping[str, Any]], **named: Any) -> Any:
        """Ask a model for labels and scores.

        Args:
            name: The model's name.
            examples: Features by name.
            **named: As for :meth:`predict`: ``signature_name``, ``version``, ``label``.

        Returns:
            For each example a list of labels with their scores.

        Raises:
            RequestError: If the server refuses, or cannot be reached.
        """
        return self._examples("classify", name, examples, **named)

    def regress(self, name: str, examples: Sequence[Mapping[str, Any]], **named: Any) -> Any:
        """Ask a model for a number for each example; see :meth:`classify`."""
        return self._examples("regress", name, examples, **named)

    def _examples(
        self,
        method: str,
        name: str,
        examples: Sequence[Mapping[str, Any]],
        signature_name: str | None = None,
        version: int | None = None,
        label: str | None = None,
    ) -> Any:
        body = {"signature_name": signature_name, "examples": examples}
        return _part(self.post(f"{_path(name, version, label)}:{method}", body), "results")

    def status(self, name: str) -> dict[int, str]:
        """Return the state of each version of a model, by its number.

        Args:
            name: The model's name.

        Raises:
            RequestError: If the server refuses, or cannot be reached.
        """
        found = _part(self.get(_path(name)), "model_version_status")
        return {int(one["version"]): one["state"] for one in found}

    def metadata(self, name: str, version: int | None = None, label: str | None = None) -> Any:
        """Return what the server knows of a model: its version and its signatures.

        Args:
            name: The model's name.
            version: The version; by default the latest.
            label: Or its label.

        Raises:
            RequestError: If the server refuses, or cannot be reached.
        """
        return self.get(f"{_path(name, version, label)}/metadata")

    def get(self, path: str) -> Any:
        """Ask for a path.

        Args:
            path: The path, for example ``"/v1/models/mine"``.

        Returns:
            The JSON of the answer.

        Raises:
            RequestError: If the server refuses, or cannot be reached.
        """
        return self._send("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send JSON to a path.

        Args:
            path: The path, for example ``"/v1/models/mine:predict"``.
            body: The request; what is None is left out.

        Returns:
            The JSON of the answer.

        Raises:
            RequestError: If the server refuses, or cannot be reached, or the request holds what JSON cannot.
        """
        given = {key: value for key, value in body.items() if value is not None}
        try:
            text = json.dumps(given)
        except (TypeError, ValueError, RecursionError) as error:
            raise RequestError(
                f"The request cannot be written as JSON: {error}.",
                'Give an array\'s `tolist()`, and bytes as {"b64": "..."}.',
            ) from error
        return self._send("POST", path, text.encode())

    def _send(self, method: str, path: str, body: bytes | None) -> Any:
        try:
            self._connection.request(method, path, body, {"Content-Type": "application/json"})
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise RequestError(
                f"The server at {self._connection.host}:{self._connection.port} cannot be asked: {error!r}.",
                "Look whether it still runs.",
            ) from error
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError):
            answer = None
        is_object = isinstance(answer, dict)
        if response.status != 200 or not is_object:
            said = answer.get("error") if is_object else text.decode("utf-8", "replace")
            raise RequestError(
                f"HTTP {response.status}: {said}",
                "" if response.status != 200 else _NO_SERVER,
                code=response.status,
            )
        return answer

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _part(answer: Mapping[str, Any], *names: str) -> Any:
    """Return the first of some fields that an answer has."""
    for name in names:
        if name in answer:
            return answer[name]
    raise RequestError(f"The answer has no {' or '.join(names)}: {answer}.", _NO_SERVER)


def _path(name: str, version: int | None = None, label: str | None = None) -> str:
    path = f"/v1/models/{quote(name, safe='')}"
    if version is not None:
        return f"{path}/versions/{version}"
    return path if label is None else f"{path}/labels/{quote(label, safe='')}"
