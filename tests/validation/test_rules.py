"""Rules in SQL: what they find, what they let pass, and that they cannot do harm."""

from __future__ import annotations

import pandas as pd
import pytest

from utils import paths
from utils.validation import rules, statistics
from utils.validation.errors import ValidationError


def broken(frame, condition):
    (finding,) = rules.check(frame, rules.Rule("rule", condition))
    return finding.rows.index.tolist()


FRAME = pd.DataFrame(
    {"id": ["1", "2", "2", "3"], "zip code": ["02139", None, "945XX", "XXXXX"], "n": [1, 2, 3, 4]},
    index=[10, 11, 12, 13],
)


def test_rows_that_break_a_rule_keep_their_place():
    assert broken(FRAME, "n < 3") == [12, 13]
    assert broken(FRAME, "n > 0") == []


def test_a_missing_value_counts_as_held():
    assert broken(FRAME, r"""[zip code] REGEXP '\d{5}|\d{3}XX'""") == [13]
    assert broken(FRAME, "[zip code] IS NOT NULL") == [11]


def test_a_pattern_must_match_the_whole_value():
    assert broken(FRAME, r"""id || 'x' REGEXP '\d'""") == [10, 11, 12, 13]


def test_rules_can_see_other_rows():
    assert broken(FRAME, "row_number() OVER (PARTITION BY id) = 1") == [12]


def test_the_planted_faults_are_found(bad, each):
    found = rules.check(
        bad,
        [
            rules.Rule("zip", r"zip_code REGEXP '\d{5}|\d{3}XX'"),
            rules.Rule("id", "row_number() OVER (PARTITION BY complaint_id) = 1"),
            rules.Rule("label", "consumer_disputed IN ('0', '1')"),
            rules.Rule("product", "product <> 'Virtual currency'"),
        ],
    )
    assert [one.broken for one in found] == [each] * 4
    assert {one.checked for one in found} == {2_000}


def test_statistics_are_a_table_too(bad, each):
    stats = statistics.of_frame(bad)
    table = rules.table(stats).set_index("feature")
    assert table.loc["complaint_id", "different"] == 2_000 - each
    assert table.loc["issue", "missing"] == each
    (finding,) = rules.check_statistics(
        stats, rules.Rule("ids", "feature <> 'complaint_id' OR different = present")
    )
    assert finding.rows.feature.tolist() == ["complaint_id"]


def test_numbers_have_a_mean_and_no_values():
    table = rules.table(statistics.of_frame(pd.DataFrame({"n": [1, 2, 6]})))
    assert table.loc[0, ["type", "mean", "median"]].tolist() == ["number", 3.0, 2.0]
    assert table.loc[0, ["top_value", "top_count", "different"]].isna().all()


def test_every_column_of_a_table_of_statistics():
    frame = pd.DataFrame({"text": ["b", "b", "a", None], "n": [1.0, 2.0, 6.0, None]})
    text, number = rules.table(statistics.of_frame(frame)).to_dict("records")
    counts = {"examples": 4, "present": 3, "missing": 1}
    assert {name: text[name] for name in list(text)[:8]} == {
        "feature": "text", "type": "text", **counts,
        "different": 2, "top_value": "b", "top_count": 2,
    }  # fmt: skip
    assert pd.isna(text["mean"]) and pd.isna(text["median"])
    measured = {"feature": "n", "type": "number", **counts, "mean": 3.0, "median": 2.0}
    assert {name: number[name] for name in measured} == measured


def test_a_number_that_is_never_there_has_no_mean():
    table = rules.table(statistics.of_frame(pd.DataFrame({"n": [float("nan")] * 3})))
    (row,) = table.to_dict("records")
    assert row["type"] == "number"
    assert row["missing"] == 3
    assert pd.isna(row["mean"]) and pd.isna(row["median"])


@pytest.mark.skipif(paths.stack() == "1.21", reason="TFX 1.21's TFDV was built without ZetaSQL")
def test_tfdv_agrees_where_it_can(bad, s1_stats):
    from tensorflow_data_validation.anomalies.proto import custom_validation_config_pb2
    from tensorflow_data_validation.api import validation_api

    condition = "feature.string_stats.unique = feature.string_stats.common_stats.num_non_missing"
    config = custom_validation_config_pb2.CustomValidationConfig()
    validation = config.feature_validations.add()
    validation.feature_path.step.append("complaint_id")
    validation.validations.add(sql_expression=condition, severity="ERROR", description="ids")
    found = validation_api.custom_validate_statistics(statistics.of_frame(bad), config)
    assert set(found.anomaly_info) == {"complaint_id"}
    assert not validation_api.custom_validate_statistics(s1_stats, config).anomaly_info


@pytest.mark.parametrize(
    ("condition", "cure"),
    [
        ("", "Give a condition"),
        ("zip_kode = '1'", "no such column"),
        ("id IS", "single quotation marks"),
        ("1); DROP TABLE complaints; --", "single quotation marks"),
        ("id REGEXP '('", "regular expression"),
        ("load_extension('x') = 1", "not authorized"),
        ("(SELECT count(*) FROM pragma_database_list) > 0", "single quotation marks"),
        ("[index] > 0", "no such column"),
        ("zip_code IS NULL", "Did you mean 'zip code'"),
    ],
)
def test_what_is_no_rule_is_refused(condition, cure):
    what = "is empty" if not condition else "cannot be checked: "
    with pytest.raises(ValidationError, match=rf"(?s)The rule 'rule' {what}.*{cure}"):
        broken(FRAME, condition)


def test_several_rules_and_the_words_of_a_finding():
    one, two = rules.check(FRAME, (rules.Rule(name, "n > 2") for name in ("one", "two")))
    assert (one.rule.name, two.rule.name, one.checked, one.broken) == ("one", "two", 4, 2)
    assert one.rows.equals(FRAME.iloc[:2])


@pytest.mark.parametrize(
    ("columns", "said", "cure"),
    [
        ({"n": [1], "day": pd.to_datetime(["2016-01-01"])}, "'day' has a Timestamp", "astype"),
        ({"n": [1], "big": [2**63]}, "'big' has a int", "astype"),
        ({"n": [1], "text": ["\ud800"]}, "'text' has a str", "astype"),
        ({"n": [1], "N": [2]}, "duplicate column name: N", "case"),
        ({}, "cannot be asked by SQL", "needs a column"),
    ],
)
def test_a_table_that_sql_cannot_hold_is_refused(columns, said, cure):
    with pytest.raises(ValidationError, match=rf"(?s){said}.*{cure}"):
        rules.check(pd.DataFrame(columns), rules.Rule("rule", "n > 0"))


def test_hostile_column_names_are_names():
    frame = pd.DataFrame({'x" TEXT); DROP TABLE complaints; --': ["a"], "y": ["b"]})
    assert broken(frame, "y = 'b'") == []
    assert broken(frame, "[x\" TEXT); DROP TABLE complaints; --] = 'b'") == [0]
