"""Code of the workbook, shown where it is talked about."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Source:
    """Python code, coloured by the front end like any code in its text.

    Attributes:
        code: The code.
        where: The file and line it is from.
    """

    code: str
    where: str = ""

    def text(self) -> str:
        """Return the code as plain text, with its place."""
        return f"# {self.where}\n{self.code}" if self.where else self.code

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        longest = max((len(run) for run in re.findall("`+", self.code)), default=0)
        fence = "`" * max(3, longest + 1)
        return {
            "text/markdown": f"{fence}python\n{self.text()}\n{fence}",
            "text/plain": self.text(),
        }

    def __repr__(self) -> str:
        return f"<Source {self.where}>"


def source(item: Any, *, docstring: bool = False) -> Source:
    """Show the code of a function, class or module.

    Args:
        item: A function, class or module of Python.
        docstring: Whether to keep its documentation.

    Returns:
        The code, with the file that it stands in.

    Raises:
        ValueError: Where there is no code in Python to show.
    """
    item = inspect.unwrap(item) if callable(item) else item
    try:
        lines, first = inspect.getsourcelines(item)
        file = inspect.getsourcefile(item) or ""
    except (OSError, TypeError):
        raise ValueError(
            f"source() cannot show {item!r}: give a function, class or module of Python."
        ) from None
    code = textwrap.dedent("".join(lines)).rstrip()
    place = _place(Path(file))
    shown = code if docstring else _without_docstring(code)
    return Source(shown, f"{place}, line {max(first, 1)}")


def _place(file: Path) -> str:
    """Return the file's path from the folder that its package lies in."""
    homes = [Path(folder) for folder in sys.path if folder and Path(folder) in file.parents]
    deepest = max(homes, key=lambda folder: len(folder.parts), default=file.parent)
    return file.relative_to(deepest).as_posix()


def _without_docstring(code: str) -> str:
    """Return the code without the documentation of its outermost definition."""
    tree = ast.parse(code)
    outer = tree.body[0] if len(tree.body) == 1 else tree
    if not isinstance(outer, (ast.FunctionDef, ast.ClassDef, ast.Module)) or len(outer.body) < 2:
        return code
    first = outer.body[0]
    if not (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)):
        return code
    lines = code.splitlines()
    del lines[first.lineno - 1 : first.end_lineno]
    return "\n".join(lines).strip()
