"""The planted truths, recomputed from CSV bytes with pandas only, at 2,000 and at 10,000 rows."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from utils.complaints import model, planted
from utils.complaints.tables import tables

LABEL = "consumer_disputed"
TEXT = "consumer_complaint_narrative"
Frames = dict[str, pd.DataFrame]


@pytest.fixture(params=["committed", "large"], scope="module")
def data(request: pytest.FixtureRequest) -> Frames:
    return {
        span: pd.DataFrame(rows) for span, rows in request.getfixturevalue(request.param).items()
    }


def shares(frame: pd.DataFrame, column: str) -> pd.Series:
    return frame[column].value_counts(normalize=True)


def distance(a: pd.DataFrame, b: pd.DataFrame, column: str) -> tuple[float, str]:
    change = shares(a, column).sub(shares(b, column), fill_value=0.0).abs()
    return float(change.max()), str(change.idxmax())


def rate(frame: pd.DataFrame) -> float:
    return float((frame[LABEL] == "1").mean())


@pytest.mark.parametrize("pair", list(planted.PRODUCT_DRIFT))
def test_product_drift(data: Frames, pair: tuple[str, str]) -> None:
    a, b = data[pair[0]], data[pair[1]]
    limit = planted.tolerance(len(a), 0.33, against=len(b))
    assert distance(a, b, "product")[0] == pytest.approx(planted.PRODUCT_DRIFT[pair], abs=limit)
    s = tables()["spans"]
    exact = [
        abs(p - q)
        for p, q in zip(s[pair[0]]["product_shares"], s[pair[1]]["product_shares"], strict=True)
    ]
    assert max(exact) == pytest.approx(planted.PRODUCT_DRIFT[pair], abs=5e-6)
    if pair in planted.PRODUCT_DRIFT_VALUE:
        place = tables()["products"].index(planted.PRODUCT_DRIFT_VALUE[pair])
        assert exact[place] == pytest.approx(max(exact), abs=5e-6)


def test_issue_and_company_drift(data: Frames) -> None:
    rows = len(data["S2"])
    found, value = distance(data["S2"], data["S3"], "issue")
    assert found == pytest.approx(
        planted.ISSUE_DRIFT["S2", "S3"], abs=planted.tolerance(rows, 0.23, against=rows)
    )
    assert value == "Incorrect information on credit report"
    found, value = distance(data["S2"], data["S3"], "company")
    assert value == planted.TAKEOVER
    assert found == pytest.approx(
        planted.COMPANY_DRIFT["S2", "S3"], abs=planted.tolerance(rows, 0.11, against=rows)
    )
    for span, share in planted.TAKEOVER_SHARE.items():
        assert shares(data[span], "company")[planted.TAKEOVER] == pytest.approx(
            share, abs=planted.tolerance(rows, share)
        )


def test_company_shares(data: Frames) -> None:
    rows = len(data["S1"])
    found = shares(data["S1"], "company")
    for count, share in ((10, planted.COMPANY_TOP_10), (30, planted.COMPANY_TOP_30)):
        assert found.iloc[:count].sum() == pytest.approx(share, abs=planted.tolerance(rows, share))


def test_no_further_column_drifts(data: Frames) -> None:
    rows = len(data["S1"])
    for pair in (("S1", "S2"), ("S2", "S3"), ("S3", "S4")):
        assert distance(data[pair[0]], data[pair[1]], "state")[0] < planted.tolerance(
            rows, 0.14, against=rows
        )


@pytest.mark.parametrize("span", list(planted.LABEL_RATE))
def test_label_rate(data: Frames, span: str) -> None:
    share = planted.LABEL_RATE[span]
    assert rate(data[span]) == pytest.approx(share, abs=planted.tolerance(len(data[span]), share))


@pytest.mark.parametrize("span", list(planted.CONCEPT_DRIFT))
@pytest.mark.parametrize(
    ("response", "shares"),
    [
        ("Closed with monetary relief", planted.CONCEPT_DRIFT),
        ("Closed with non-monetary relief", planted.CONCEPT_DRIFT_NON_MONETARY),
    ],
)
def test_concept_drift(data: Frames, span: str, response: str, shares: dict[str, float]) -> None:
    relief = data[span][data[span].company_response == response]
    limit = planted.tolerance(len(relief), shares[span])
    assert rate(relief) == pytest.approx(shares[span], abs=limit)
    assert model.expectation(span).response[response] == pytest.approx(shares[span], abs=0.0006)


def test_fairness(data: Frames) -> None:
    inside = data["S1"].state.isin(planted.FAIR_GROUP)
    group, rest = data["S1"][inside], data["S1"][~inside]
    assert inside.mean() == pytest.approx(
        planted.FAIR_SHARE, abs=planted.tolerance(len(inside), planted.FAIR_SHARE)
    )
    limit = planted.tolerance_gap((len(group), len(rest)), planted.FAIR_RATE)
    assert rate(group) - rate(rest) == pytest.approx(planted.FAIR_GAP, abs=limit)
    assert model.expectation("S1").group == pytest.approx(planted.FAIR_RATE, abs=0.0006)
    assert planted.FAIR_RATE[0] - planted.FAIR_RATE[1] == pytest.approx(planted.FAIR_GAP)
    under = planted.FAIR_RATE[0] * (1 - planted.UNDER_RECORDED_SHARE)
    assert under == pytest.approx(planted.UNDER_RECORDED_RATE, abs=0.0006)


def test_narratives_get_longer_in_s3(data: Frames) -> None:
    words = {span: data[span][TEXT].str.split().str.len() for span in ("S1", "S3")}
    for span, lengths in words.items():
        median = planted.MEDIAN_WORDS[span]
        assert lengths.median() == pytest.approx(
            median, abs=planted.tolerance_median(len(lengths), median)
        )
    for product in ("Debt collection", "Mortgage", "Credit reporting"):
        one, three = (np.sort(words[s][data[s]["product"] == product]) for s in ("S1", "S3"))
        grid = np.concatenate([one, three])
        gap = np.searchsorted(one, grid, "right") / len(one)
        gap = gap - np.searchsorted(three, grid, "right") / len(three)
        assert np.abs(gap).max() == pytest.approx(
            planted.LENGTH_KS, abs=planted.tolerance_ks(len(one), len(three))
        )
    normal = math.erf(planted.LENGTH_SHIFT / tables()["words_logsd"] / 2 / math.sqrt(2))
    assert normal == pytest.approx(planted.LENGTH_KS, abs=0.001)


def test_flag_rates_are_exact() -> None:
    for flag, share in model.expectation("S1").flag.items():
        assert share == pytest.approx(planted.FLAG_RATE[flag], abs=0.0006)


def test_best_possible_auc_is_exact() -> None:
    for scale, by_span in planted.BAYES_AUC.items():
        for span, area in by_span.items():
            assert model.expectation(span, scale).auc == pytest.approx(area, abs=0.0006)


def test_leak_and_immature_follow_from_their_definitions() -> None:
    negative, positive = planted.LEAK_SHARES
    area = sum(positive[i] * (sum(negative[:i]) + negative[i] / 2) for i in range(3))
    assert area == pytest.approx(planted.LEAK_AUC, abs=0.0005)
    ones = planted.LABEL_RATE["S1"]
    precision = ones * positive[2] / (ones * positive[2] + (1 - ones) * negative[2])
    assert precision == pytest.approx(planted.LEAK_PRECISION, abs=0.0005)
    days = planted.IMMATURE_MEAN_DAYS
    factor = 1 - days / 30 * (1 - math.exp(-30 / days))
    assert factor == pytest.approx(planted.IMMATURE_FACTOR, abs=0.0005)
    share = tables()["spans"]["S2"]["product_shares"][tables()["products"].index("Consumer Loan")]
    assert share == pytest.approx(planted.SKEW_PRODUCT, abs=0.0005)


def test_noise_floor() -> None:
    random = np.random.RandomState(5)
    p = np.array(tables()["spans"]["S1"]["product_shares"])
    for rows, (mean, high) in planted.NOISE_FLOOR.items():
        a, b = (random.multinomial(rows, p, 20_000) for _ in range(2))
        found = np.abs(a - b).max(axis=1) / rows
        assert found.mean() == pytest.approx(mean, rel=0.02)
        assert np.quantile(found, 0.99) == pytest.approx(high, rel=0.03)
        assert planted.noise_floor(rows) == pytest.approx(high, rel=0.02)
    assert 0.01 < planted.noise_floor(10_000) < 0.02


def test_a_model_on_the_words_finds_the_signal(large: dict[str, list[dict[str, str]]]) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    from utils.intervals import auc

    texts = [row[TEXT] for row in large["S1"]]
    labels = np.array([row[LABEL] == "1" for row in large["S1"]])
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=10, binary=True, sublinear_tf=True)
    train = words.fit_transform(texts[:7_000])
    fitted = LogisticRegression(C=0.3, max_iter=300).fit(train, labels[:7_000])
    scores = fitted.predict_proba(words.transform(texts[7_000:]))[:, 1]
    found = auc(labels[7_000:], scores)
    assert found > 0.5 + planted.tolerance_auc(3_000, 0.5)
    assert found < planted.BAYES_AUC[1.0]["S1"] + planted.tolerance_auc(3_000, 0.69)


def test_tolerances_follow_sampling_theory() -> None:
    random = np.random.RandomState(6)
    counts = random.binomial(2_000, 0.2, 20_000) / 2_000
    assert planted.tolerance(2_000, 0.2) == pytest.approx(4 * counts.std(), rel=0.03)
    other = random.binomial(500, 0.2, 20_000) / 500
    assert planted.tolerance(2_000, 0.2, against=500) == pytest.approx(
        4 * (counts - other).std(), rel=0.03
    )
    assert planted.tolerance_gap((2_000, 500), (0.2, 0.2)) == pytest.approx(
        planted.tolerance(2_000, 0.2, against=500)
    )
    medians = np.median(np.exp(random.normal(0, 0.97, (2_000, 1_000))), axis=1)
    assert planted.tolerance_median(1_000, 1.0) == pytest.approx(4 * medians.std(), rel=0.15)
    from utils.intervals import auc

    areas = []
    for _ in range(300):
        labels = random.random_sample(800) < 0.235
        areas.append(auc(labels, random.normal(labels * 0.7, 1.0)))
    assert planted.tolerance_auc(800, float(np.mean(areas))) == pytest.approx(
        4 * float(np.std(areas)), rel=0.2
    )
