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


@pytest.mark.parametrize("code", ["02é39", "é"])
def test_a_code_that_is_cut_inside_a_letter(code):
    def careless(codes):
        return tf.strings.substr(codes, 0, 3)

    assert (
        "not its area" in chapter_05.the_missing_case((code, "x"), None, careless=careless).reason
    )
