from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from utils.displays import artifacts
from utils.displays.views import View


@pytest.fixture
def examples(tmp_path: Path) -> Any:
    """An ``Examples`` artifact with two splits of twelve hostile rows."""
    import tensorflow as tf
    from tfx.types import artifact_utils, standard_artifacts

    artifact = standard_artifacts.Examples()
    artifact.uri = str(tmp_path)
    artifact.split_names = artifact_utils.encode_split_names(["train", "eval"])
    for split in ("train", "eval"):
        folder = tmp_path / f"Split-{split}"
        folder.mkdir()
        with tf.io.TFRecordWriter(str(folder / "data.gz"), options="GZIP") as writer:
            for number in range(12):
                example = tf.train.Example()
                example.features.feature["text"].bytes_list.value.append(b"<img src=x>")
                example.features.feature["image"].bytes_list.value.append(b"\xff\xd8")
                example.features.feature["count"].int64_list.value.append(number)
                example.features.feature["scores"].float_list.value.extend([0.5, 0.25])
                example.features.feature["missing"].CopyFrom(tf.train.Feature())
                writer.write(example.SerializeToString())
    return artifact


def only(shown: list[object]) -> View:
    (facts,) = shown
    assert isinstance(facts, View)
    return facts


def test_examples_show_their_first_rows(examples: Any) -> None:
    facts = only(artifacts.examples(examples))
    train, evaluation, _ = facts.tables
    assert [len(table.rows) for table in (train, evaluation)] == [artifacts.ROWS] * 2
    assert train.columns == ["Row", "count", "image", "missing", "scores", "text"]
    assert train.rows[1] == [2, 1, "(2 bytes)", None, "0.5, 0.25", "<img src=x>"]
    assert "<img" not in facts.html()
    assert "&lt;img src=x&gt;" in facts.html()
    assert "<img src=x>" in facts.text()


def test_examples_that_are_no_rows_show_their_files_and_why(examples: Any) -> None:
    from tfx.components.util import examples_utils
    from tfx.proto import example_gen_pb2

    examples_utils.set_payload_format(examples, example_gen_pb2.FORMAT_PARQUET)
    facts = only(artifacts.examples(examples))
    assert "FORMAT_PARQUET" in facts.note
    assert ["Split-eval/data.gz"] in [row[:1] for row in facts.tables[-1].rows]


def test_a_value_shows_its_value(tmp_path: Path) -> None:
    from tfx.types import standard_artifacts

    artifact = standard_artifacts.String()
    artifact.uri = str(tmp_path / "value")
    artifact.write("half <b>done</b>")
    facts = only(artifacts.value(artifact))
    assert facts.tables[0].rows == [["half <b>done</b>"]]
    assert "half &lt;b&gt;done&lt;/b&gt;" in facts.html()


def test_a_model_shows_its_signatures(tmp_path: Path) -> None:
    import tensorflow as tf
    from tfx.types import standard_artifacts

    class Doubler(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="numbers")])
        def double(self, numbers: Any) -> dict[str, Any]:
            return {"doubled": 2 * numbers}

    doubler = Doubler()
    tf.saved_model.save(
        doubler, str(tmp_path / "Format-Serving"), signatures={"serving_default": doubler.double}
    )
    artifact = standard_artifacts.Model()
    artifact.uri = str(tmp_path)
    facts = only(artifacts.model(artifact))
    assert facts.tables[0].rows == [
        ["serving_default", "input", "numbers", "float32 [any, 3]"],
        ["serving_default", "output", "doubled", "float32 [any, 3]"],
    ]


def test_any_artifact_shows_properties_and_files(tmp_path: Path) -> None:
    from tfx.types import standard_artifacts

    artifact = standard_artifacts.ModelBlessing()
    artifact.uri = str(tmp_path)
    artifact.set_int_custom_property("blessed", 1)
    (tmp_path / "BLESSED").write_text("", encoding="utf-8")
    facts = only(artifacts.anything(artifact))
    known, found = facts.tables
    assert ["blessed", 1] in known.rows
    assert found.rows == [["BLESSED", 0]]


def test_an_artifact_without_files_still_shows(tmp_path: Path) -> None:
    from tfx.types import standard_artifacts

    artifact = standard_artifacts.HyperParameters()
    artifact.uri = str(tmp_path / "gone")
    facts = only(artifacts.anything(artifact))
    assert facts.tables[1].rows == []
    assert "HyperParameters" in facts.text()
