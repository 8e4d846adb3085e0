"""What mutmut has made of a module: each mutant's function, and the lines that it changes.

mutmut writes all mutants of a module into one file, in which every function stands once as it was and once for each
mutant: ``x_auc__mutmut_orig``, ``x_auc__mutmut_1`` and so on; of a method, the class stands between two ``ǁ``.
"""

from __future__ import annotations

import ast
import difflib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MARK = "__mutmut_"
ORIGINAL = "orig"


@dataclass(frozen=True)
class Mutant:
    """A change of one function.

    Attributes:
        name: What mutmut calls it.
        function: The function, or class and method.
        before: The lines that it changes, without indentation.
        after: What stands there instead.
        wording: Whether it changes nothing but the wording of an error.
    """

    name: str
    function: str
    before: str
    after: str
    wording: bool


class _Wordless(ast.NodeTransformer):
    """Empties every text inside a ``raise``, or inside the call that makes an error.

    Args:
        sentence: Whether the function's business is a sentence. Then its other texts are emptied as well, but for those
            that are compared or handed to a call.
    """

    def __init__(self, sentence: bool) -> None:
        self.inside = sentence

    def _visit_inside(self, node: ast.AST, inside: bool) -> ast.AST:
        before, self.inside = self.inside, inside
        made = self.generic_visit(node)
        self.inside = before
        return made

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return self._visit_inside(node, True)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        return self._visit_inside(node, False)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        return self._visit_inside(node, called.endswith("Error"))

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant("") if self.inside and isinstance(node.value, str) else node


def _plain(name: str) -> str:
    """Return the name of a function as its author wrote it."""
    words = name.partition(MARK)[0].removeprefix("xǁ").removeprefix("x_").split("ǁ")
    return ".".join(words)


def _wordless(source: str, name: str, sentence: bool) -> str:
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    node.name = name
    return ast.dump(_Wordless(sentence).visit(node))


def _changed(before: str, after: str) -> tuple[str, str]:
    """Return the lines that differ, without indentation, each side in one line."""
    old, new = ([line.strip() for line in text.splitlines()] for text in (before, after))
    gone, come = [], []
    for kind, start, end, first, last in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if kind != "equal":
            gone += old[start:end]
            come += new[first:last]
    return " ".join(gone), " ".join(come)


def read(mutated: Path, module: str, sentences: Sequence[str] = ()) -> list[Mutant]:
    """Read the mutants of a module.

    Args:
        mutated: The file that mutmut has written.
        module: The module's dotted name.
        sentences: Its functions whose business is a sentence for the reader.

    Returns:
        The mutants in the order of their names.
    """
    text = mutated.read_text("utf-8")
    lines = text.splitlines()
    sources: dict[str, str] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and MARK in node.name:
            start = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            part = lines[start - 1 : node.end_lineno]
            indent = len(part[0]) - len(part[0].lstrip())
            # Texts of several lines may start further to the left: only what is blank is cut off.
            part = [line[indent:] if not line[:indent].strip() else line for line in part]
            function = _plain(node.name)
            sources[node.name] = "\n".join(part).replace(node.name, function.rpartition(".")[2], 1)
    found = []
    for name, source in sources.items():
        head, _, number = name.partition(MARK)
        if number == ORIGINAL:
            continue
        function = _plain(name)
        original = sources[f"{head}{MARK}{ORIGINAL}"]
        told = function in sentences
        same = _wordless(source, function, told) == _wordless(original, function, told)
        before, after = _changed(original, source)
        found.append(Mutant(f"{module}.{name}", function, before, after, same))
    return sorted(found, key=lambda one: (one.name.partition(MARK)[0], _number(one.name)))


def _number(name: str) -> int:
    return int(name.rpartition(MARK)[2].lstrip("_"))


def draw(mutants: Sequence[Mutant], most: int, seed: str) -> list[Mutant]:
    """Draw the mutants to be tested, none of which changes nothing but the wording of an error.

    Args:
        mutants: All of a module.
        most: How many at most.
        seed: The same seed draws the same of the same.

    Returns:
        Those that are drawn, in their order.
    """
    worth = [one for one in mutants if not one.wording]
    if len(worth) <= most:
        return worth
    chosen = set(random.Random(seed).sample(range(len(worth)), most))
    return [one for place, one in enumerate(worth) if place in chosen]
