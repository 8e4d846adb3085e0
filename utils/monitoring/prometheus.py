"""A Prometheus on this machine: started on the reader's own configuration, and asked by its HTTP API.

Source: https://prometheus.io/docs/prometheus/latest/querying/api/
"""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from utils import services
from utils.monitoring import programs
from utils.monitoring.errors import MonitoringError
from utils.services import ServiceError
from utils.services.service import Service, Stoppable

if TYPE_CHECKING:
    import pandas as pd

POLL_SECONDS = 0.1
"""How long :meth:`Prometheus.wait` rests between two looks."""

_ANSWER_SECONDS = 30


@dataclass(frozen=True)
class Prometheus(Stoppable):
    """A running Prometheus.

    Attributes:
        service: Its process.
        config: Its configuration file.
    """

    service: Service
    config: Path

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{services.HOST}:{self.service.ports['web']}"

    def query(self, expression: str) -> pd.DataFrame:
        """Ask for what an expression is now.

        Args:
            expression: PromQL, for example ``"sum(rate(requests[10s]))"``.

        Returns:
            One row for each series: its labels, and ``value``, which is NaN where nothing divides nothing.

        Raises:
            MonitoringError: If Prometheus refuses it or cannot be asked, or the expression is a range or a text.
        """
        import pandas as pd

        result = self.api("query", query=expression)
        if result["resultType"] == "scalar":
            return pd.DataFrame([{"value": float(result["result"][1])}])
        if result["resultType"] != "vector":
            raise MonitoringError(
                f"{expression} is a {result['resultType']}, which has no value now.",
                "Ask for numbers: put rate(…) or another function around a range.",
            )
        rows = [{**one["metric"], "value": float(one["value"][1])} for one in result["result"]]
        return pd.DataFrame(rows, columns=None if rows else ["value"])

    def value(self, expression: str) -> float:
        """Ask for what an expression with one series is now; see :meth:`query`.

        Returns:
            Its value; NaN where there is no series.

        Raises:
            MonitoringError: If there are several series, or Prometheus refuses the expression.
        """
        values = self.query(expression)["value"]
        if len(values) > 1:
            raise MonitoringError(
                f"{expression} has {len(values)} series, and not one.",
                "Put an aggregation around it, for example sum(…).",
            )
        return float(values.iloc[0]) if len(values) else float("nan")

    def over_time(self, expression: str, seconds: float, step: float = 1.0) -> pd.DataFrame:
        """Ask for what an expression was in the last seconds.

        Args:
            expression: PromQL.
            seconds: How far back.
            step: Seconds from one value to the next.

        Returns:
            One row for each series and step: ``series`` (its labels), ``seconds`` (below zero: before now), ``value``.

        Raises:
            MonitoringError: If Prometheus refuses it, or cannot be asked.
        """
        import pandas as pd

        now = time.time()
        result = self.api("query_range", query=expression, start=now - seconds, end=now, step=step)
        rows = [
            (labels(one["metric"]), float(at) - now, float(value))
            for one in result["result"]
            for at, value in one["values"]
        ]
        return pd.DataFrame(rows, columns=["series", "seconds", "value"])

    def alerts(self) -> dict[str, str]:
        """Return the state of each alert that is not quiet, ``"pending"`` or ``"firing"``, by its name."""
        found = self.api("alerts")["alerts"]
        states = [(one["labels"]["alertname"], one["state"]) for one in found]
        return dict(sorted(states, key=lambda each: each[1] == "firing"))

    def metric_names(self) -> list[str]:
        """Return the names of all metrics that it has seen."""
        return list(self.api("label/__name__/values"))

    def reload(self) -> None:
        """Make it read its configuration and its rules again.

        Raises:
            MonitoringError: If it refuses them; then it goes on with the old ones.
        """
        status, said = self._send("POST", "/-/reload")
        if status != 200:
            raise MonitoringError(
                f"Prometheus refuses the new configuration: {said.strip()}",
                "Check it by promtool check config.",
            )

    def wait(self, true: Callable[[], Any], what: str, seconds: float = 60) -> Any:
        """Wait until something is true, looking again and again.

        Args:
            true: Returns something true once it is so.
            what: What is waited for, for the message.
            seconds: How long it may take.

        Returns:
            What ``true`` returned.

        Raises:
            MonitoringError: If it does not become true in time.
        """
        deadline = time.monotonic() + seconds
        while not (found := true()):
            if time.monotonic() > deadline:
                raise MonitoringError(
                    f"Waited {seconds:g} s in vain for {what}.",
                    f"Look at {self.url}/targets, or at the log {self.service.log}.",
                )
            time.sleep(POLL_SECONDS)
        return found

    def api(self, what: str, **parameters: Any) -> Any:
        """Ask its HTTP API.

        Args:
            what: The path behind ``/api/v1/``.
            **parameters: The parameters of the query.

        Returns:
            The ``data`` of the answer.

        Raises:
            MonitoringError: If it refuses, or cannot be asked.
        """
        _, said = self._send("GET", f"/api/v1/{what}?{urlencode(parameters)}")
        answer = json.loads(said)
        if answer["status"] != "success":
            raise MonitoringError(
                f"Prometheus refuses {parameters.get('query', what)!r}: {answer['error']}",
                "Mend the expression.",
            )
        return answer["data"]

    def _send(self, method: str, path: str) -> tuple[int, str]:
        port = self.service.ports["web"]
        connection = http.client.HTTPConnection(services.HOST, port, timeout=_ANSWER_SECONDS)
        with contextlib.closing(connection):
            try:
                connection.request(method, path)
                response = connection.getresponse()
                return response.status, response.read().decode("utf-8")
            except (OSError, http.client.HTTPException) as error:
                raise MonitoringError(
                    f"Prometheus cannot be asked: {error!r}.", "Start it again."
                ) from error

    def stop(self) -> None:
        """End it, and wait until it is gone; what it has recorded goes with it."""
        self.service.stop()

    def __str__(self) -> str:
        return f"Prometheus answers at {self.url}, by {self.config.name}."


def start(config: Path, key: Hashable = None) -> Prometheus:
    """Start a Prometheus, which listens on this machine only, and wait until it is ready.

    Args:
        config: Its configuration file. What this names by relative paths lies beside it.
        key: What makes it the same one: where one with this key runs already, that one is returned.

    Returns:
        The running Prometheus; a context manager that stops it.

    Raises:
        MonitoringError: If it cannot be had, or does not start; the message quotes its log.
    """
    program = programs.install() / programs.PROGRAMS[0]

    def command(service: Service) -> list[str]:
        return [
            str(program),
            f"--config.file={config.absolute()}",
            f"--storage.tsdb.path={service.folder / 'data'}",
            f"--web.listen-address={services.HOST}:{service.ports['web']}",
            "--web.enable-lifecycle",  # a request may make it read its files again
        ]

    try:
        service = services.start(
            "Prometheus",
            command,
            ports=["web"],
            ready=services.answers("web", "/-/ready"),
            key=key,
        )
    except ServiceError as error:
        raise MonitoringError(error.what, error.cure) from error
    return Prometheus(service, config)


def labels(metric: Mapping[str, str]) -> str:
    """Write a series' labels as PromQL does, for example ``'request_count{status="OK"}'``.

    Args:
        metric: Label to value; ``__name__`` is the metric's name.
    """
    pairs = ", ".join(
        f"{name}={json.dumps(value, ensure_ascii=False)}"
        for name, value in metric.items()
        if name != "__name__"
    )
    name = metric.get("__name__", "")
    return f"{name}{{{pairs}}}" if pairs else name
