"""Results: text and HTML show the same facts, and nothing in them is taken for markup."""

from __future__ import annotations

import html
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from utils.session.results import CatchUp, OutputRow, RunResult


def result(name="Transform", cached=False, uri="/store/artifacts/Transform/graph/7"):
    return RunResult(
        component=SimpleNamespace(id=name),
        execution_id=7,
        seconds=1.234,
        cached=cached,
        outputs=(OutputRow("transform_graph", "TransformGraph", 12, uri),),
        root=Path("/store"),
    )


def words(markup: str) -> set[str]:
    text = re.sub(r"<style>.*?</style>", " ", markup, flags=re.S)
    return set(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_text_and_html_say_the_same():
    bundle = result()._repr_mimebundle_()
    assert set(bundle["text/plain"].split()) <= words(bundle["text/html"])
    assert "artifacts/Transform/graph/7" in bundle["text/plain"]


@pytest.mark.parametrize(
    ("cached", "said"), [(True, "was answered from the cache"), (False, "ran in 1.2 s")]
)
def test_headline_says_whether_the_cache_answered(cached, said):
    assert said in result(cached=cached).headline


def test_hostile_names_are_escaped():
    markup = result(uri="/x/<script>alert(1)</script>")._repr_mimebundle_()["text/html"]
    assert "<script>" not in markup
    assert "&lt;script&gt;" in markup


def test_catch_up_lists_every_component_and_gives_it_by_name():
    part = SimpleNamespace(id="SchemaGen")
    caught = CatchUp((result("ExampleGen", cached=True), result("SchemaGen")), {"schema_gen": part})
    assert caught.schema_gen is part
    assert "2 components" in caught.headline
    assert "1 answered from the cache" in caught.headline
    bundle = caught._repr_mimebundle_()
    assert set(bundle["text/plain"].split()) <= words(bundle["text/html"])


def test_catch_up_names_what_it_has():
    with pytest.raises(AttributeError, match="there are schema_gen"):
        _ = CatchUp((), {"schema_gen": 1}).trainer
