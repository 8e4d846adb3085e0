"""A TFX pipeline as the graph that it is: its components, what each needs, and how its last run ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from utils.displays.views.base import View
from utils.displays.views.graph import Graph, Node, draw


def pipeline(
    components: Any,
    states: Mapping[str, str | tuple[str, str]] | None = None,
) -> View:
    """Draw the components of a pipeline from top to bottom.

    Args:
        components: A TFX ``Pipeline``, or its components in any order, or a mapping whose values they are.
        states: By component id one of :data:`~utils.displays.views.graph.STATES`, or a pair of it and a detail such as
            ``"0.3 s"``; :func:`~utils.lineage.views.lineage.states` reads them from a store.

    Returns:
        The view; its ``data`` has one row for each component.

    Raises:
        ValueError: A state is not one of those named.

    Source:
        Chapter 1, "Pipeline orchestration"; TFX ``Pipeline.components``.
    """
    return draw(pipeline_graph(components, states), "Pipeline")


def pipeline_graph(
    components: Any,
    states: Mapping[str, str | tuple[str, str]] | None = None,
) -> Graph:
    """Return the graph that :func:`pipeline` draws, as plain values.

    Args:
        components: As for :func:`pipeline`.
        states: As for :func:`pipeline`.

    Returns:
        One node for each component, one edge for each component that another one needs.

    Raises:
        ValueError: A state is not one of :data:`~utils.displays.views.graph.STATES`.
    """
    from utils.displays.views.graph import STATES

    told = {name: _pair(state) for name, state in (states or {}).items()}
    for name, (state, _) in told.items():
        if state not in STATES:
            raise ValueError(f"{name} cannot be {state!r}: a state is one of {', '.join(STATES)}.")
    listed = list(_listed(components))
    known = {component.id for component in listed}
    edges = [
        (needed, component.id)
        for component in listed
        for needed in _needs(component)
        if needed in known
    ]
    nodes = [
        Node(
            component.id,
            state=told.get(component.id, ("", ""))[0],
            detail=told.get(component.id, ("", ""))[1],
        )
        for component in listed
    ]
    return Graph(nodes, edges)


def _pair(state: str | tuple[str, str]) -> tuple[str, str]:
    return (state, "") if isinstance(state, str) else state


def _listed(components: Any) -> Iterable[Any]:
    if hasattr(components, "components"):
        components = components.components
    return components.values() if isinstance(components, Mapping) else components


def _needs(component: Any) -> list[str]:
    """Return the ids of the components whose outputs this one takes, and of those it must wait for."""
    from tfx.types import channel_utils

    found: dict[str, None] = {}
    inputs = getattr(
        component, "raw_inputs", component.inputs
    )  # a Resolver's own inputs are queries
    for channel in inputs.values():
        for one in channel_utils.get_individual_channels(channel):
            producer = getattr(one, "producer_component_id", None)
            if producer:
                found[producer] = None
    for upstream in getattr(component, "upstream_nodes", ()):
        found[upstream.id] = None
    return list(found)
