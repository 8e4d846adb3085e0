import pytest

from utils.analysis import explanations

STORY = "They called and called and then called again"
COMPLAINT: dict[str, str | None] = {
    "state": "AZ",
    "company_response": "Closed",
    "consumer_complaint_narrative": STORY,
    "complaint_id": "1",
}
OTHERS: list[dict[str, str | None]] = [
    {"state": "CA", "company_response": "Closed", "consumer_complaint_narrative": "A fee"},
    {"state": "CA", "company_response": "Closed with relief", "consumer_complaint_narrative": None},
]
COLUMNS = ("state", "company_response", "consumer_complaint_narrative")


def test_shapley_values_of_a_sum_are_its_terms(model):
    pytest.importorskip("shap")
    found = explanations.shap_of_columns(model, COMPLAINT, OTHERS, COLUMNS)
    assert found.values.tolist() == pytest.approx([0.2, 0.05, 0.3], abs=1e-6)
    assert found.base_values == pytest.approx(0.15, abs=1e-6)
    assert found.base_values + found.values.sum() == pytest.approx(0.7, abs=1e-6)
    pairs = explanations.as_pairs(found)
    assert [name for name, _ in pairs][:2] == [
        "consumer_complaint_narrative = They called and called and then called…",
        "state = AZ",
    ] or pairs[0][0].startswith("consumer_complaint_narrative = They called")


def test_each_distinct_complaint_is_asked_once(model):
    explanations._ask(model, [COMPLAINT, dict(COMPLAINT), OTHERS[0]])
    assert model.asked == 2


def test_importance_of_a_column_that_nothing_hangs_on(scored, model):
    table = scored.head(400).drop(columns="score")
    table = table.assign(
        state=["AZ" if label else "CA" for label in table.consumer_disputed], product="Mortgage"
    )
    found = explanations.importance(model, table, ["product", "state"])
    assert list(found) == ["state", "product"]
    assert found["product"] == 0 and found["state"] > 0.2


def test_the_nearest_counterfactual_differs_least():
    found = explanations.nearest_counterfactual(
        COMPLAINT, 0.7, [*OTHERS, {**COMPLAINT, "state": "CA"}], [0.2, 0.1, 0.3], 0.5, COLUMNS
    )
    assert found == (2, ["state"])
