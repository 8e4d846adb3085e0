"""The commonest mistakes of chapter 5, each answered by a message that names the cure."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import tensorflow as tf
import tensorflow_transform as tft

from utils.pipeline.config import ConfigError, PipelineConfig
from utils.preprocessing import standalone, unit_tests
from utils.preprocessing.errors import PreprocessingError

ROWS = pd.DataFrame(
    {
        "product": ["Loan", "Card"],
        "words": [10.0, 20.0],
        "state": ["CA", None],
        "number": [1, 2],
        "amount": [1.5, None],
    }
)


@pytest.fixture(autouse=True)
def own_build(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path))


@pytest.mark.parametrize(
    ("function", "what", "cure"),
    [
        (lambda inputs: {"x": inputs["wrods"]}, "'wrods'", "Did you mean 'words'?"),
        (lambda inputs: {"x": inputs["product"].str.lower()}, "'str'", "tf.strings.lower"),
        (lambda inputs: {"x": tf.strings.substr(inputs["state"], 0, 1)}, "SparseTensor",
         "fill_in_missing"),
        (lambda inputs: {"x": 1.0 if inputs["words"] > 15 else 0.0}, "symbolic", "tf.where"),
        (lambda inputs: {"x": tft.mean(inputs["words"])}, "one number for all rows",
         "- tft.mean(inputs['words'])"),
        (lambda inputs: inputs["words"], "not a dictionary", "return {'name': tensor"),
        (lambda inputs: {"x": tft.scale_to_z_score(inputs["product"])}, "string is not supported",
         "compute_and_apply_vocabulary"),
        (lambda inputs: {"x": inputs["product"] == "Loan"}, "dtype", "tf.cast"),
        (lambda inputs: {"x": tf.sparse.to_dense(inputs["amount"])},
         "The columns 'amount', 'state' are sparse, because they have missing values", "fill_in_missing"),
        (lambda inputs: {"x": tft.scale_to_z_score(tf.sparse.to_dense(inputs["amount"]))},
         "The feature 'x' has an unknown number of values", "fill_in_missing"),
        (lambda inputs: {"x": tf.sparse.to_dense(inputs["words"])}, "must be a SparseTensor",
         "arrives as a dense tensor"),
    ],
    ids=["misspelt column", "pandas methods", "gaps", "if", "average alone", "no dictionary",
         "average of texts", "true and false", "width", "average of gaps", "no gaps"],
)  # fmt: skip
def test_a_function_that_cannot_work(function, what, cure):
    with pytest.raises(PreprocessingError) as caught:
        standalone.run(function, ROWS)
    assert what in caught.value.what
    assert cure in caught.value.cure
    assert len(caught.value._render_traceback_()) == 2


def test_the_line_of_the_function_is_named():
    def preprocess(inputs):
        return {"x": inputs["product"].str.lower()}

    with pytest.raises(PreprocessingError, match=r"in the line `return .*str\.lower"):
        standalone.run(preprocess, ROWS)


def test_a_text_that_is_no_number():
    with pytest.raises(PreprocessingError) as caught:
        standalone.run(lambda inputs: {"x": tf.strings.to_number(inputs["product"])}, ROWS)
    assert "Loan" in caught.value.what
    assert "regex_full_match" in caught.value.cure


def test_a_zip_code_that_was_read_as_a_number():
    texts = pd.DataFrame({"zip_code": ["02139", "945XX"]})
    result = standalone.run(lambda inputs: {"x": inputs["zip_code"]}, texts)
    with pytest.raises(PreprocessingError, match="dtype=str"):
        result.apply(pd.DataFrame({"zip_code": [2139]}))
    with pytest.raises(PreprocessingError, match="dtype=str"):
        standalone.run(lambda inputs: inputs, pd.DataFrame({"zip_code": ["945XX", 2139]}))


def test_serving_rows_with_gaps_where_training_had_none():
    result = standalone.run(lambda inputs: {"x": inputs["words"]}, ROWS[["words"]])
    with pytest.raises(PreprocessingError, match="Analyze rows that show what can be missing"):
        result.apply(pd.DataFrame({"words": [None, 1.0]}))


def test_serving_rows_without_a_column():
    result = standalone.run(lambda inputs: {"x": inputs["words"]}, ROWS[["words"]])
    with pytest.raises(PreprocessingError, match="Did you mean 'word'"):
        result.apply(pd.DataFrame({"word": [1.0]}))


def test_a_vocabulary_without_a_name_or_with_another():
    result = standalone.run(
        lambda inputs: {
            "x": tft.compute_and_apply_vocabulary(inputs["product"], vocab_filename="products")
        },
        ROWS[["product"]],
    )
    with pytest.raises(PreprocessingError, match="Did you mean 'products'"):
        result.vocabulary("product")


def test_a_vocabulary_of_words_that_are_all_too_rare():
    result = standalone.run(
        lambda inputs: {
            "x": tft.compute_and_apply_vocabulary(
                inputs["product"], frequency_threshold=9, vocab_filename="products"
            ),
            "y": tft.compute_and_apply_vocabulary(
                inputs["number"], frequency_threshold=9, vocab_filename="numbers"
            ),
        },
        ROWS[["product", "number"]],
    )
    for name in ("products", "numbers"):
        with pytest.raises(PreprocessingError, match=f"{name!r} is empty") as caught:
            result.vocabulary(name)
        assert "frequency_threshold" in caught.value.cure


def test_columns_that_cannot_be_told_apart_by_name():
    twice = pd.DataFrame([[1, 2.0, "x"]], columns=["a", "a", "b"])
    with pytest.raises(PreprocessingError, match="more than one column named 'a'"):
        standalone.run(lambda inputs: {"x": inputs["a"]}, twice)
    with pytest.raises(PreprocessingError, match="The column name 0 is not a text"):
        standalone.run(lambda inputs: {"x": inputs["a"]}, pd.DataFrame([[1, 2.0]]))


def test_a_dense_feature_without_a_width():
    def preprocess(inputs):
        return {"x": tf.strings.split(inputs["product"]).to_tensor()}

    with pytest.raises(PreprocessingError, match="unknown number of values") as caught:
        standalone.run(preprocess, ROWS[["product"]])
    assert "SparseTensor" in caught.value.cure


def test_an_empty_table():
    with pytest.raises(PreprocessingError, match="at least one row"):
        standalone.run(lambda inputs: inputs, ROWS.head(0))


def test_a_feature_that_is_not_configured():
    with pytest.raises(ConfigError, match="Did you mean 'company'"):
        PipelineConfig().features.without("compny")


def test_tests_that_are_not_there(tmp_path):
    with pytest.raises(PreprocessingError, match="does not exist"):
        unit_tests.run(Path("tests/test_nothing.py"))
    broken = tmp_path / "test_broken.py"
    broken.write_text("import nothing_of_that_name\n")
    with pytest.raises(PreprocessingError, match="nothing_of_that_name"):
        unit_tests.run(broken)


def test_replacing_a_function_that_is_not_there():
    with pytest.raises(PreprocessingError, match="Did you mean 'zip_prefix'"):
        unit_tests.run(Path(__file__).with_name("test_zip_area.py"), zip_prefx=str)
