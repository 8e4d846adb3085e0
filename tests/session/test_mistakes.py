"""Mistakes that readers make, each answered by a message that names the cure.

Those that need no component are here first; :mod:`test_context` has the deleted artifact, the cell out of order and the
missing data folder.
"""

from __future__ import annotations

import shutil

import pytest

from utils import paths
from utils.complaints import spans
from utils.complaints.errors import ComplaintsError
from utils.errors import WorkbookError
from utils.folders import FolderError
from utils.pipeline.config import ConfigError, PipelineConfig
from utils.session.errors import ComponentFailed


@pytest.fixture
def context(tmp_path):
    from IPython.core.interactiveshell import InteractiveShell

    from utils.session.context import WorkbookContext

    InteractiveShell.instance()
    yield WorkbookContext(tmp_path / "store")
    InteractiveShell.clear_instance()


@pytest.mark.parametrize(
    ("mistake", "cure"),
    [
        (lambda c: c.features.without("prodct"), "Did you mean 'product'"),
        (lambda c: c.replace(feature=c.features), "Did you mean 'features'"),
        (lambda c: c.thresholds.replace(min_auc=2), "between 0 and 1"),
        (lambda c: c.model.replace(layers=()), "for example (32, 16)"),
        (lambda c: c.replace(splits={"train": 2, "test": 1}), "one 'eval'"),
        (lambda c: c.replace(slices=("produkt",)), "Did you mean 'product'"),
        (lambda c: c.features.plus("resolution_code") and c.replace(features=c.features.plus("resolution_code")),
         "extra_columns"),
    ],
    ids=["feature", "setting", "threshold", "layers", "split", "slice", "extra column"],
)  # fmt: skip
def test_a_wrong_setting_is_refused_where_it_is_made(mistake, cure):
    with pytest.raises(ConfigError) as caught:
        mistake(PipelineConfig())
    assert cure in str(caught.value)


def test_a_span_that_does_not_exist():
    with pytest.raises(ComplaintsError, match="use one of S1, S2"):
        spans.ensure("S9")


def test_an_exercise_that_does_not_exist(context):
    with pytest.raises(WorkbookError) as caught:
        context.exercise("1.99", 1)
    assert "1.1" in caught.value.cure


def test_a_zip_code_as_a_number():
    from utils.pipeline.predict import serialize

    with pytest.raises(TypeError, match="write '2139'"):
        serialize([{"zip_code": 2139}])  # type: ignore[dict-item]


def failing(context, folder) -> ComponentFailed:
    from utils.pipeline import components

    config = PipelineConfig(input_base=str(folder), pattern="*.csv", span=None)
    with pytest.raises(ComponentFailed) as caught:
        context.run(components.example_gen(config))
    return caught.value


@pytest.mark.parametrize("genuine", [False, True])
def test_data_in_a_folder_whose_name_is_a_pattern(context, tmp_path, genuine):
    from tfx import v1 as tfx

    from utils.pipeline import components

    folder = tmp_path / "data [2]"
    component = (
        tfx.components.CsvExampleGen(input_base=str(folder))
        if genuine
        else components.example_gen(PipelineConfig(input_base=str(folder)))
    )
    with pytest.raises(FolderError) as caught:
        context.run(component)
    assert f"The path {folder} has '[' in it" in caught.value.what


def test_training_on_a_span_without_labels(context, tmp_path):
    shutil.copy(paths.DATA / "complaints" / "S5.csv", tmp_path / "S5.csv")
    failure = failing(context, tmp_path)
    assert "none of its 2,000 rows has a label" in failure.what
    assert "labelled_only=False" in failure.what


def test_rows_are_missing_for_tfx_s_own_example_gen(context, tmp_path):
    """TFX calls such examples complete; no cache may answer with them, and a second run says the same."""
    from tfx import v1 as tfx

    file = tmp_path / "data" / "S1.csv"
    file.parent.mkdir()
    file.write_text("complaint_id,product\n")
    for _ in range(2):
        component = tfx.components.CsvExampleGen(input_base=str(file.parent))
        with pytest.raises(ComponentFailed, match="ExampleGen got no rows: '\\*' gives none"):
            context.run(component)
        assert not component.outputs["examples"].get()
    with context.metadata() as handle:
        assert [one.state == one.DELETED for one in handle.store.get_artifacts()] == [True] * 2
    file.write_text("complaint_id,product\n1,Mortgage\n")
    with pytest.raises(ComponentFailed, match="none fell into its share"):
        context.run(tfx.components.CsvExampleGen(input_base=str(file.parent)))


def test_records_are_missing_for_tfx_s_own_example_gen(context, tmp_path):
    from tfx import v1 as tfx

    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "empty.tfrecord").touch()
    with pytest.raises(ComponentFailed, match="got no rows"):
        context.run(tfx.components.ImportExampleGen(input_base=str(tmp_path / "data")))


def test_a_file_whose_column_was_renamed(context, tmp_path):
    text = (paths.DATA / "complaints" / "S1.csv").read_text(encoding="utf-8")
    (tmp_path / "S1.csv").write_text(text.replace("zip_code", "zipcode", 1), encoding="utf-8")
    failure = failing(context, tmp_path)
    assert "lacks the column 'zip_code'" in failure.what
    assert "Traceback" not in failure.what


def test_a_file_with_a_torn_row(context, tmp_path):
    text = (paths.DATA / "complaints" / "S1.csv").read_text(encoding="utf-8")
    (tmp_path / "S1.csv").write_text(text + "100,2015-03-19,Mortgage\n", encoding="utf-8")
    failure = failing(context, tmp_path)
    assert "3 fields where the header has 13" in failure.what
    assert "cut in two" in failure.what
