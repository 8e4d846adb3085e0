"""Encoders: texts in, vectors out; nothing is downloaded unasked."""

import numpy as np
import pytest
import tensorflow as tf

from tests.training.parts import trained
from utils.training import encoder
from utils.training.errors import TrainingError


class Model(tf.__internal__.tracking.AutoTrackable):
    def __init__(self, assets):
        rows = np.arange(6, dtype="float32").reshape(3, 2)
        self.variables = [tf.Variable(rows, name="story_embedding/kernel")]
        self.vocabulary = tf.saved_model.Asset(assets)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def __call__(self, texts):
        return texts


@pytest.fixture
def model(tmp_path):
    words = tmp_path / "story"
    words.write_text("manager\nsettled\n")
    folder = tmp_path / "model"
    tf.saved_model.save(Model(str(words)), str(folder))
    return trained(folder, "model", "Model")


def test_a_text_becomes_the_sum_of_its_distinct_words(model, tmp_path):
    loaded = encoder.load(encoder.export(model, "story", tmp_path / "encoder"))
    texts = tf.constant(["The MANAGER, the manager!", "settled manager", "nothing known", ""])
    assert loaded(texts).numpy().tolist() == [[2, 3], [6, 8], [0, 0], [0, 0]]


def test_it_is_a_layer_of_keras(model, tmp_path):
    import keras

    loaded = encoder.load(encoder.export(model, "story", tmp_path / "encoder"))
    texts = keras.Input((), dtype="string")
    network = keras.Model(texts, encoder.layer(loaded)(texts))
    assert network.output_shape == (None, 2)
    assert network(tf.constant(["settled"])).numpy().tolist() == [[4, 5]]
    assert network.trainable_weights == []


def test_it_is_made_once_for_a_model_and_anew_for_another(model, tmp_path):
    folder = encoder.export(model, "story", tmp_path / "encoder")
    made = (folder / "saved_model.pb").stat().st_mtime_ns
    assert encoder.export(model, "story", folder) == folder
    assert (folder / "saved_model.pb").stat().st_mtime_ns == made
    (folder / "made_from.txt").write_text("story of another model")
    encoder.export(model, "story", folder)
    assert (folder / "saved_model.pb").stat().st_mtime_ns > made
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("tmp")] == []


def test_a_folder_that_holds_no_encoder_is_left_alone(model, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    with pytest.raises(TrainingError, match="holds no encoder that was exported here"):
        encoder.export(model, "story", tmp_path / "mine")
    assert (tmp_path / "mine" / "letter.txt").exists()


def test_a_column_that_the_model_does_not_read(model, tmp_path):
    with pytest.raises(TrainingError, match="no vocabulary of 'novel'"):
        encoder.export(model, "novel", tmp_path / "encoder")


def test_nothing_is_downloaded_unasked(tmp_path, monkeypatch):
    monkeypatch.setenv("TFHUB_CACHE_DIR", str(tmp_path))
    with pytest.raises(TrainingError, match="download=True") as caught:
        encoder.load(encoder.UNIVERSAL_SENTENCE_ENCODER)
    assert "TFHUB_CACHE_DIR" in caught.value.cure
    with pytest.raises(TrainingError, match=r"saved_model\.pb"):
        encoder.load(tmp_path / "nowhere")


def test_what_was_downloaded_before_is_used(model, tmp_path, monkeypatch):
    import hashlib

    monkeypatch.setenv("TFHUB_CACHE_DIR", str(tmp_path))
    handle = "https://tfhub.dev/somebody/tiny/1"
    encoder.export(model, "story", tmp_path / hashlib.sha1(handle.encode()).hexdigest())
    assert encoder.load(handle)(tf.constant(["settled"])).numpy().tolist() == [[4, 5]]
