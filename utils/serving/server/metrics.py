"""TensorFlow Serving's metrics, under its own names and in its own rendering for Prometheus.

``prometheus_client`` counts. What it would write differs from TensorFlow Serving's page, which has colons in its names
and no ``_total`` at their ends, so :func:`page` writes the lines.

Source: https://github.com/tensorflow/serving/blob/master/tensorflow_serving/util/prometheus_exporter.cc
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.metrics_core import Metric

PATH = "/monitoring/prometheus/metrics"
"""Where the page is, unless the monitoring configuration names another path."""

MICROSECONDS = [10 * 1.8**power for power in range(33)]
"""Upper bounds of the buckets that times are counted in."""

EXAMPLES = [2.0**power for power in range(15)]
"""Upper bounds of the buckets that examples in a request are counted in."""


MOST_NAMES = 500
"""How many names of models requests are counted by; a client may ask for any name, and each takes memory for good."""

LONGEST_NAME = 200
"""How many characters such a name may have."""

OTHERS = "(others)"
"""What requests with further names are counted by."""


class Metrics:
    """The metrics of one server; times are in microseconds."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._names: set[str] = set()

        def counter(name: str, *labels: str) -> Counter:
            return Counter(name, name, labels, registry=self.registry)

        def histogram(name: str, *labels: str, bounds: list[float] = MICROSECONDS) -> Histogram:
            return Histogram(name, name, labels, registry=self.registry, buckets=bounds)

        serving, saved_model = ":tensorflow:serving", ":tensorflow:cc:saved_model"
        self.requests = counter(f"{serving}:request_count", "model_name", "status")
        self.request_latency = histogram(
            f"{serving}:request_latency", "model_name", "API", "entrypoint"
        )
        self.runtime_latency = histogram(
            f"{serving}:runtime_latency", "model_name", "API", "runtime"
        )
        self.example_counts = histogram(
            f"{serving}:request_example_counts", "model", bounds=EXAMPLES
        )
        self.examples = counter(f"{serving}:request_example_count_total", "model")
        self.warmup_latency = histogram(f"{serving}:model_warmup_latency", "model_path", "status")
        self.warmup_records = counter(
            f"{serving}:model_warmup_records_read", "model_path", "status"
        )
        self.queuing_latency = histogram(
            f"{serving}:batching_session:queuing_latency", "thread_pool_name"
        )
        self.batches = counter(f"{serving}:batching_session:wrapped_run_count")
        self.load_attempts = counter(f"{saved_model}:load_attempt_count", "model_path", "status")
        self.load_latency = counter(f"{saved_model}:load_latency", "model_path")
        self.graph_runs = counter(":tensorflow:core:graph_runs")
        self.graph_run_time = counter(":tensorflow:core:graph_run_time_usecs")

    def count_request(self, model: str, status: str) -> None:
        """Count a request, whether it was answered or not.

        Args:
            model: The model's name as the client wrote it.
            status: The name of the code that it was answered by.
        """
        if model not in self._names:
            if len(self._names) < MOST_NAMES and len(model) <= LONGEST_NAME:
                self._names.add(model)
            else:
                model = OTHERS
        self.requests.labels(model, status).inc()

    @contextmanager
    def runtime(self, model: str, api: str) -> Iterator[None]:
        """Measure a run of a model, unless it fails.

        Args:
            model: The model's name.
            api: What was asked for, for example ``"Predict"``.
        """
        start = time.perf_counter()
        yield
        took = micros(start)
        self.runtime_latency.labels(model, api, "TF1").observe(took)
        self.graph_runs.inc()
        self.graph_run_time.inc(took)

    def count_examples(self, model: str, count: int) -> None:
        """Count the examples of a request.

        Args:
            model: The model's name.
            count: How many.
        """
        self.example_counts.labels(model).observe(count)
        self.examples.labels(model).inc(count)

    def value(self, name: str) -> int:
        """Return the value of a metric.

        Args:
            name: Its name with slashes, for example ``"/tensorflow/core/graph_runs"``.

        Returns:
            Its value for the labels that were counted first; 0 where there is no such metric.
        """
        for family in self.registry.collect():
            if family.documentation == name.replace("/", ":") and family.samples:
                return int(family.samples[0].value)
        return 0

    def page(self) -> str:
        """Return all metrics in Prometheus' text format."""
        return "\n".join(_lines(self.registry.collect())) + "\n"


def micros(start: float) -> float:
    """Return the microseconds since a time.

    Args:
        start: What ``time.perf_counter`` returned then, in seconds.
    """
    return (time.perf_counter() - start) * 1e6


def _lines(families: Iterable[Metric]) -> Iterator[str]:
    for family in families:
        # The library takes "_total" off the end of a counter's name, and adds it to that of its sample.
        own = family.documentation
        yield f"# TYPE {own} {family.type}"
        for sample in family.samples:
            suffix = sample.name.removeprefix(family.name)
            if suffix == "_created":
                continue
            labels = ",".join(
                f'{name}="{_bound(value) if name == "le" else _escaped(value)}"'
                for name, value in sample.labels.items()
            )
            name = own if suffix == "_total" else f"{own}{suffix}"
            yield f"{name}{{{labels}}} {_value(sample.value, name)}"


def _bound(value: str) -> str:
    return value if value == "+Inf" else f"{float(value):g}"


def _value(value: float, name: str) -> str:
    return f"{value:g}" if name.endswith("_sum") else f"{value:.0f}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
