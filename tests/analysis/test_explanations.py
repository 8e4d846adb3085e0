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
