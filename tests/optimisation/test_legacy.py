"""Programs that need the Keras of former times."""

from __future__ import annotations

import pytest

from utils.optimisation import legacy
from utils.optimisation.errors import OptimisationError


@pytest.fixture
def program(tmp_path):
    def written(text):
        file = tmp_path / "program.py"
        file.write_text(text, encoding="utf-8")
        return file

    return written


def test_the_program_has_keras_2_and_its_arguments(program):
    text = """
import json, sys
import tensorflow as tf
print("on the way")
print(json.dumps([tf.keras.Model.__module__.split(".")[0], sys.argv[1:], __name__]))
"""
    assert legacy.run(program(text), ["rows.npz"]) == ["tf_keras", ["rows.npz"], "__main__"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise ValueError('too few rows')", "too few rows"),
        ("print('done')", "printed no JSON"),
        ("", "printed no JSON"),
    ],
)
def test_a_program_that_does_not_answer(program, text, said):
    with pytest.raises(OptimisationError, match=said):
        legacy.run(program(text))


def test_a_program_that_does_not_end(program):
    with pytest.raises(OptimisationError, match="was not done after 1 s"):
        legacy.run(program("while True: pass"), seconds=1)
