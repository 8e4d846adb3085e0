"""A reader's answer in all the forms that readers give it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from utils.exercises import reading


class Stubborn:
    """Raises whatever is done with it."""

    def __float__(self):
        raise RuntimeError("no")

    def __iter__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    "answer", [0.5, np.float32(0.5), np.array(0.5), "0.5", pd.Series([0.5, 1])[0]]
)
def test_numbers(answer):
    assert reading.number(answer) == 0.5


@pytest.mark.parametrize(
    "answer", ["half", [0.5], {}, object(), 1j, math.nan, math.inf, np.array([1, 2]), Stubborn()]
)
def test_what_is_no_number(answer):
    with pytest.raises(reading.AnswerForm, match="give a number"):
        reading.number(answer)


def test_whole_numbers():
    assert reading.whole(np.int64(3)) == reading.whole(3.0) == 3
    with pytest.raises(reading.AnswerForm, match="give a whole number, not a float"):
        reading.whole(3.7)


@pytest.mark.parametrize(
    "answer", ["a", ["a", "a"], {"a": 1}, pd.Index(["a"]), (one for one in "a")]
)
def test_names(answer):
    assert reading.names(answer) == {"a"}


@pytest.mark.parametrize("answer", [1, ["a", 1], [["a"]], [None], Stubborn()])
def test_what_are_no_names(answer):
    with pytest.raises(reading.AnswerForm, match="give a list of names"):
        reading.names(answer)


@pytest.mark.parametrize("answer", [{"a": "b", "c": None}, pd.Series({"a": "b", "c": None})])
def test_fields(answer):
    assert reading.fields(answer) == {"a": "b", "c": None}


@pytest.mark.parametrize(
    "answer", ["a", ["a"], [("a", "b")], {1: "a"}, {"a": ["b"]}, 3, pd.DataFrame({"a": ["b"]})]
)
def test_what_are_no_fields(answer):
    with pytest.raises(reading.AnswerForm, match=r"give a (dictionary|text under 'a')"):
        reading.fields(answer)


def test_texts():
    assert reading.text("a") == "a"
    assert reading.texts(["02139", "021"], 2) == ("02139", "021")
    for answer in ("ab", ["a"], ("a", 2139), 5, Stubborn):
        with pytest.raises(reading.AnswerForm):
            reading.texts(answer, 2)
    with pytest.raises(reading.AnswerForm, match="give a text, not an int"):
        reading.text(5)


@pytest.mark.parametrize(
    "answer", [{"a": 1, "b": {"c": None}, "d": [{"e": None}]}, "a: 1\nb: {c: }\nd: [{e: }]"]
)
def test_manifests(answer):
    assert reading.manifest(answer) == {"a": 1, "b": {}, "d": [{}]}


@pytest.mark.parametrize("answer", [3, "- a", "a: [", {"a": {1, 2}}, [], "a: 2026-99-99"])
def test_what_are_no_manifests(answer):
    with pytest.raises(reading.AnswerForm, match="give a manifest"):
        reading.manifest(answer)
