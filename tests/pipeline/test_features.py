"""The names that Transform and Trainer share."""

from utils.complaints import schema
from utils.pipeline.config import Features
from utils.pipeline.modules import features


def test_the_modules_agree_with_the_schema_that_they_may_not_import():
    assert features.KEY == schema.KEY
    assert features.LABEL == schema.LABEL


def test_names_after_transform():
    assert features.transformed_name("state") == "state_xf"
    assert features.length_name("text") == "text_length_xf"


def test_columns_of_a_specification():
    specification = Features().as_dict()
    indexed = features.indexed_columns(specification)
    assert [*indexed, *specification["text"]] == list(Features().columns)
    assert indexed[-1] == "zip_code"
