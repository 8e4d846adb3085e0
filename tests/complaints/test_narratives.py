from __future__ import annotations

import json
import re
import statistics
from collections import Counter

import pytest

from utils import paths
from utils.complaints import narratives, planted
from utils.complaints.narratives import FLAGS, Plan, Writer
from utils.complaints.tables import phrases, tables

Data = dict[str, list[dict[str, str]]]
TEXT = "consumer_complaint_narrative"
KEY_WORDS = re.compile(
    r"escalat|supervisor|\bmanager|attorney|lawyer|\bsue\b|legal|lawsuit|\bcourts?\b|resolved|thank|"
    r"satisf|apolog|\bfixed\b(?! income)|corrected|repeatedly|over and over|third time|"
    r"unacceptable|outraged|\binsist|appreciat",
    re.IGNORECASE,
)


def plan(**changes: object) -> Plan:
    values: dict[str, object] = {
        "product": "Mortgage",
        "sub_product": "FHA mortgage",
        "issue": "Settlement process and costs",
        "event": 0,
        "company": "Dunmarrow Home Loans",
        "words": 120,
        "flags": (False, False, False, False),
        "redactions": 5,
        "dates": False,
        "money": False,
        "newline": 0,
        "capitals": False,
    }
    return Plan(**{**values, **changes})  # type: ignore[arg-type]


def sentences(node: object) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [
            text for name, value in node.items() if name != "planted" for text in sentences(value)
        ]
    return [text for value in node for text in sentences(value)] if isinstance(node, list) else []


def test_every_issue_has_three_to_five_paraphrases_of_what_happened() -> None:
    for product, issues in tables()["issues"].items():
        assert set(phrases()["issues"][product]) == {issue[0] for issue in issues}
        for issue in issues:
            assert 3 <= narratives.events(product, issue[0]) <= 5


def test_every_planted_effect_has_at_least_eight_paraphrases() -> None:
    for flag in FLAGS:
        texts = phrases()["planted"][flag]
        assert len(set(texts)) == len(texts) >= 8


def test_every_paraphrase_of_what_happened_has_a_place_for_a_redaction() -> None:
    for product, issues in phrases()["issues"].items():
        for issue, parts in issues.items():
            for text in parts["short"] + parts["events"]:
                sentence = text if isinstance(text, str) else text[0]
                assert re.search(r"\{[poanq]\}", sentence), (product, issue, sentence)


def test_key_words_of_planted_phrases_occur_nowhere_else() -> None:
    book = phrases()
    texts = sentences(book["generic"]) + sentences(book["products"])
    for issues in book["issues"].values():
        for parts in issues.values():
            texts += parts["short"]
            texts += [t if isinstance(t, str) else t[0] for t in parts["events"] + parts["clauses"]]
    assert len(texts) > 800
    assert [text for text in texts if KEY_WORDS.search(text)] == []


@pytest.mark.parametrize("flag", FLAGS)
def test_planted_phrases_are_written_and_found(flag: str) -> None:
    writer = Writer(1)
    flags = tuple(name == flag for name in FLAGS)
    for words in (8, 20, 60, 400):
        for capitals in (False, True):
            text = writer.write(plan(words=words, flags=flags, capitals=capitals))
            assert narratives.find_flags(text) == dict(zip(FLAGS, flags, strict=True))


def test_flags_in_the_texts_have_their_shares(large: Data) -> None:
    counts: Counter[str] = Counter()
    for row in large["S1"]:
        counts.update(name for name, there in narratives.find_flags(row[TEXT]).items() if there)
    for flag, share in planted.FLAG_SHARE.items():
        assert counts[flag] / 10_000 == pytest.approx(share, abs=planted.tolerance(10_000, share))


@pytest.mark.parametrize("words", [8, 15, 30, 60, 125, 300, 800])
def test_texts_come_close_to_the_length_asked_for(words: int) -> None:
    writer = Writer(2)
    lengths = [
        len(writer.write(plan(words=words, redactions=words // 20)).split()) for _ in range(200)
    ]
    assert statistics.median(lengths) == pytest.approx(words, abs=2 + 0.02 * words)
    assert all(abs(length - words) <= 12 for length in lengths)


def test_no_sentence_occurs_twice_in_a_long_text() -> None:
    writer = Writer(3)
    for _ in range(20):
        text = writer.write(plan(words=800, redactions=0))
        parts = re.split(r"(?<=[.])\s+", text)
        assert Counter(parts).most_common(1)[0][1] == 1


def test_redactions_look_as_asked_for() -> None:
    writer = Writer(4)
    assert "XX" not in writer.write(plan(redactions=0))
    assert "XXXX" in writer.write(plan(words=8, redactions=1))
    assert "XX/XX/XXXX" in writer.write(plan(dates=True))
    amounts = re.findall(r"\{\$(\d+)\.00\}", writer.write(plan(words=30, money=True)))
    assert amounts
    assert all(int(a) == float(f"{int(a):.2g}") for a in amounts)
    assert "{$" not in writer.write(plan(words=300))
    assert "\n\n" in writer.write(plan(newline=2))
    assert "\n" not in writer.write(plan(newline=0))


def test_style_of_the_texts(large: Data) -> None:
    texts = [row[TEXT] for row in large["S1"]]
    hidden = [text.count("XXXX") for text in texts if "XXXX" in text]
    shares = {
        0.83: len(hidden) / 10_000,
        0.31: sum("{$" in text for text in texts) / 10_000,
        0.15: sum("XX/XX/XXXX" in text for text in texts) / 10_000,
        0.30: sum("\n" in text for text in texts) / 10_000,
        0.02: sum(text.isupper() for text in texts) / 10_000,
    }
    for share, found in shares.items():
        assert found == pytest.approx(share, abs=planted.tolerance(10_000, share) + 0.01)
    assert statistics.median(hidden) == pytest.approx(4, abs=1)
    assert statistics.fmean(hidden) == pytest.approx(9, abs=1)
    lengths = [len(text.split()) for text in texts]
    assert min(lengths) >= 7
    assert max(lengths) <= 830


def test_texts_are_tidy(large: Data) -> None:
    for span in ("S1", "S3"):
        for row in large[span]:
            text = row[TEXT]
            assert not re.search(
                r"%|\{(?!\$)|\.\.|  | ,| \.|=|\ba an\b|\bthe a\b|\bmy the\b", text
            ), text
            assert text[0].isupper()
            assert text[-1] == "."
            assert text == text.strip()
            if not text.isupper():
                named = re.sub(r"\b(Inc|N\.A|P\.C)\. ", "", text)
                starts = re.findall(r"(?:^|[.]\s+)(\S)", named)
                assert all(s.isupper() or not s.isalpha() for s in starts), text


def test_narratives_within_a_chunk_are_all_different(large: Data) -> None:
    for rows in large.values():
        assert len({row[TEXT] for row in rows}) == 10_000


def test_the_sub_issue_goes_with_what_happened() -> None:
    counts: Counter[tuple[str, bool]] = Counter()
    for product, issues in phrases()["issues"].items():
        for issue in issues:
            names = [
                narratives.sub_issue(product, issue, event)
                for event in range(narratives.events(product, issue))
            ]
            counts[product, all(names)] += 1
            assert all(names) or not any(names)
    assert {p for (p, named) in counts if named} == {
        "Debt collection",
        "Credit reporting",
        "Student loan",
    }


def test_phrases_are_sorted_into_json_that_reads_well() -> None:
    raw = (paths.ROOT / "utils" / "complaints" / "phrases.json").read_text(encoding="utf-8")
    assert json.loads(raw) == phrases()
    assert max(map(len, raw.splitlines())) < 260
