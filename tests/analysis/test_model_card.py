from utils.analysis import groups
from utils.analysis.model_card import escaped, model_card
from utils.intervals import Interval

HOSTILE = "</td><script>alert(1)</script> | [x](javascript:y) *b* `c`\nnext"


def card(scored, **changes):
    parts = {
        "model": {"features": "product, state"},
        "use": ["To order complaints."],
        "rows": {"eval": scored},
        "metrics": {"AUC": Interval(0.66, 0.64, 0.68)},
        "groups": groups.rates(scored, "side", 0.4),
        "decision": "blessed",
        "limits": ["Unrecorded disputes are in no figure."],
    }
    return model_card("complaints", "Probability of a dispute.", **{**parts, **changes})


def test_every_part_is_on_the_card(scored):
    text = card(scored).markdown
    for part in (
        "# Model card: complaints",
        "product, state",
        "To order",
        "0.660 (0.640 to 0.680)",
    ):
        assert part in text
    assert f"| eval | 3,000 | {scored.consumer_disputed.mean():.1%} |" in text
    assert "| in | " in text and "| out | " in text
    lines = text.splitlines()
    head = next(i for i, line in enumerate(lines) if line.startswith("| Group"))
    widths = {line.count("|") for line in lines[head : head + 4]}
    assert widths == {8}


def test_what_comes_from_data_is_text(scored):
    text = card(
        scored.assign(side=scored.side.where(scored.side == "in", HOSTILE)),
        groups=groups.rates(scored.assign(side=HOSTILE), "side", 0.4),
        decision=HOSTILE,
    ).markdown
    assert "<script>" not in text and "[x](" not in text
    assert escaped("a|b<c>") == "a\\|b&lt;c&gt;"


def test_it_is_saved_whole_and_shown_as_markdown(scored, tmp_path):
    made = card(scored)
    file = made.save(tmp_path / "cards" / "1.md")
    assert file.read_text(encoding="utf-8") == made._repr_markdown_() == repr(made)
