"""The calls that chapters 1, 5, 6 and 7 write out build the very nodes that the shortcuts in ``components`` make."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from tests.notebooks.reading import chapter, exercise_number
from utils.pipeline import components
from utils.pipeline.config import PipelineConfig, Search

PARTS = (
    *components.build(PipelineConfig()),
    *("input_config", "range_config", "Split", "split_config", "destination"),
)
"""What the test of chapter 1 takes from its cells: the nodes, and the messages that they are built from."""

WRITTEN = ("trainer", "tuner", "tuned", "settings", "cold", "warm", "short", "mirrored")
"""What the test of chapter 6 takes from its cells."""


def _name_what_it_writes(number: str, wanted: Sequence[str], names: dict[str, Any]) -> None:
    """Run the assignments of a chapter to some names, its solutions after the starters, but no component."""
    notebook = chapter(number)
    exec("from tfx import v1 as tfx", names)
    for cell in notebook.of_kind("code"):
        if cell.tags == ("setup",) or "tfx." not in cell.source or cell.source.startswith("%%"):
            continue
        solution = notebook.solution(cell) if exercise_number(cell) else ""
        for statement in [*cell.statements(), *ast.parse(solution).body]:
            assigned = isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0])
            if isinstance(statement, ast.ImportFrom) or assigned in wanted:
                exec(compile(ast.Module([statement], []), f"chapter {number}", "exec"), names)


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    """What chapter 1 names."""
    names: dict[str, Any] = {"config": PipelineConfig()}
    _name_what_it_writes("1", PARTS, names)
    return names


@pytest.mark.parametrize("name", list(components.build(PipelineConfig())))
def test_the_written_call_and_the_shortcut_build_the_same_node(written, name):
    _same(written[name], components.build(written["config"])[name])


@pytest.fixture(scope="module")
def chapter_6() -> dict[str, Any]:
    """What chapter 6 names, its solutions in place of the starters, on components that have not run."""
    config = PipelineConfig()
    three_way = config.replace(span=2, splits={"train": 3, "tune": 1, "eval": 2})
    names: dict[str, Any] = {"config": config, "three_way": three_way, "search": Search()}
    for name, one in (("ready", config), ("divided", three_way)):
        names[name] = SimpleNamespace(**components.build(one))
    _name_what_it_writes("6", WRITTEN, names)
    return names


def test_chapter_6_s_calls_and_the_shortcuts_build_the_same_nodes(chapter_6):
    its = SimpleNamespace(**chapter_6)
    divided = its.divided.transform, its.divided.schema_gen
    one_epoch = its.config.replace(model=its.config.model.replace(epochs=1))
    for written, shortcut in (
        (
            its.trainer,
            components.trainer(its.config, its.ready.transform, its.ready.schema_gen),
        ),
        (its.tuner, components.tuner(its.three_way, *divided, its.search)),
        (its.tuned, components.trainer(its.three_way, *divided, hyperparameters=its.tuner)),
        (its.cold, components.trainer(one_epoch, *divided)),
        (its.warm, components.trainer(one_epoch, *divided, base_model=its.trainer)),
        (
            its.mirrored,
            components.trainer(
                one_epoch, its.ready.transform, its.ready.schema_gen, strategy="MirroredStrategy"
            ),
        ),
    ):
        _same(written, shortcut)


@pytest.mark.parametrize(("number", "name"), [("5", "transform"), ("7", "resolver")])
def test_a_later_chapter_s_call_and_the_shortcut_build_the_same_node(number, name):
    built = components.build(PipelineConfig())
    names = {"config": PipelineConfig(), "earlier": SimpleNamespace(**built)}
    _name_what_it_writes(number, (name,), names)
    _same(names[name], built[name])


def _same(own, shortcut) -> None:
    assert type(own) is type(shortcut)
    assert own.id == shortcut.id
    assert own.exec_properties == shortcut.exec_properties
    assert _inputs(own) == _inputs(shortcut)
    assert own.executor_spec.executor_class is shortcut.executor_spec.executor_class
    assert list(own.outputs) == list(shortcut.outputs)


def _inputs(node) -> dict[str, tuple]:
    channels = getattr(node, "raw_inputs", None) or node.inputs
    return {
        name: (
            channel.type_name,
            getattr(channel, "producer_component_id", None),
            getattr(channel, "output_key", None),
        )
        for name, channel in channels.items()
    }
