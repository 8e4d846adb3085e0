"""Views of serving: the same facts in picture, table and data, and nothing unescaped."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from utils.serving import views
from utils.serving.load import Load

COLUMNS = ["rate", "answered", "failed", "throughput", "p50", "p95", "p99"]
HOSTILE = "</script><b>bad</b>"


def load(milliseconds: float, clients: int = 1) -> Load:
    return Load(np.arange(1, 101) * milliseconds / 1e5, {1: 100}, {"Gone: away": 2}, 2.0, clients)


def test_latencies():
    view = views.latencies({"REST": load(10), HOSTILE: load(200, 4)})
    assert view.data[["asked by", "answered", "failed", "clients"]].to_numpy().tolist() == [
        ["REST", 100, 2, 1],
        [HOSTILE, 100, 2, 4],
    ]
    assert view.data["p50"].tolist() == pytest.approx([5.05, 101])
    assert "REST, p99: 9.9 ms" in view.picture
    assert "9.9" in view.text()
    assert HOSTILE not in view.html() + view.picture
    with pytest.raises(ValueError, match="no load"):
        views.latencies({})
    with pytest.raises(ValueError, match="x: no request was answered"):
        views.latencies({"x": Load(np.array([]), {}, {"E": 1}, 1.0, 1)})


def test_throughput():
    view = views.throughput({"alone": {1: load(10), 8: load(20, 8)}, HOSTILE: {1: load(10)}})
    assert view.data["throughput"].tolist() == [50, 50, 50]
    assert view.data["clients"].tolist() == [1, 8, 1]
    assert "alone, 8 clients: 50 requests in a second" in view.picture
    assert HOSTILE not in view.html() + view.picture
    with pytest.raises(ValueError, match="no load"):
        views.throughput({"alone": {}})


def test_one_number_of_clients_can_be_drawn():
    assert "nan" not in views.throughput({"alone": {4: load(10)}}).picture


def test_versions_over_time():
    answered = [(100 + at / 10, 7 if at < 60 else 8) for at in range(100)]
    view = views.versions_over_time(answered, {HOSTILE: 106.0}, bins=10)
    assert view.data["answers"].sum() == 100
    assert view.data.groupby("version")["answers"].sum().to_dict() == {"7": 60, "8": 40}
    assert view.data["second"].iloc[0] == 0
    assert "8: 40 answers" in view.picture
    assert "6.00" in view.text()
    assert HOSTILE not in view.html() + view.picture
    with pytest.raises(ValueError, match="no answer"):
        views.versions_over_time([])


def test_words_stand_to_the_left_of_a_line_that_another_follows_closely():
    answered = [(at / 10, 7) for at in range(100)]
    drawn = views.versions_over_time(answered, {"swap": 5.0, "swap done": 5.2}).picture
    assert 'text-anchor="end">swap</text>' in drawn
    assert 'text-anchor="start">swap done</text>' in drawn


def test_a_single_answer_can_be_drawn():
    assert "nan" not in views.versions_over_time([(1.0, 2)]).picture


def test_latency_at_rising_load_has_a_target_and_three_curves():
    rows = [(10.0, 20, 0, 9.9, 2.0, 3.0, 4.0), (100.0, 200, 1, 60.0, 80.0, 300.0, 900.0)]
    view = views.rising(pd.DataFrame(rows, columns=COLUMNS), target=20)
    assert view.data.p95.tolist() == [3.0, 300.0]
    assert "target 20 ms" in view.picture
    assert 'p95: 10 in a second 3 ms, 100 in a second 300 ms"' in view.picture
    assert "300.0" in view.text()
    with pytest.raises(ValueError, match="no load"):
        views.rising(pd.DataFrame([(5.0, 0, 9, 0.0, *[math.nan] * 3)], columns=COLUMNS), 10)
