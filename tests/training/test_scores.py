"""Examples are read back as a table."""

import pytest
import tensorflow as tf

from tests.training.parts import trained
from utils.examples import ExamplesError
from utils.training.errors import TrainingError
from utils.training.scores import rows


def write(folder, complaints):
    folder.mkdir()
    with tf.io.TFRecordWriter(str(folder / "rows-0-of-1.gz"), "GZIP") as writer:
        for number, product, label in complaints:
            example = tf.train.Example()
            feature = example.features.feature
            feature["complaint_id"].bytes_list.value.append(number.encode())
            feature["consumer_disputed"].int64_list.value.append(label)
            feature["product"].SetInParent()
            if product:
                feature["product"].bytes_list.value.append(product.encode())
            writer.write(example.SerializeToString())


def test_rows_come_in_the_order_of_their_ids(tmp_path):
    write(tmp_path / "Split-eval", [("20", "Loan </script>", 1), ("10", "", 0)])
    table = rows(trained(tmp_path, "examples", "Examples"))
    assert table.complaint_id.tolist() == ["10", "20"]
    assert table["product"].tolist() == [None, "Loan </script>"]
    assert table.consumer_disputed.tolist() == [0, 1]


def test_a_split_that_is_not_there(tmp_path):
    write(tmp_path / "Split-eval", [("1", "", 0)])
    with pytest.raises(ExamplesError, match="Use one of eval"):
        rows(trained(tmp_path, "examples", "Examples"), split="test")


def test_examples_that_are_no_complaints(tmp_path):
    write(tmp_path / "Split-eval", [])
    with pytest.raises(TrainingError, match="Give the output of ExampleGen"):
        rows(trained(tmp_path, "examples", "Examples"))
