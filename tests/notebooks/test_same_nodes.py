"""The calls that chapters 1 and 6 write out build the very nodes that the shortcuts in ``components`` make."""

from __future__ import annotations

import ast
from types import SimpleNamespace
from typing import Any

import pytest

from tests.notebooks.reading import all_notebooks, exercise_number
from utils.pipeline import components
from utils.pipeline.config import PipelineConfig, Search


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    """What the chapter's cells name, its solutions in place of the starters, without running any component."""
    config = PipelineConfig()
    names: dict[str, Any] = {"config": config}
    (notebook,) = (each for each in all_notebooks() if each.chapter == "1")
    exec("from tfx import v1 as tfx", names)
    for cell in notebook.of_kind("code"):
        source = cell.source + "\n" + (notebook.solution(cell) if exercise_number(cell) else "")
        if cell.tags == ("setup",) or "tfx." not in source:
            continue
        for statement in ast.parse(source).body:
            if isinstance(statement, ast.ImportFrom) or _is_part(statement):
                exec(compile(ast.Module([statement], []), "chapter 1", "exec"), names)
    return names


def _is_part(statement: ast.stmt) -> bool:
    """Whether a statement names a node, or a message that a node is built from."""
    if not isinstance(statement, ast.Assign):
        return False
    (target,) = statement.targets
    wanted = [*components.build(PipelineConfig()), "input_config", "range_config", "Split"]
    return isinstance(target, ast.Name) and target.id in [*wanted, "split_config", "destination"]


@pytest.mark.parametrize("name", list(components.build(PipelineConfig())))
def test_the_written_call_and_the_shortcut_build_the_same_node(written, name):
    _same(written[name], components.build(written["config"])[name])


@pytest.fixture(scope="module")
def chapter_6() -> dict[str, Any]:
    """What chapter 6 names, its solutions in place of the starters, on components that have not run."""
    config = PipelineConfig()
    three_way = config.replace(splits={"train": 3, "tune": 1, "eval": 2})
    names: dict[str, Any] = {"config": config, "three_way": three_way, "search": Search()}
    for name, one in (("ready", config), ("divided", three_way), ("second", config)):
        names[name] = SimpleNamespace(**components.build(one))
    exec("from tfx import v1 as tfx", names)
    (notebook,) = (each for each in all_notebooks() if each.chapter == "6")
    for cell in notebook.of_kind("code"):
        source = cell.source + "\n" + (notebook.solution(cell) if exercise_number(cell) else "")
        if "tfx.components" not in source or source.startswith("%%"):
            continue
        for statement in ast.parse(source).body:
            if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) in WRITTEN:
                exec(compile(ast.Module([statement], []), "chapter 6", "exec"), names)
    return names


WRITTEN = ("trainer", "tuner", "tuned", "settings", "cold", "warm")
"""What the test of chapter 6 takes from its cells."""


def test_chapter_6_s_calls_and_the_shortcuts_build_the_same_nodes(chapter_6):
    its = SimpleNamespace(**chapter_6)
    divided = its.divided.transform, its.divided.schema_gen
    second = its.second.transform, its.second.schema_gen
    one_epoch = its.config.replace(model=its.config.model.replace(epochs=1))
    for written, shortcut in (
        (
            its.trainer,
            components.trainer(its.config, its.ready.transform, its.ready.schema_gen),
        ),
        (its.tuner, components.tuner(its.three_way, *divided, its.search)),
        (its.tuned, components.trainer(its.three_way, *divided, hyperparameters=its.tuner)),
        (its.cold, components.trainer(one_epoch, *second)),
        (its.warm, components.trainer(one_epoch, *second, base_model=its.trainer)),
    ):
        _same(written, shortcut)


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
