"""Redaction: what has a form is gone, what has none stays, and harmless texts are left alone."""

from __future__ import annotations

import pytest
import tensorflow as tf

from utils.complaints import csvio
from utils.paths import ROOT
from utils.privacy import redaction
from utils.privacy.errors import PrivacyError


@pytest.fixture(scope="module")
def narratives():
    rows = csvio.read_records(ROOT / "data" / "complaints" / "S1.csv")
    return [row["consumer_complaint_narrative"] for row in rows[:500]]


@pytest.fixture(scope="module")
def planted(narratives):
    return redaction.plant(narratives)


def test_each_text_has_its_secret(planted):
    assert all(one.secret in one.text for one in planted)
    assert {one.kind for one in planted} == {*redaction.PATTERNS, "name"}


def test_one_seed_plants_the_same(narratives, planted):
    assert redaction.plant(narratives) == planted
    assert redaction.plant(narratives, seed=1) != planted


def test_everything_with_a_form_is_gone_and_named_by_its_kind(planted):
    for one in planted:
        left = redaction.redact(one.text)
        assert (one.secret in left) == (one.kind == "name")
        assert (f"[{one.kind}]" in left) == (one.kind != "name")


def test_published_complaints_are_left_alone(narratives):
    assert redaction.false_alarms(narratives) == []


def test_recall_counts_each_kind(planted):
    found = redaction.recall(planted).set_index("kind")
    assert found.texts.tolist() == [100] * 5
    assert found.removed["name"] == 0
    assert found.removed.drop("name").eq(1).all()
    # Wilson's interval of 100 out of 100 begins at 1 / (1 + 1.96² / 100).
    assert found.low["email"] == pytest.approx(0.963, abs=1e-3) and found.high["email"] == 1
    assert found.low["name"] == 0 and found.high["name"] == pytest.approx(0.037, abs=1e-3)
    half = redaction.recall(
        planted, lambda text: redaction.redact(text) if len(text) % 2 else text
    ).set_index("kind")
    assert half.low["phone"] < half.removed["phone"] < half.high["phone"]


def test_tensorflow_reads_the_patterns_as_python_does(planted):
    texts = [one.text for one in planted[:100]]
    by_tensorflow = tf.constant(texts)
    for kind, pattern in redaction.PATTERNS.items():
        by_tensorflow = tf.strings.regex_replace(by_tensorflow, pattern, f"[{kind}]")
    assert [one.decode() for one in by_tensorflow.numpy()] == [redaction.redact(t) for t in texts]


@pytest.mark.parametrize(
    "text", ["", "I paid {$12.00} on XX/XX/XXXX.", "zip 94110, in 2016", "5-5"]
)
def test_harmless(text):
    assert redaction.redact(text) == text


def test_a_broken_pattern_is_told():
    with pytest.raises(PrivacyError, match="no regular expression"):
        redaction.redact("x", {"broken": "("})
