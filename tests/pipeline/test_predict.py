"""What is sent to a model, and where a model is found. The answers are tested in test_runners.py."""

import pytest
import tensorflow as tf

from utils.pipeline.predict import find_model, serialize


def test_missing_values_and_the_label_are_left_out():
    complaint = {"state": "NV", "issue": None, "sub_issue": "", "consumer_disputed": "1"}
    (serialized,) = serialize([complaint])
    example = tf.train.Example.FromString(serialized)
    assert list(example.features.feature) == ["state"]
    assert example.features.feature["state"].bytes_list.value == [b"NV"]


def test_a_number_is_refused():
    with pytest.raises(TypeError, match="zip_code is 2139, a int: every column is text"):
        serialize([{"zip_code": 2139}])


@pytest.mark.parametrize(
    ("place", "asked"), [("", ""), ("Format-Serving", ""), ("17", ""), ("3", "3")]
)
def test_a_model_is_found_in_its_own_folder_in_an_artifact_and_among_versions(
    tmp_path, place, asked
):
    (tmp_path / "9").mkdir()
    folder = tmp_path / place
    folder.mkdir(exist_ok=True)
    (folder / "saved_model.pb").touch()
    assert find_model(tmp_path / asked) == folder


def test_no_model_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="was it trained, or blessed and pushed"):
        find_model(tmp_path)
