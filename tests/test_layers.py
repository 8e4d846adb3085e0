"""Dependencies point one way, and ``import utils`` is cheap."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from utils import paths

LAYERS = (
    {"errors", "native_output", "paths", "progress", "quick_import"},
    {"files", "memory"},
    {"claims", "environments", "third_party", "examples", "labels", "folders"},
    {"side_environments", "intervals", "quick_pipelines"},
    {"services", "manifests"},
    {"complaints"},
    {"pipeline.modules"},
    {"pipeline"},
    {"displays"},
    set(),  # the capabilities: what a chapter is about
    {"exercises"},
    {"session"},
    {"colab"},
    {"workbook"},
)
"""From the bottom to the top; whoever is not named is a capability, in the empty layer."""

CAPABILITIES = LAYERS.index(set())
FOUNDATIONS = frozenset().union(*LAYERS[: LAYERS.index({"complaints"})])
"""What everybody may use, ``project`` too, which stands apart: nothing imports it."""

FILES = sorted((paths.ROOT / "utils").rglob("*.py"))


def part(words: list[str]) -> str:
    """The package or module of ``utils`` that a dotted path belongs to."""
    return "pipeline.modules" if words[:2] == ["pipeline", "modules"] else words[0]


def layer(name: str) -> int:
    """How high a part stands."""
    return next((at for at, names in enumerate(LAYERS) if name in names), CAPABILITIES)


def imported(file: Path) -> Iterator[list[str]]:
    """The dotted paths below ``utils`` that a file imports, anywhere in it."""
    package = list(file.relative_to(paths.ROOT).parent.parts)
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = base + (node.module.split(".") if node.module else [])
            found = [[*module, alias.name] for alias in node.names]
        else:
            continue
        yield from (words[1:] for words in found if words[0] == "utils" and len(words) > 1)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(paths.ROOT)))
def test_imports_lead_downwards(file: Path) -> None:
    mine = part(list(file.relative_to(paths.ROOT / "utils").with_suffix("").parts))
    for other in {part(words) for words in imported(file)} - {mine}:
        assert mine != "pipeline.modules", "what TFX loads imports nothing else of utils"
        assert other != "project", f"{mine} imports what only `make` runs"
        allowed = other in FOUNDATIONS if mine == "project" else layer(other) < layer(mine)
        assert allowed, f"{mine} imports {other}"


def test_import_utils_loads_nothing_heavy() -> None:
    code = "import sys, utils; print([m for m in sys.modules if m in {'tensorflow', 'tfx', 'numpy', 'pandas'}])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
