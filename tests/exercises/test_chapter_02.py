"""Windows that readers of chapter 2 hand in and that hold no complaint of some days."""

from __future__ import annotations

import pytest
from apache_beam import window

from utils.beam_pipelines.event_time import DAY
from utils.exercises import chapter_02


@pytest.mark.parametrize(
    ("size", "period", "said"),
    [
        (28, 7, "counted in four of them"),
        (7, 28, "each window lasts 7 days"),
        (1, 28, "each window lasts 1 days"),
        (7, 7, "one window only"),
        (28, 14, "a new one begins every 7 days"),
    ],
)
def test_sliding_windows(size, period, said):
    answer = window.SlidingWindows(size * DAY, period * DAY)
    assert said in chapter_02.sliding_windows(answer, None, 28, 7).reason
