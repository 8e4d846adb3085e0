"""The calls that chapter 1 writes out build the very nodes that ``components.build`` makes."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from tests.notebooks.reading import all_notebooks, exercise_number
from utils.pipeline import components
from utils.pipeline.config import PipelineConfig


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
    own, shortcut = written[name], components.build(written["config"])[name]
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
