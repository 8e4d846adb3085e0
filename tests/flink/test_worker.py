"""Beam's worker as it runs on the cluster: what it has made may wait, however much it is, and it is quick."""

from __future__ import annotations

import queue
import subprocess
import sys
from typing import Any

import pytest
from apache_beam.portability.api import beam_fn_api_pb2
from apache_beam.runners.worker import data_plane

from utils import paths
from utils.flink import worker

MEGABYTES = 300
"""Three times as many as Beam's own worker lets wait."""


@pytest.fixture
def channels(monkeypatch) -> type[Any]:
    """Beam's own channels, which are its own again after the test."""
    kind: type[Any] = data_plane._GrpcDataChannel
    monkeypatch.setattr(kind, "__init__", kind.__init__)
    return kind


def wait_to_be_sent(channel: Any) -> int:
    """Put up to :data:`MEGABYTES` messages of 1 MB where nobody sends them, and return how many there is room for."""
    message = beam_fn_api_pb2.Elements.Data(data=bytes(2**20))
    for count in range(MEGABYTES):
        try:
            channel._to_send.put(message, 2**20, block=False)
        except queue.Full:
            return count
    return MEGABYTES


def test_beams_own_worker_stops_at_a_hundred_megabytes(channels):
    assert wait_to_be_sent(channels()) == 100


def test_here_it_goes_on(channels):
    worker.prepare()
    assert wait_to_be_sent(channels()) == MEGABYTES


def test_what_waits_is_sent_in_its_order(channels):
    worker.prepare()
    channel = channels()
    stream = channel.output_stream("bundle", "step")
    for number in range(3):
        stream.write(bytes([number]))
        stream.flush()
    stream.close()
    channel.close()
    sent = [one.data for message in channel._write_outputs() for one in message.data]
    assert sent == [b"\0", b"\1", b"\2", b""]


@pytest.mark.parametrize(("plain", "quick"), [("", "True"), ("1", "False")])
def test_it_works_nothing_out_twice_unless_plain_is_asked_for(monkeypatch, plain, quick):
    # In a process of its own, as on the cluster: here the functions may have been changed by another test.
    code = """
from utils.flink import worker
worker.prepare()
from tensorflow_model_analysis.metrics import metric_util
print(hasattr(metric_util.to_label_prediction_example_weight, "__wrapped__"))
"""
    monkeypatch.setenv("WORKBOOK_PLAIN", plain)
    said = subprocess.check_output([sys.executable, "-c", code], cwd=paths.ROOT, text=True)
    assert said.split() == [quick]
