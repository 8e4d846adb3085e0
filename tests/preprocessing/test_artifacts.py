"""What Transform wrote, read from a small folder in the shape of its artifacts."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
import tensorflow_transform as tft

from utils.pipeline.modules import terms
from utils.preprocessing import artifacts, standalone


@pytest.fixture
def transform(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path))
    made = standalone.run(
        lambda inputs: {
            "index": tft.compute_and_apply_vocabulary(inputs["product"], vocab_filename="products")
        },
        pd.DataFrame({"product": ["Loan", "Loan", "Card"]}),
    )
    channel = SimpleNamespace(get=lambda: [SimpleNamespace(uri=str(made.folder))])
    return SimpleNamespace(outputs={"transform_graph": channel}, keeps=made)


def test_vocabularies(transform):
    assert artifacts.vocabularies(transform) == {"products": ["Loan", "Card"]}


def test_a_vocabulary_that_the_pipeline_found_no_terms_for(transform):
    (file,) = (transform.keeps.folder / "transform_fn" / "assets").iterdir()
    terms.write_vocabulary(terms.Counts(), str(file), keep=10, min_count=1)
    assert artifacts.vocabularies(transform) == {"products": []}


def test_a_summary_for_comparing_runs(transform):
    found = artifacts.summary(transform, {"categorical": ("product", "state"), "min_count": 5})
    assert found == {
        "categorical": "product, state",
        "min_count": 5,
        "features": 1,
        "values in products": 2,
    }


def test_examples_as_rows(tmp_path):
    from tfx.types import standard_artifacts

    artifact = standard_artifacts.Examples()
    artifact.uri, artifact.split_names = str(tmp_path), '["eval"]'
    folder = tmp_path / "Split-eval"
    folder.mkdir()
    example = tf.train.Example()
    example.features.feature["text"].bytes_list.value.append(b"<b>")
    example.features.feature["terms"].int64_list.value.extend([1, 2])
    example.features.feature["gap"].bytes_list.SetInParent()
    with tf.io.TFRecordWriter(str(folder / "part.gz"), "GZIP") as writer:
        writer.write(example.SerializeToString())
    component = SimpleNamespace(outputs={"examples": SimpleNamespace(get=lambda: [artifact])})
    (row,) = artifacts.examples(component, "examples", "eval").to_dict("records")
    assert row == {"text": "<b>", "terms": [1, 2], "gap": None}


def test_the_order_of_rows_follows_from_their_values():
    rows = pd.DataFrame({"z": [0.5, -1.0, 0.5], "i": [2, 1, 1], "t": [[1, 0], [3, 0], [2, 0]]})
    mixed = rows.iloc[[2, 0, 1]][["t", "z", "i"]]
    assert artifacts.in_fixed_order(rows).equals(artifacts.in_fixed_order(mixed))


def test_a_table_of_what_a_graph_returns():
    table = artifacts.table({"i": tf.constant([1, 2]), "t": tf.constant([[1, 0], [2, 0]])})
    assert table.to_dict("list") == {"i": [1, 2], "t": [[1, 0], [2, 0]]}
    assert np.array_equal(table.i, [1, 2])
