"""What a run gives back: small objects that show the same facts as text and as HTML."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_STYLE = """<style>
.wb-run{font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:13px;overflow-x:auto}
.wb-run table{border-collapse:collapse;margin:.3em 0 0}
.wb-run th,.wb-run td{text-align:left!important;padding:.15em .9em .15em 0;font-weight:normal;background:none!important}
.wb-run th{border-bottom:1px solid var(--jp-border-color1,#9e9e9e)}
.wb-run code{font-size:12px;background:none}
</style>"""


@dataclass(frozen=True)
class OutputRow:
    """One output artifact of a component.

    Attributes:
        key: the output's name in the component, for example ``"transform_graph"``.
        type: the artifact's type name.
        id: its id in ML Metadata.
        uri: where its payload lies.
    """

    key: str
    type: str
    id: int
    uri: str


@dataclass(frozen=True)
class RunResult:
    """What became of ``context.run(component)``.

    Attributes:
        component: the component that ran, with its outputs resolved.
        execution_id: the execution's id in ML Metadata.
        seconds: wall-clock seconds from driver to publisher.
        cached: whether an earlier, equal execution answered.
        outputs: the output artifacts.
        root: the folder that paths are shown relative to.
    """

    component: Any
    execution_id: int
    seconds: float
    cached: bool
    outputs: tuple[OutputRow, ...]
    root: Path

    @property
    def headline(self) -> str:
        """One sentence: which component, cached or run, how long, which execution."""
        did = "was answered from the cache" if self.cached else "ran"
        return f"{self.component.id} {did} in {self.seconds:.1f} s (execution {self.execution_id})"

    def _rows(self) -> list[tuple[str, str, str, str]]:
        return [(o.key, o.type, str(o.id), _relative(o.uri, self.root)) for o in self.outputs]

    def __repr__(self) -> str:
        lines = [self.headline]
        lines += ["  " + "  ".join(cells) for cells in _columns(self._rows())]
        return "\n".join(lines)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        mark = "↺" if self.cached else "✓"
        table = (
            _table(("output", "type", "artifact", "where"), self._rows()) if self.outputs else ""
        )
        body = (
            f"<div><span aria-hidden='true'>{mark}</span> {html.escape(self.headline)}</div>{table}"
        )
        return {"text/plain": repr(self), "text/html": f'{_STYLE}<div class="wb-run">{body}</div>'}


@dataclass(frozen=True)
class CatchUp:
    """Earlier components, run in one call; each is also an attribute by its name.

    Attributes:
        results: one result a component, in order.
        components: the components by name, run.
    """

    results: tuple[RunResult, ...]
    components: Mapping[str, Any] = field(repr=False)

    def __getattr__(self, name: str) -> Any:
        components = self.__dict__.get("components", {})
        if name in components:
            return components[name]
        raise AttributeError(f"no component {name!r} here; there are {', '.join(components)}")

    def __iter__(self) -> Iterator[RunResult]:
        return iter(self.results)

    def _rows(self) -> list[tuple[str, str, str]]:
        return [
            (r.component.id, f"{r.seconds:.1f} s", "answered from the cache" if r.cached else "ran")
            for r in self.results
        ]

    @property
    def headline(self) -> str:
        """One sentence: how many components, how many from the cache, seconds in all."""
        cached = sum(r.cached for r in self.results)
        seconds = sum(r.seconds for r in self.results)
        return (
            f"{len(self.results)} components in {seconds:.1f} s, {cached} answered from the cache"
        )

    def __repr__(self) -> str:
        return "\n".join([self.headline, *("  " + "  ".join(c) for c in _columns(self._rows()))])

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        table = _table(("component", "time", "how"), self._rows())
        body = f"<div>{html.escape(self.headline)}</div>{table}"
        return {"text/plain": repr(self), "text/html": f'{_STYLE}<div class="wb-run">{body}</div>'}


@dataclass(frozen=True)
class Nothing:
    """What an output without an artifact shows: a Resolver that found none has one.

    Attributes:
        key: the output's name.
    """

    key: str

    def __repr__(self) -> str:
        return f"The output {self.key!r} holds no artifact: none was found."


def _relative(uri: str, root: Path) -> str:
    try:
        return str(Path(uri).relative_to(root))
    except ValueError:
        return uri


def _columns(rows: Sequence[tuple[str, ...]]) -> list[list[str]]:
    """The rows with every column padded to its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    return [[cell.ljust(w) for cell, w in zip(row, widths, strict=True)] for row in rows]


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    def line(tag: str, cells: tuple[str, ...]) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(line("td", row) for row in rows)
    return f"<table><thead>{line('th', head)}</thead><tbody>{body}</tbody></table>"
