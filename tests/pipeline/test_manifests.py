"""An artifact that lost a file after it was published is not taken for whole, by any cache."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from utils.errors import WorkbookError
from utils.pipeline import manifests
from utils.pipeline.manifests import GONE


@pytest.fixture(autouse=True, scope="module")
def ipython():
    from IPython.core.interactiveshell import InteractiveShell

    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


@pytest.fixture
def context(tmp_path):
    from utils.session.context import WorkbookContext

    return WorkbookContext(tmp_path / "store")


def half(file: Path) -> int:
    return file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def empty(uri: Path) -> None:
    for one in uri.iterdir():
        shutil.rmtree(one)


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "all": (shutil.rmtree, "it is missing"),
    "all within": (empty, "Split-eval is missing"),
    "a split": (lambda uri: shutil.rmtree(uri / "Split-eval"), "Split-eval is missing"),
    "a file": (lambda uri: (uri / "Split-eval" / "b.gz").unlink(), "Split-eval/b.gz is missing"),
    "the end of a file": (lambda uri: half(uri / "Split-eval" / "b.gz"), "bytes left of 9"),
    "what is in a file": (lambda uri: (uri / "Split-train" / "a.gz").write_text(""), "0 bytes left of 10"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGES)
def test_the_cache_does_not_answer_with_a_damaged_artifact(context, kind):
    from tests.session.parts import Read, Split

    harm, named = DAMAGES[kind]
    split = Split()
    uri = Path(context.run(split).outputs[0].uri)
    harm(uri)
    with pytest.raises(WorkbookError) as caught:
        context.run(Read(source=split.outputs["out"]))
    assert named in caught.value.what
    assert "`context.run(...)` for Split again" in caught.value.cure
    again = Split()
    assert not context.run(again).cached
    reader = Read(source=again.outputs["out"])
    assert Path(context.run(reader).outputs[0].uri, "text").read_text() == "4"
    assert context.run(Split()).cached, "the whole one answers, not the older one that is damaged"
    assert uri.exists() == (kind != "all"), "what is left of it is nobody's to remove"


def test_the_cache_of_local_dag_runner_does_not_either(context):
    from tfx import v1 as tfx

    from tests.session.parts import Split
    from utils.pipeline import runners

    def run():
        built = tfx.dsl.Pipeline(
            pipeline_name="another",
            pipeline_root=context.pipeline_root,
            components=[Split()],
            enable_cache=True,
            metadata_connection_config=context.metadata_connection_config,
        )
        return runners.run_pipeline(built, context.store).nodes["Split"]

    first = run()
    assert run().cached
    shutil.rmtree(first.outputs["out"] / "Split-eval")
    assert not run().cached
    assert run().cached


def test_what_another_program_published_must_have_its_splits(context):
    from tests.session.parts import Split

    split = Split()
    uri = Path(context.run(split).outputs[0].uri)
    shutil.rmtree(context.store / "manifests")
    assert context.run(Split()).cached, "an artifact without a list of its files"
    shutil.rmtree(context.store / "manifests")
    shutil.rmtree(uri / "Split-eval")
    assert not context.run(Split()).cached


def test_a_schema_may_be_edited_and_new_files_are_welcome(context):
    from tests.session.parts import Write

    uri = Path(context.run(Write(text="a long text")).outputs[0].uri)
    with context.metadata() as handle:
        (artifact,) = handle.store.get_artifacts()
    (context.store / "manifests" / f"{artifact.id}.json").unlink()
    (uri / "schema.pbtxt").write_text("feature {}")
    manifests.record(context.store, [artifact])
    (uri / "schema.pbtxt").write_text("f")
    (uri / "note").touch()
    assert manifests.damage(context.store, artifact) == ""
    (uri / "schema.pbtxt").write_text("")
    assert manifests.damage(context.store, artifact) == "schema.pbtxt has 0 bytes left of 10"


def test_a_list_of_an_older_store_is_not_believed(context):
    from tests.session.parts import Write

    uri = Path(context.run(Write(text="a")).outputs[0].uri)
    with context.metadata() as handle:
        (artifact,) = handle.store.get_artifacts()
    (uri / "text").unlink()
    assert manifests.damage(context.store, artifact) == "text is missing"
    artifact.create_time_since_epoch += 1
    assert manifests.damage(context.store, artifact) == ""


def test_an_artifact_elsewhere_is_not_judged(context, tmp_path):
    from ml_metadata.proto import metadata_store_pb2

    elsewhere = metadata_store_pb2.Artifact(id=7, uri=str(tmp_path / "imported"))
    tmp_path.joinpath("imported").mkdir()
    manifests.record(context.store, [elsewhere])
    assert not (context.store / "manifests" / "7.json").exists()


def test_lineage_says_why_the_cache_did_not_answer(context):
    from tests.session.parts import Split
    from utils.lineage import cache

    shutil.rmtree(Path(context.run(Split()).outputs[0].uri) / "Split-eval")
    second = context.run(Split())
    with context.metadata() as handle:
        told = cache.explain(handle.store, second.execution_id)
    assert [one.name for one in told.differences] == [GONE]
