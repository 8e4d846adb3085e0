"""Functions that readers of chapter 5 hand in and that stop, or return something else."""

from __future__ import annotations

import pytest
import tensorflow as tf

from utils.exercises import chapter_05


def stops(texts):
    raise KeyError("amount")


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (stops, "your function stopped: KeyError"),
        (lambda: None, "your function stopped: TypeError"),
        (lambda texts: None, "as a string tensor"),
        (lambda texts: tf.sparse.from_dense(texts), "as a string tensor"),
        (lambda texts: texts.numpy(), "as a string tensor"),
        (lambda texts: tf.strings.regex_replace(texts, "(", ""), "TensorFlow refuses"),
    ],
)
def test_functions(function, said):
    verdict = chapter_05.the_amount(function, None)
    assert not verdict
    assert said in verdict.reason
