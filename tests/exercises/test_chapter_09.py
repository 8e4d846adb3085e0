"""Exercises of chapter 9 on answers that the notebook does not try."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from utils.exercises import chapter_09, reading
from utils.optimisation import lite

SCHEDULE = {
    "initial_sparsity": 0.0,
    "final_sparsity": 0.75,
    "begin_step": 20,
    "end_step": 40,
    "frequency": 4,
}


@pytest.mark.parametrize("answer", [b"nothing", b""])
def test_what_is_no_file_is_not_yet(answer):
    verdict = chapter_09.quantised_at_both_ends(answer, None, features={}, scores=np.zeros(0))
    assert "cannot read" in verdict.reason


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A network with an embedding: looked up in 8-bit weights, a row of it is int8 in any quantised file."""
    import keras

    keras.utils.set_random_seed(1)
    place = keras.Input((1,), dtype="int32", name="place")
    found = keras.layers.Flatten()(keras.layers.Embedding(100, 32)(place))
    hidden = keras.layers.Dense(64, "relu")(found)
    network = keras.Model(place, keras.layers.Dense(1, "sigmoid")(hidden))
    folder = tmp_path_factory.mktemp("network")
    network.export(str(folder), verbose=False)
    return folder


@pytest.mark.parametrize(
    ("calibrated", "said"), [(False, "it calculates in float"), (True, "outputs are still float32")]
)
def test_eight_bit_weights_are_no_whole_numbers_in_between(exported, calibrated, said):
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model(str(exported))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if calibrated:
        rows = [{"place": np.array([[row]], np.int32)} for row in range(100)]
        converter.representative_dataset = lambda: iter(rows)
    with lite.quiet():
        file = converter.convert()
    verdict = chapter_09.quantised_at_both_ends(file, None, features={}, scores=np.zeros(0))
    assert said in verdict.reason


def test_a_file_is_bytes():
    with pytest.raises(reading.AnswerForm):
        chapter_09.quantised_at_both_ends("int8", None, features={}, scores=np.zeros(0))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "prunes at 6 steps"),
        ({"frequency": 5}, "prunes at 5 steps"),
        ({"frequency": 10}, "3 step(s) only"),
        ({"begin_step": 0}, "within the first epoch"),
        ({"final_sparsity": 0.8}, "a share of 0.800"),
        ({"begin_step": 40, "end_step": 40}, "comes before"),
        ({"end_step": 39}, "at its last pruning"),
    ],
)
def test_schedules(change, said):
    assert said in chapter_09.pruning_schedule(SCHEDULE | change, None, steps=20, epochs=3).reason


def test_a_schedule_has_all_its_arguments():
    with pytest.raises(reading.AnswerForm, match="frequency"):
        chapter_09.pruning_schedule({"begin_step": 1}, None, steps=20, epochs=3)


def test_the_share_counts_and_not_the_number():
    rows = pd.DataFrame({"product": ["A"] * 200 + ["B"] * 1_000 + ["C"] * 50})
    before = np.linspace(0, 1, len(rows))
    after = before.copy()
    threshold = np.quantile(before, chapter_09.DESK)
    below = np.flatnonzero(before <= threshold)
    after[below[:20]] = 1  # of A, a tenth
    after[below[200:240]] = 1  # of B, more and a smaller share
    said = {
        name: chapter_09.quantised_decisions(name, None, rows=rows, before=before, after=after)
        for name in "ABCD"
    }
    assert said["A"].right
    assert "take the share" in said["B"].reason
    assert "leave out" in said["C"].reason
    assert "no product" in said["D"].reason
