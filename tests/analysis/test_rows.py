import pandas as pd
import pytest
import tensorflow as tf

from utils import paths
from utils.analysis import groups, rows
from utils.labels import LabelError
from utils.pipeline.config import Group
from utils.pipeline.predict import ExportedModel


def write(folder, split, examples):
    (folder / f"Split-{split}").mkdir(parents=True)
    with tf.io.TFRecordWriter(str(folder / f"Split-{split}" / "data.gz"), "GZIP") as writer:
        for values in examples:
            example = tf.train.Example()
            for name, value in values.items():
                kind = example.features.feature[name]
                if isinstance(value, int):
                    kind.int64_list.value.append(value)
                else:
                    kind.bytes_list.value.append(value.encode())
            writer.write(example.SerializeToString())


def test_examples_come_back_as_rows_in_the_order_of_their_ids(tmp_path):
    write(
        tmp_path,
        "eval",
        [
            {"complaint_id": "2", "state": "AZ", "consumer_disputed": 1},
            {"complaint_id": "1", "zip_code": "021XX", "consumer_disputed": 0},
        ],
    )
    table = rows.read_examples(tmp_path)
    assert list(table.complaint_id) == ["1", "2"]
    assert list(table.consumer_disputed) == [0, 1]
    assert rows.complaints(table)[0]["state"] is None
    assert "consumer_disputed" not in rows.complaints(table)[0]
    assert len(rows.records(tmp_path)) == 2


def test_every_row_is_scored_in_order(model, monkeypatch):
    monkeypatch.setattr(rows, "_BATCH", 2)
    table = pd.DataFrame({"complaint_id": list("12345"), "state": ["AZ", "CA", None, "AZ", "TX"]})
    table["consumer_disputed"] = 0
    done = rows.scored(model, table)
    assert done.score.tolist() == pytest.approx([0.4, 0.2, 0.2, 0.4, 0.2])
    assert model.asked == 5
    assert len(rows.score(model, table.iloc[:0])) == 0


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ({"zip_code": [2139, 90001]}, "'zip_code' has the value 2139, of the type int"),
        ({"zip_code": [None, 2139.0]}, "'zip_code' has the value 2139.0, of the type float"),
        ({"company": ["A", b"\xff"]}, "'company' has the value b'\\xff', of the type bytes"),
        ({"words": [3, 4]}, "leave it out: rows.drop(columns=['words'])"),
    ],
)
def test_a_column_that_a_model_cannot_read_is_an_error_and_not_a_missing_value(
    model, column, words
):
    with pytest.raises(rows.RowsError) as caught:
        rows.score(model, pd.DataFrame({"complaint_id": ["1", "2"], **column}))
    assert words in str(caught.value)


def test_labels_scores_and_what_is_missing_are_not_asked():
    table = pd.DataFrame({"state": ["AZ", float("nan")], "group": pd.Categorical(["in", None])})
    table = table.assign(consumer_disputed=["1", "0"], score=[0, 1], zip_code=float("nan"), old=0.5)
    assert rows.complaints(table) == [
        {"state": "AZ", "group": "in", "zip_code": None},
        {"state": None, "group": None, "zip_code": None},
    ]
    assert rows.complaints(table.iloc[:0]) == []


class Shortest(tf.Module):
    """Scores a complaint by the length of its example."""

    def __init__(self, scale):
        super().__init__()
        self.scale = tf.constant(scale, tf.float32)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="examples")])
    def serve(self, examples):
        length = tf.cast(tf.strings.length(examples), tf.float32)
        return {"probability": self.scale / length[:, None]}


def test_models_that_share_their_rows_score_as_they_would_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "_BATCH", 2)
    table = pd.DataFrame({"complaint_id": ["1", "22", "333"], "state": ["AZ", None, "TX"]})
    table["consumer_disputed"] = [0, 1, 0]
    models = {}
    for name, scale in (("one", 1.0), ("half", 0.5)):
        module = Shortest(scale)
        tf.saved_model.save(module, str(tmp_path / name), {"serving_default": module.serve})
        models[name] = ExportedModel(tmp_path / name)
    together = rows.scored_by(models, table)
    for name, model in models.items():
        pd.testing.assert_frame_equal(together[name], rows.scored(model, table))
    assert (together["one"].score == 2 * together["half"].score).all()
    assert [len(one) for one in rows.scored_by(models, table.iloc[:0]).values()] == [0, 0]


def test_a_file_becomes_rows_with_its_groups():
    table = rows.read_complaints(paths.DATA / "complaints" / "S1.csv", [Group()])
    assert set(table.consumer_disputed) == {0, 1}
    inside = table[table.state_group == "Mountain West"]
    assert set(inside.state) <= set(Group().values)
    assert table.sub_product.isna().any()
    assert all(value is None or isinstance(value, str) for value in table.sub_product)


@pytest.mark.parametrize(
    ("labels", "words"),
    [([1, 0, None], "1 of 3 labels are missing"), (["1", "0", "N/A"], "labels are text")],
    ids=["pending", "as text"],
)
def test_rows_that_are_no_ground_for_a_verdict_can_be_looked_at_only(
    tmp_path, model, labels, words
):
    """What ExampleGen reads with ``labelled_only=False``, and with ``label_as_text=True``."""
    given = [
        {"complaint_id": str(place), "state": "AZ"}
        | ({} if label is None else {"consumer_disputed": label})
        for place, label in enumerate(labels)
    ]
    write(tmp_path, "eval", given)
    table = rows.scored(model, rows.read_examples(tmp_path))
    assert table.consumer_disputed.tolist() == labels
    with pytest.raises(LabelError, match=words):
        groups.rates(table, "state", 0.3)


def test_texts_that_look_like_missing_values_are_texts(tmp_path):
    texts = ["N/A", "None", "null", "NA", ""]
    lines = [f"{number},{text},1" for number, text in enumerate(texts)]
    file = tmp_path / "texts.csv"
    file.write_text("\n".join(["complaint_id,state,consumer_disputed", *lines]) + "\n")
    group = Group(values=("None",), inside="in", outside="out")
    table = rows.read_complaints(file, [group])
    assert table.state.tolist() == ["N/A", "None", "null", "NA", None]
    assert table.state_group.tolist() == ["out", "in", "out", "out", None]
