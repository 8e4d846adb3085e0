"""The style of the notebooks: one skeleton, short cells, prose after every output, components in plain sight."""

from __future__ import annotations

import ast
import re
import statistics

import pytest

from tests.notebooks.reading import (
    Cell,
    Notebook,
    all_notebooks,
    bold_lead,
    bullets,
    exercise_number,
)
from utils import exercises, paths
from utils.project import launch_links
from utils.project.notebook_filter import FOLDED

NOTEBOOKS = all_notebooks()

pytestmark = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda n: n.path.stem)

MOST_LINES = 15
MEDIAN_LINES = 3


def last_expression(cell: Cell) -> ast.expr | None:
    """Return the expression that a cell shows; a cell that writes a file shows none of its lines."""
    body = [] if cell.source.startswith("%%writefile") else cell.statements()
    return body[-1].value if body and isinstance(body[-1], ast.Expr) else None


def called(node: ast.AST | None) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def test_there_are_notebooks(notebook: Notebook):
    assert len(NOTEBOOKS) >= 1
    assert notebook.cells


def test_no_outputs_and_no_counts(notebook: Notebook):
    for cell in notebook.raw["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


def test_names_the_plain_kernel(notebook: Notebook):
    assert notebook.raw["metadata"]["kernelspec"]["name"] == "python3"
    assert "version" not in notebook.raw["metadata"].get("language_info", {})


def test_cell_ids_are_readable_and_unique(notebook: Notebook):
    ids = [cell["id"] for cell in notebook.raw["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9][a-z0-9-]*", i) for i in ids)


def test_begins_with_title_goals_needs_and_cost(notebook: Notebook):
    first = notebook.cells[0]
    assert first.kind == "markdown"
    assert re.match(rf"# {notebook.chapter}\. \S", first.source), (
        "the title carries the chapter's number"
    )
    assert 3 <= len(bullets(notebook.section("In this chapter you will"))) <= 6
    assert notebook.section("What you should know").strip()
    assert re.search(r"\d+ minutes", notebook.section("What it takes"))
    assert re.search(r"[\d.]+ GB", notebook.section("What it takes"))


def test_the_close_mirrors_the_goals(notebook: Notebook):
    goals = [bold_lead(b) for b in bullets(notebook.section("In this chapter you will"))]
    learned = [bold_lead(b) for b in bullets(notebook.section("What you learned"))]
    assert all(goals)
    assert learned == goals
    assert notebook.section("Where to go next").strip()


def test_the_set_up_cell_is_the_same_everywhere(notebook: Notebook):
    (mine,) = notebook.tagged("setup")
    (first,) = NOTEBOOKS[0].tagged("setup")
    assert mine.source == first.source
    assert notebook.raw["cells"][mine.index]["metadata"] == {**FOLDED, "tags": ["setup"]}
    assert mine.index == notebook.of_kind("code")[0].index, "nothing runs before it"


def test_launch_links_lead_to_this_file(notebook: Notebook):
    repository = launch_links.read((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    links = notebook.cells[0].source
    assert repository.colab(notebook.name) in links
    assert repository.binder(notebook.name) in links
    assert (
        launch_links.problems(notebook.path.read_text(encoding="utf-8"), notebook.name, repository)
        == []
    )


def test_code_cells_are_short(notebook: Notebook):
    lengths = [cell.lines for cell in notebook.of_kind("code")]
    too_long = [c.index for c in notebook.of_kind("code") if c.lines > MOST_LINES]
    assert not too_long
    assert statistics.median(lengths) <= MEDIAN_LINES


def test_no_cell_calls_a_shell(notebook: Notebook):
    for cell in notebook.of_kind("code"):
        assert not re.search(r"(?m)^\s*!", cell.source), cell.index


def runs_a_component(node: ast.AST | None) -> bool:
    """Whether this is a call of ``context.run``, or of ``run`` of a context of the reader's own."""
    return re.fullmatch(r"(\w+_)?context\.run", called(node)) is not None


def is_named_run(cell: Cell, shown: ast.expr) -> bool:
    """Whether a cell ends with the name that it has just given to the result of ``context.run``."""
    return any(
        isinstance(shown, ast.Name)
        and isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and runs_a_component(node.value)
        and [shown.id] == [target.id for target in node.targets if isinstance(target, ast.Name)]
        for node in ast.parse(cell.source).body
    )


def test_boxes_have_colours_that_can_be_read_in_both_themes(notebook: Notebook):
    text = "".join(cell.source for cell in notebook.cells if cell.kind == "markdown")
    assert text.count("alert alert-block") == text.count('" style="color: #'), "see other notebooks"


def test_prose_follows_every_shown_output(notebook: Notebook):
    """What a cell shows is explained by the next one; a run's own line may be followed by the cell that shows it."""
    for cell, following in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        shown = last_expression(cell) if cell.kind == "code" else None
        if shown is None or runs_a_component(shown) or is_named_run(cell, shown):
            continue
        assert following is not None, cell.index
        assert following.kind == "markdown", (
            f"cell {cell.index} shows something that no prose explains"
        )


def test_no_long_runs_of_code(notebook: Notebook):
    run = 0
    for cell in notebook.cells:
        run = run + 1 if cell.kind == "code" else 0
        assert run <= 4, f"five code cells in a row end at cell {cell.index}"


BUILDERS = (
    r"components\.(?!build$)\w+|tfx\.components\.\w+|tfx\.dsl\.(Resolver|Importer)|\w*ExampleGen"
    r"|DistributionValidator|WindowStatistics"
)


def builds_a_component(node: ast.AST | None) -> bool:
    """Whether this is a call that builds a component, with ``with_id`` after it or not."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr != "with_id":
            break
        node = node.func.value
    return re.fullmatch(BUILDERS, called(node)) is not None


def test_components_stand_in_plain_sight(notebook: Notebook):
    """Whoever builds a component builds it in one cell, runs it in a later one, and shows an output after that."""
    built: dict[str, int] = {}
    ran: dict[str, int] = {}
    used: dict[str, int] = {}
    for cell in notebook.of_kind("code"):
        for node in ast.walk(ast.Module(cell.statements(), [])):
            if isinstance(node, ast.Assign) and builds_a_component(node.value):
                built.update({ast.unparse(t): cell.index for t in node.targets})
            elif isinstance(node, ast.Call) and runs_a_component(node) and node.args:
                ran.setdefault(ast.unparse(node.args[0]), cell.index)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                used[node.id] = cell.index
    assert ran, "every chapter runs at least one component by context.run"
    for name, where in built.items():
        assert name in ran, f"{name} is built but never run"
        assert ran[name] > where, f"{name} is built and run in one cell"
        assert used[name] > ran[name], f"no output of {name} is used or shown"


def test_exercises_have_a_check_and_a_solution(notebook: Notebook):
    cells = [cell for cell in notebook.of_kind("code") if exercise_number(cell)]
    assert len(cells) >= 3
    assert [exercise_number(c) for c in cells] == exercises.numbers(notebook.chapter)
    for cell in cells:
        assert "exercise" in cell.tags
        assert f'context.exercise("{exercise_number(cell)}"' in notebook.solution(cell), (
            exercise_number(cell)
        )


def test_failures_on_purpose_are_tagged(notebook: Notebook):
    """A cell that fails on purpose says so in the prose before it."""
    for cell in notebook.tagged("raises-exception"):
        assert notebook.cells[cell.index - 1].kind == "markdown"
        assert re.search(r"fail|error|refus|stop", notebook.cells[cell.index - 1].source)


def test_assertions_are_visible_and_real(notebook: Notebook):
    """Every chapter asserts what it found, and no assertion is a constant."""
    asserts = [
        node
        for cell in notebook.of_kind("code")
        for node in ast.walk(ast.Module(cell.statements(), []))
        if isinstance(node, ast.Assert)
    ]
    assert len(asserts) >= 3
    assert not [a for a in asserts if isinstance(a.test, ast.Constant)]
