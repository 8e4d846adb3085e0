"""Examples are read in every form in which TFX, or a reader, leaves them."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
import tensorflow as tf
from tfx.components.util import examples_utils
from tfx.proto import example_gen_pb2
from tfx.types import artifact_utils, standard_artifacts

from utils import examples
from utils.examples import ExamplesError


def example(**values):
    made = tf.train.Example()
    for name, value in values.items():
        feature = made.features.feature[name]
        feature.SetInParent()
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, (str, bytes)):
                feature.bytes_list.value.append(one if isinstance(one, bytes) else one.encode())
            elif isinstance(one, int):
                feature.int64_list.value.append(one)
            elif one is not None:
                feature.float_list.value.append(one)
    return made


def write(folder, split, rows, file="data.gz", compression="GZIP"):
    (folder / f"Split-{split}").mkdir(parents=True, exist_ok=True)
    path = folder / f"Split-{split}" / file
    with tf.io.TFRecordWriter(str(path), compression) as writer:
        for row in rows:
            writer.write(row.SerializeToString())
    return path


def artifact(folder, *splits):
    made = standard_artifacts.Examples()
    made.uri, made.split_names = str(folder), artifact_utils.encode_split_names(list(splits))
    return made


def channel(*artifacts):
    return SimpleNamespace(get=lambda: list(artifacts))


@pytest.mark.parametrize("of", [lambda one: one, channel, lambda one: one.uri])
def test_a_channel_its_artifact_and_its_folder_say_the_same(tmp_path, of):
    write(tmp_path, "eval", [example(n=1), example(n=2)])
    found = of(artifact(tmp_path, "eval"))
    assert examples.split_names(found) == ["eval"]
    assert [
        one.features.feature["n"].int64_list.value[0] for one in examples.parsed(found, "eval")
    ] == [1, 2]
    assert next(examples.records(found, "eval")) == example(n=1).SerializeToString()
    assert examples.table(found, "eval").n.tolist() == [1, 2]


def test_all_files_are_read_in_their_order_compressed_or_not(tmp_path):
    write(tmp_path, "train", [example(n=2)], "data-00001-of-00002", "")
    write(tmp_path, "train", [example(n=1)], "data-00000-of-00002.gz")
    (tmp_path / "Split-train" / ".hidden").write_bytes(b"no record")
    (tmp_path / "Split-train" / "_SUCCESS").touch()
    assert examples.table(tmp_path, "train").n.tolist() == [1, 2]


def test_a_folder_may_have_brackets_in_its_name(tmp_path):
    write(tmp_path / "workbook [2]", "eval", [example(n=1)])
    assert examples.table(tmp_path / "workbook [2]", "eval").n.tolist() == [1]


def test_all_splits_together_say_which_one(tmp_path):
    write(tmp_path, "train", [example(n=1), example(n=2)])
    write(tmp_path, "eval", [example(n=3)])
    found = examples.table(artifact(tmp_path, "train", "eval"))
    assert found.to_dict("list") == {"n": [1, 2, 3], "split": ["train", "train", "eval"]}
    first = examples.table(artifact(tmp_path, "eval", "train"), rows=1)
    assert first.to_dict("list") == {"n": [3, 1], "split": ["eval", "train"]}


def test_values_of_every_kind(tmp_path):
    rows = [
        example(text="é </b>", bytes=b"\xff\xd8", whole=1, number=0.5, several=["a", "b"], mixed=1),
        example(text=None, bytes=None, whole=0, number=0.25, several=[1, 2], mixed=None),
    ]
    rows[1].features.feature["late"].int64_list.SetInParent()
    write(tmp_path, "eval", rows)
    found = examples.table(tmp_path, "eval")
    assert found.to_dict("list") == {
        **{"text": ["é </b>", None], "bytes": [b"\xff\xd8", None]},
        **{"whole": [1, 0], "number": [0.5, 0.25], "several": [["a", "b"], [1, 2]]},
        **{"mixed": [1, None], "late": [None, None]},
    }
    assert (found.whole.dtype, found.number.dtype) == ("int64", "float64")
    assert (found.text.dtype, found.mixed.dtype, found.late.dtype) == (object, object, object)


def test_a_split_without_rows_is_an_empty_table(tmp_path):
    write(tmp_path, "eval", [])
    assert len(examples.table(tmp_path, "eval")) == 0


def test_what_is_not_there(tmp_path):
    write(tmp_path, "train", [example(n=1)])
    with pytest.raises(ExamplesError, match=r"no split 'test'.\nUse one of train"):
        examples.table(tmp_path, "test")
    with pytest.raises(ExamplesError, match="The split 'eval' has no file"):
        examples.table(artifact(tmp_path, "train", "eval"))
    with pytest.raises(ExamplesError, match="has not run"):
        examples.table(channel(), "eval")
    one = artifact(tmp_path, "train")
    with pytest.raises(ExamplesError, match="holds 2 artifacts"):
        examples.table(channel(one, one), "train")


def test_a_file_that_is_torn_or_of_another_format(tmp_path):
    path = write(tmp_path, "eval", [example(text=os.urandom(4_000))] * 20)
    path.write_bytes(path.read_bytes()[:-900])
    with pytest.raises(ExamplesError, match=r"data\.gz is not a TFRecord file, or is torn"):
        examples.table(tmp_path, "eval")
    path.with_name("data.csv").write_text("a,b\n" * 100)
    path.unlink()
    with pytest.raises(ExamplesError, match=r"data\.csv is not a TFRecord file"):
        examples.table(tmp_path, "eval")


def test_rows_that_are_no_examples(tmp_path):
    write(tmp_path, "eval", [tf.train.SequenceExample()])
    found = artifact(tmp_path, "eval")
    examples_utils.set_payload_format(found, example_gen_pb2.FORMAT_TF_SEQUENCE_EXAMPLE)
    with pytest.raises(ExamplesError, match="FORMAT_TF_SEQUENCE_EXAMPLE"):
        examples.table(found, "eval")
    assert len(list(examples.records(found, "eval"))) == 1


def test_a_record_that_is_no_example_is_named(tmp_path):
    path = write(tmp_path, "eval", [example(n=1)])
    with tf.io.TFRecordWriter(str(path), "GZIP") as writer:
        writer.write(example(n=1).SerializeToString())
        writer.write(b"\xff\xff")
    with pytest.raises(ExamplesError, match=r"Record 2 of the split 'eval' is no tf\.Example"):
        examples.table(tmp_path, "eval")


def test_a_file_cut_between_two_records_is_torn(tmp_path):
    """TensorFlow takes the end of a cut gzip file for the end of the rows, wherever nothing is left over."""
    path = write(tmp_path, "eval", [example(n=1)])
    path.write_bytes(path.read_bytes()[:10])
    with pytest.raises(ExamplesError, match="is torn"):
        examples.table(tmp_path, "eval")


def test_a_file_of_several_parts_is_whole(tmp_path):
    path = write(tmp_path, "eval", [example(n=1)])
    one = path.read_bytes()
    path.write_bytes(one + one)
    assert examples.table(tmp_path, "eval").n.tolist() == [1, 1]
