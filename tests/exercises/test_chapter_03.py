"""Chapter 3's checks: components as a reader builds them, and answers that a database or TFX refuses."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from tfx import v1 as tfx
from tfx.components.example_gen.component import FileBasedExampleGen
from tfx.dsl.components.base.executor_spec import BeamExecutorSpec

from utils import paths
from utils.complaints import variants
from utils.exercises import chapter_03
from utils.exercises.reading import AnswerForm
from utils.ingestion.inbox import Inbox
from utils.pipeline import csv_executor

DELIVERIES = ("2016-01-01/complaints-v1.csv", "2016-01-02/complaints-v1.csv",
              "2016-01-02/complaints-v2.csv")  # fmt: skip

FIRST_IS_A_REHEARSAL = {"num_spans": 3, "start_span_number": 2}


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """A context on an empty store."""
    from IPython.core.interactiveshell import InteractiveShell

    from utils.session.context import WorkbookContext

    InteractiveShell.instance()
    yield WorkbookContext(tmp_path_factory.mktemp("store"))
    InteractiveShell.clear_instance()


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "complaints.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE complaints (complaint_id TEXT, company_id INTEGER)")
        connection.executemany("INSERT INTO complaints VALUES (?, ?)", [("1", 7), ("2", 7)])
        connection.commit()
    return path


def given(**patterns):
    return tfx.proto.Input(
        splits=[tfx.proto.Input.Split(name=n, pattern=p) for n, p in patterns.items()]
    )


def dated(**patterns):
    return tfx.components.CsvExampleGen(
        input_base=str(paths.DATA / "complaints"), input_config=given(**patterns)
    )


@pytest.mark.parametrize("eval_pattern", ["S2.csv", "S[2].csv", "*2.csv"])
def test_any_pattern_that_fits_the_file_will_do(eval_pattern):
    assert chapter_03.the_dated_splits(dated(train="S1.csv", eval=eval_pattern), None)


@pytest.mark.parametrize(
    ("patterns", "said"),
    [
        ({"all": "S1.csv"}, "names one split"),
        ({"train": "S1.csv", "eval": "S9.csv"}, "fits no file"),
        ({"train": "S1.csv", "eval": "/S2.csv"}, "cannot be used"),
        ({"train": "S1.csv", "eval": ""}, "cannot be used"),
        ({"train": "S1.csv", "eval": "."}, "cannot be used"),
    ],
)
def test_other_inputs(patterns, said):
    assert said in chapter_03.the_dated_splits(dated(**patterns), None).reason


def test_an_executor_for_other_files():
    answer = tfx.components.ImportExampleGen(
        input_base=str(paths.DATA / "complaints"),
        input_config=given(train="S1.csv", eval="S2.csv"),
    )
    assert "reads no CSV" in chapter_03.the_dated_splits(answer, None).reason


def by(feature, buckets=(6, 2, 2), file=None):
    split = tfx.proto.SplitConfig.Split
    names = ("train", "eval", "test")
    config = tfx.proto.SplitConfig(
        splits=[split(name=n, hash_buckets=b) for n, b in zip(names, buckets, strict=True)],
        partition_feature_name=feature,
    )
    file = file or variants.ensure("duplicates", rows=2_000)
    return FileBasedExampleGen(
        input_base=str(file.parent),
        input_config=given(all=file.name),
        output_config=tfx.proto.Output(split_config=config),
        custom_executor_spec=BeamExecutorSpec(csv_executor.Executor),
    ).with_id("ByText")


def test_any_key_that_keeps_texts_together_will_do(context):
    assert chapter_03.no_text_on_both_sides(by("company"), context)


def test_the_same_ids_with_other_texts(context):
    other = by("consumer_complaint_narrative", file=paths.DATA / "complaints" / "S1.csv")
    assert "are not the 2,000" in chapter_03.no_text_on_both_sides(other, context).reason


def test_other_shares(context):
    narrative = by("consumer_complaint_narrative", (1, 1, 1))
    assert "6, 2 and 2" in chapter_03.no_text_on_both_sides(narrative, context).reason


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "SELECT complaint_id, 1 AS company_complaints, 2 AS company_complaints FROM complaints",
            "two columns",
        ),
        ("SELECT complaint_id, 1 AS company_complaints FROM complaint", "no such table"),
        ("SELECT 1; SELECT 2", "one statement"),
        ("SELECT '\0'", ""),
    ],
)
def test_queries(database, query, said):
    verdict = chapter_03.complaints_of_the_company(query, None, database=database)
    assert not verdict
    assert said in verdict.reason


@pytest.mark.parametrize(
    "pattern", ["", "/absolute/*.csv", "a\0b", "**x/*.csv", "{SPAN}{SPAN}", "["]
)
def test_patterns(pattern):
    assert not chapter_03.the_pattern(given(all=pattern), None, deliveries=DELIVERIES)


def test_the_right_pattern_is_left_as_it_is():
    answer = given(all="{YYYY}-{MM}-{DD}/complaints-v{VERSION}.csv")
    for _ in range(2):
        assert chapter_03.the_pattern(answer, None, deliveries=DELIVERIES)


def test_more_splits_than_one():
    two = given(train="{SPAN}/*.csv", eval="{SPAN}/*.csv")
    assert "2 splits" in chapter_03.the_pattern(two, None, deliveries=DELIVERIES).reason


@pytest.fixture(scope="module")
def arrivals(context, tmp_path_factory):
    """A context in which three spans have arrived."""
    inbox = Inbox(tmp_path_factory.mktemp("inbox") / "inbox")
    for span in ("S1", "S2", "S3"):
        inbox.deliver(span)
        context.run(
            FileBasedExampleGen(
                input_base=str(inbox.folder),
                input_config=given(all="{SPAN}/v{VERSION}/*.csv"),
                custom_executor_spec=BeamExecutorSpec(csv_executor.Executor),
            ).with_id(chapter_03.ARRIVALS)
        )
    return context


def window(range_config, strategy=tfx.dsl.experimental.SpanRangeStrategy):
    config = {"range_config": range_config} if range_config else None
    return tfx.dsl.Resolver(
        strategy_class=strategy,
        config=config,
        examples=tfx.dsl.Channel(
            type=tfx.types.standard_artifacts.Examples, producer_component_id=chapter_03.ARRIVALS
        ),
    )


def test_the_right_window(arrivals):
    rolling = tfx.proto.RollingRange(**FIRST_IS_A_REHEARSAL)
    answer = window(tfx.proto.RangeConfig(rolling_range=rolling))
    assert chapter_03.the_window(answer, None, arrivals=arrivals)


def test_other_windows(arrivals):
    for answer, said in (
        (window(None, tfx.dsl.experimental.LatestArtifactStrategy), "LatestArtifactStrategy"),
        (window(tfx.proto.RangeConfig()), "cannot use this range"),
        (window(None), "cannot use this range"),
        (
            window(
                tfx.proto.RangeConfig(static_range={"start_span_number": 3, "end_span_number": 3})
            ),
            "today it holds 3",
        ),
    ):
        assert said in chapter_03.the_window(answer, None, arrivals=arrivals).reason


def test_a_window_is_a_component():
    with pytest.raises(AnswerForm, match="a component"):
        chapter_03.the_window({2, 3}, None, arrivals=None)
