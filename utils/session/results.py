"""What a run gives back: small objects that show the same facts as text and as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from utils.displays.fallback import Table
from utils.displays.views.base import View


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

    @property
    def view(self) -> View:
        """The result as a view: the headline, and a table of the output artifacts where there are any."""
        rows = [(o.key, o.type, o.id, _relative(o.uri, self.root)) for o in self.outputs]
        tables = [Table(("output", "type", "artifact", "where"), rows)] if rows else []
        return View(f"{'↺' if self.cached else '✓'} {self.headline}", tables)

    def __repr__(self) -> str:
        return self.view.text()

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return self.view._repr_mimebundle_()


@dataclass(frozen=True)
class CatchUp:
    """Earlier components, run in one call; each is also an attribute by its name.

    Attributes:
        results: one result per component, in order.
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

    @property
    def headline(self) -> str:
        """One sentence: how many components, how many from the cache, seconds in all."""
        cached = sum(r.cached for r in self.results)
        seconds = sum(r.seconds for r in self.results)
        return (
            f"{len(self.results)} component{'s' * (len(self.results) != 1)} in {seconds:.1f} s, "
            f"{cached} answered from the cache"
        )

    @property
    def view(self) -> View:
        """The results as a view: the headline, and one row for each component."""
        rows = [
            (r.component.id, f"{r.seconds:.1f} s", "answered from the cache" if r.cached else "ran")
            for r in self.results
        ]
        return View(self.headline, [Table(("component", "time", "how"), rows)])

    def __repr__(self) -> str:
        return self.view.text()

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return self.view._repr_mimebundle_()


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
