"""Why the cache answered an execution, or did not.

TFX looks for an earlier execution of the same component in the same pipeline, with the same input artifacts and the
same properties. What those do not tell, it does not see.

Source: book, chapter 2; ``tfx.orchestration.metadata.Metadata.get_cached_outputs``
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from utils.lineage import records
from utils.lineage.errors import LineageError

if TYPE_CHECKING:
    import pandas as pd

IGNORED = frozenset({"run_id", "state"})
"""Properties that differ in every run and that the cache passes over."""

MOST = 50
"""Earlier executions that are compared, the newest ones."""


@dataclass(frozen=True)
class Difference:
    """One thing that the cache compares and that is not the same.

    Attributes:
        what: ``"property"`` or ``"input"``.
        name: The property, or the input's name in the component.
        earlier: Its value, or the artifact ids, in the earlier execution.
        now: The same in this one.
    """

    what: str
    name: str
    earlier: str
    now: str


@dataclass(frozen=True)
class Explanation:
    """How an execution compares with the earlier one that it is most like.

    Attributes:
        component: The component's id.
        execution: The execution that is explained.
        cached: Whether the cache answered it.
        earlier: The earlier execution; None where there is none of this component.
        differences: What the cache saw as different, in their order.
    """

    component: str
    execution: int
    cached: bool
    earlier: int | None
    differences: tuple[Difference, ...]

    @property
    def headline(self) -> str:
        """One sentence."""
        who = f"{self.component}, execution {self.execution}"
        if self.earlier is None:
            return f"{who}, ran: the store has no earlier execution of it."
        if self.cached:
            return f"{who}, was answered from the cache: it equals execution {self.earlier}."
        if not self.differences:
            return f"{who}, ran, although it equals execution {self.earlier}: the cache was off, or not asked."
        names = ", ".join(one.name for one in self.differences)
        return f"{who}, ran: compared with execution {self.earlier}, {names} changed."

    @property
    def data(self) -> pd.DataFrame:
        """The differences as a table."""
        import pandas as pd

        rows = [(one.what, one.name, one.earlier, one.now) for one in self.differences]
        return pd.DataFrame(rows, columns=["what", "name", "earlier", "now"])


def explain(store: Any, execution: int) -> Explanation:
    """Say why the cache answered an execution, or did not.

    Args:
        store: An ``ml_metadata.MetadataStore``.
        execution: The execution's id, for example ``context.run(component).execution_id``.

    Returns:
        The explanation: against the execution whose artifacts the cache took, or else against the earlier, finished
        execution of the same component that differs least.

    Raises:
        LineageError: The store holds no such execution.
    """
    found = store.get_executions_by_id([execution])
    if not found:
        raise LineageError(
            f"The store holds no execution {execution}: take the id that `context.run` shows in brackets."
        )
    alike = store.get_executions_by_type(found[0].type)
    names = records.component_names(store, [*found, *alike])
    cached = records.execution_state(found[0]) == "cached"
    earlier = [
        one
        for one in alike
        if one.id < execution
        and names[one.id] == names[execution]
        and records.execution_state(one) == "complete"
    ]
    earlier = sorted(earlier, key=lambda one: -one.id)[:MOST]
    if not earlier:
        return Explanation(names[execution], execution, cached, None, ())
    answered_by = _maker(store, execution) if cached else None
    if answered_by is not None:
        earlier = [one for one in earlier if one.id == answered_by] or earlier
    compared = [(_differences(store, one, found[0]), -one.id) for one in earlier]
    differences, number = min(compared, key=lambda pair: (len(pair[0]), pair[1]))
    return Explanation(names[execution], execution, cached, -number, tuple(differences))


def _maker(store: Any, execution: int) -> int | None:
    """Return the execution that made what a cached one gives out: of several equal ones, TFX takes any."""
    given = [
        event.artifact_id
        for event in store.get_events_by_execution_ids([execution])
        if records.direction(event) == "output"
    ]
    events = store.get_events_by_artifact_ids(given) if given else []
    makers = [event.execution_id for event in events if records.direction(event) == "output"]
    return min(makers, default=None)


def _differences(store: Any, earlier: Any, now: Any) -> list[Difference]:
    return [
        Difference(what, name, was.get(name, "-"), has.get(name, "-"))
        for what, was, has in (
            ("property", _properties(earlier), _properties(now)),
            ("input", _inputs(store, earlier.id), _inputs(store, now.id)),
        )
        for name in sorted({*was, *has})
        if was.get(name) != has.get(name)
    ]


def _properties(execution: Any) -> dict[str, str]:
    from utils.pipeline.manifests import GONE

    found = {
        name: str(getattr(value, value.WhichOneof("value") or "string_value"))
        for name, value in execution.properties.items()
        if name not in IGNORED
    }
    return {**found, GONE: "yes"} if GONE in execution.custom_properties else found


def _inputs(store: Any, execution: int) -> dict[str, str]:
    ids: dict[str, set[int]] = {}
    for event in store.get_events_by_execution_ids([execution]):
        if records.direction(event) == "input":
            ids.setdefault(records.event_key(event), set()).add(event.artifact_id)
    return {name: ", ".join(map(str, sorted(many))) for name, many in ids.items()}
