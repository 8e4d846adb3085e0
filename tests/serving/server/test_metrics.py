"""Metrics have TensorFlow Serving's names and rendering."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from utils.serving.server.metrics import MOST_NAMES, Metrics


def test_the_page_is_rendered_as_by_tensorflow_serving():
    metrics = Metrics()
    metrics.requests.labels("half", "OK").inc(3)
    metrics.load_attempts.labels('/m "x"', "success").inc()
    metrics.request_latency.labels("half", "Predict", "GRPC").observe(20)
    metrics.count_examples("half", 3)
    with metrics.runtime("half", "Predict"):
        pass
    lines = metrics.page().splitlines()
    for line in (
        "# TYPE :tensorflow:serving:request_count counter",
        ':tensorflow:serving:request_count{model_name="half",status="OK"} 3',
        ':tensorflow:cc:saved_model:load_attempt_count{model_path="/m \\"x\\"",status="success"} 1',
        "# TYPE :tensorflow:serving:request_latency histogram",
        ':tensorflow:serving:request_latency_bucket{model_name="half",API="Predict",entrypoint="GRPC",le="10"} 0',
        ':tensorflow:serving:request_latency_bucket{model_name="half",API="Predict",entrypoint="GRPC",le="32.4"} 1',
        ':tensorflow:serving:request_latency_bucket{model_name="half",API="Predict",entrypoint="GRPC",le="+Inf"} 1',
        ':tensorflow:serving:request_latency_sum{model_name="half",API="Predict",entrypoint="GRPC"} 20',
        ':tensorflow:serving:request_latency_count{model_name="half",API="Predict",entrypoint="GRPC"} 1',
        ':tensorflow:serving:request_example_count_total{model="half"} 3',
        ":tensorflow:core:graph_runs{} 1",
    ):
        assert line in lines
    assert not any("_created" in line for line in lines)


def test_one_value():
    metrics = Metrics()
    metrics.graph_runs.inc(3)
    assert metrics.value("/tensorflow/core/graph_runs") == 3
    assert metrics.value("/tensorflow/serving/request_count") == 0
    assert metrics.value("/none") == 0


def test_prometheus_can_read_it():
    metrics = Metrics()
    metrics.requests.labels("half", "OK").inc()
    families = {one.name: one for one in text_string_to_metric_families(metrics.page())}
    assert families[":tensorflow:serving:request_count"].samples[0].value == 1
    assert families[":tensorflow:serving:request_latency"].type == "histogram"


def test_any_number_of_names_takes_bounded_memory():
    counted = Metrics()
    for number in range(MOST_NAMES + 100):
        counted.count_request(f"name{number}", "NOT_FOUND")
    counted.count_request("name0", "NOT_FOUND")
    counted.count_request("a" * 10_000, "NOT_FOUND")
    page = counted.page()
    assert page.count(":request_count{") == MOST_NAMES + 1
    assert ':tensorflow:serving:request_count{model_name="name0",status="NOT_FOUND"} 2' in page
    assert ':tensorflow:serving:request_count{model_name="(others)",status="NOT_FOUND"} 101' in page
