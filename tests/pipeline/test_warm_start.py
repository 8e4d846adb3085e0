"""Weights move with their words, and nothing else is mixed up."""

import shutil

import keras
import numpy as np
import pytest

from tests.pipeline.analysis import ROWS, SMALL, analyze
from utils.pipeline.config import ModelSpec
from utils.pipeline.modules import features, trainer, warm_start

VALUES = ModelSpec(layers=(4,)).as_dict()
SPECIFICATION = SMALL.as_dict()


def build(output, **values):
    return trainer.build_model(output, SPECIFICATION, VALUES | values)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A Transform, a model with random weights in all layers, and where it is saved."""
    folder = tmp_path_factory.mktemp("first")
    _, _, output = analyze(ROWS, SMALL, folder)
    keras.utils.set_random_seed(1)
    model = build(output)
    generator = np.random.RandomState(1)
    for weight in model.trainable_weights:
        weight.assign(generator.normal(size=weight.shape))
    trainer.export(model, output, str(folder / "model"))
    return output, model, str(folder / "model")


@pytest.fixture(scope="module")
def second(tmp_path_factory):
    """The Transform of other rows: loans are frequent now, and a new word is there."""
    rows = [
        *({"product": "Loan", "zip_code": "021XX", "text": "supervisor", "label": 1},) * 4,
        *({"product": "Rare", "zip_code": "99999", "text": "never", "label": 0},) * 3,
        *({"product": "Mortgage", "zip_code": "331XX", "text": "resolved", "label": 0},) * 2,
    ]
    return analyze(rows, SMALL, tmp_path_factory.mktemp("second"))[2]


def test_with_the_same_vocabulary_the_model_is_the_same(first):
    output, model, folder = first
    again = build(output)
    warm_start.load(again, output, SPECIFICATION, folder)
    known = len(output.vocabulary_by_name("consumer_complaint_narrative"))
    generator = np.random.RandomState(2)
    batch = {
        name: generator.randint(0, known + 1, (20, tensor.shape[1])).astype(tensor.dtype)
        for name, tensor in model.input.items()
    }
    assert np.array_equal(model(batch), again(batch))


def test_a_word_takes_its_weights_along(first, second):
    output, model, folder = first
    old_words = [word.decode() for word in output.vocabulary_by_name(features.CATEGORIES)]
    new_words = [word.decode() for word in second.vocabulary_by_name(features.CATEGORIES)]
    assert old_words.index("product=Loan") != new_words.index("product=Loan")
    fresh = build(second)
    before = fresh.get_layer("categories_embedding").get_weights()[0].copy()
    warm_start.load(fresh, second, SPECIFICATION, folder)
    old = model.get_layer("categories_embedding").get_weights()[0]
    new = fresh.get_layer("categories_embedding").get_weights()[0]
    wide_old, wide_new = (m.get_layer("wide").get_weights()[0] for m in (model, fresh))
    for number, word in enumerate(new_words):
        if word in old_words:
            assert np.array_equal(new[number], old[old_words.index(word)]), word
            assert wide_new[number] == wide_old[old_words.index(word)], word
        else:
            assert np.array_equal(new[number], before[number]), word
            assert wide_new[number] == 0, word
    assert np.array_equal(new[-1], old[-1]), "the place of all other words"
    assert {"product=Rare"} <= set(new_words) - set(old_words)


def test_terms_of_a_text_are_counted_from_one(first, second):
    output, model, folder = first
    name = "consumer_complaint_narrative"
    old_terms, new_terms = (
        [word.decode() for word in one.vocabulary_by_name(name)] for one in (output, second)
    )
    fresh = build(second)
    warm_start.load(fresh, second, SPECIFICATION, folder)
    old, new = (m.get_layer(f"{name}_embedding").get_weights()[0] for m in (model, fresh))
    assert np.array_equal(new[0], old[0])
    shared = set(old_terms) & set(new_terms)
    assert shared
    for term in shared:
        assert np.array_equal(new[new_terms.index(term) + 1], old[old_terms.index(term) + 1])
    size = len(new_terms)
    assert size >= len(shared)
    wide = fresh.get_layer("wide").get_weights()[0]
    offset = len(wide) - len(new)
    old_wide = model.get_layer("wide").get_weights()[0]
    term = next(iter(shared))
    assert (
        wide[offset + new_terms.index(term) + 1]
        == old_wide[len(old_wide) - len(old) + old_terms.index(term) + 1]
    )


def test_other_layers_are_refused(first):
    output, _, folder = first
    with pytest.raises(ValueError, match="same features, layers and embedding"):
        warm_start.load(build(output, layers=[8]), output, SPECIFICATION, folder)
    with pytest.raises(ValueError, match="no weights 'hidden_2/kernel'"):
        warm_start.load(build(output, layers=[4, 4]), output, SPECIFICATION, folder)
    with pytest.raises(ValueError, match="embedding"):
        warm_start.load(build(output, embedding=8), output, SPECIFICATION, folder)


def test_same_words():
    assert warm_start.same_words(["a", "b", "c"], ["c", "d", "a"]) == [(2, 0), (0, 2)]
    assert warm_start.same_words([], ["a"]) == []


def test_only_a_line_feed_ends_a_word(tmp_path):
    words = ["a\x85b", "a\u2028b", "a\x0bb", "a\x0cb", "a\x1cb", "a\u2029b"]
    rows = [{**ROWS[0], "product": word} for word in words for _ in range(4)]
    _, _, output = analyze(rows, SMALL, tmp_path)
    vocabulary = output.vocabulary_file_by_name(features.CATEGORIES)
    (tmp_path / "assets").mkdir()
    shutil.copy(vocabulary, tmp_path / "assets" / features.CATEGORIES)
    read = warm_start.read_vocabulary(tmp_path, features.CATEGORIES)
    assert read == [word.decode() for word in output.vocabulary_by_name(features.CATEGORIES)]
    assert {f"product={word}" for word in words} <= set(read)
