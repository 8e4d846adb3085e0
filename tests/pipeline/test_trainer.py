"""Reading transformed rows and building the model; training for real is tested in test_runners.py."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft
from tensorflow_transform.tf_metadata import schema_utils

from tests.pipeline.analysis import ROWS, SMALL, analyze
from utils.pipeline.config import ModelSpec
from utils.pipeline.modules import features, trainer

MODEL = ModelSpec(layers=(4,), batch_size=2).as_dict()


@pytest.fixture(scope="module")
def analyzed(tmp_path_factory):
    _, rows, output = analyze(ROWS, SMALL, tmp_path_factory.mktemp("transform"))
    schema = schema_utils.schema_from_feature_spec(output.transformed_feature_spec())
    coder = tft.coders.ExampleProtoCoder(schema)
    return [coder.encode(row) for row in rows], output


def write(path, records):
    with tf.io.TFRecordWriter(str(path), "GZIP") as writer:
        for record in records:
            writer.write(record)
    return [str(path.parent / "*")]


def read(files, output, **options):
    return [
        (labels.numpy().tolist(), columns["zip_code_xf"].numpy().tolist())
        for columns, labels in trainer.input_fn(files, output, 2, **options)
    ]


def test_rows_are_read_in_an_order_of_their_own(analyzed, tmp_path):
    records, output = analyzed
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    forward = write(tmp_path / "a" / "rows.gz", records)
    backward = write(tmp_path / "b" / "rows.gz", records[::-1])
    assert read(forward, output) == read(backward, output)
    first = read(forward, output, shuffle_seed=1)
    assert first == read(backward, output, shuffle_seed=1)
    assert first != read(forward, output)


def test_a_split_without_rows_is_an_error(analyzed, tmp_path):
    with pytest.raises(ValueError, match=r"no row with a label in .*look at the split"):
        trainer.input_fn(write(tmp_path / "rows.gz", []), analyzed[1], 2)


def test_pending_rows_are_not_learnt_from(analyzed, tmp_path):
    """Not even as undisputed ones, neither by the model nor by the vocabulary of the terms that tell most."""
    pending = [{"product": "Pending", "text": "resolved again"} for _ in range(9)]
    _, rows, output = analyze([*ROWS, *pending], SMALL, tmp_path / "transform")
    (tmp_path / "rows").mkdir()
    file = tmp_path / "rows" / "rows.gz"
    assert [row["consumer_disputed_xf"] for row in rows[len(ROWS) :]] == [features.NO_LABEL] * 9
    terms = output.vocabulary_by_name("consumer_complaint_narrative")
    assert terms == analyzed[1].vocabulary_by_name("consumer_complaint_narrative")
    schema = schema_utils.schema_from_feature_spec(output.transformed_feature_spec())
    records = [tft.coders.ExampleProtoCoder(schema).encode(row) for row in rows]
    (columns, labels), *more = trainer.input_fn(write(file, records), output, 99)
    assert not more
    assert sorted(labels.numpy().tolist()) == [0, 0, 0, 0, 1, 1]
    assert all(len(values) == len(ROWS) for values in columns.values())
    with pytest.raises(ValueError, match="no row with a label"):
        trainer.input_fn(write(file, records[len(ROWS) :]), output, 2)


def test_a_last_digit_does_not_change_the_order():
    generator = np.random.RandomState(1)
    columns = [
        generator.randint(0, 9, (500, 3)),
        generator.randint(0, 500, 500).astype("float32") / 100,
        np.arange(500) % 7,
    ]
    other = [columns[0], np.nextafter(columns[1], np.float32(9)), columns[2]]
    assert trainer.row_order(columns) == trainer.row_order(other)


def test_equal_rows_keep_their_number():
    columns = [np.array([2, 1, 2]), np.array([[0.5], [0.0], [0.25]])]
    assert trainer.row_order(columns) == [1, 2, 0]
    assert sorted(trainer.row_order([np.zeros(4)])) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "names",
    [
        ("product",),
        ("zip_code",),
        ("consumer_complaint_narrative",),
        ("product", "state", "zip_code", "consumer_complaint_narrative"),
    ],
)
def test_the_model_reads_exactly_the_named_features(analyzed, tmp_path, names):
    records, output = analyzed
    keras.utils.set_random_seed(1)
    model = trainer.build_model(output, SMALL.only(*names).as_dict(), MODEL)
    inputs = {name.removesuffix("_xf").removesuffix("_length") for name in model.input}
    assert inputs == set(names)
    (columns, _), *_ = trainer.input_fn(write(tmp_path / "rows.gz", records), output, 6)
    answer = model({name: columns[name] for name in model.input}).numpy()
    assert answer.shape == (6, 1)
    assert np.all((answer > 0) & (answer < 1))


def test_the_wide_half_starts_from_nothing(analyzed):
    model = trainer.build_model(analyzed[1], SMALL.as_dict(), MODEL)
    assert not np.any(model.get_layer("wide").get_weights()[0])
    assert [layer.units for layer in model.layers if layer.name.startswith("hidden")] == [4]


def test_features_beyond_the_models_inputs_are_left_out(analyzed, tmp_path):
    """Keras would take a surplus feature for one of the inputs, without a word."""
    records, output = analyzed
    surplus = trainer.input_fn(write(tmp_path / "rows.gz", records), output, 6)
    scores = []
    for names in (None, ("product", "zip_code")):
        keras.utils.set_random_seed(1)
        model = trainer.build_model(output, SMALL.only("product", "zip_code").as_dict(), MODEL)
        wanted = [f"{name}_xf" for name in names or ()]
        data = surplus
        if wanted:
            data = surplus.map(lambda c, y, w=wanted: ({name: c[name] for name in w}, y))
        trainer.train(model, data, data, {"epochs": 3}, str(tmp_path / "logs"))
        (columns, _), *_ = surplus
        scores.append(model({name: columns[name] for name in model.input}).numpy())
    assert np.allclose(*scores)
