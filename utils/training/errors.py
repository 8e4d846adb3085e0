"""An error whose message names the cure, and the look-up of a component's output that raises it."""

from __future__ import annotations

from typing import Any

from utils.errors import WorkbookError


class TrainingError(WorkbookError, ValueError):
    """Something about a training run that cannot be read or compared."""


def output(item: Any, key: str) -> str:
    """Return the folder of a component's output.

    Args:
        item: A component that has run, or one of its outputs, for example ``trainer.outputs["model_run"]``.
        key: The output's name.

    Returns:
        The artifact's folder.

    Raises:
        TrainingError: Where there is no such output, or the component has not run.
    """
    channel = _channel(item, key)
    artifacts = list(channel.get())
    if not artifacts or not artifacts[0].uri:
        producer = getattr(channel, "producer_component_id", None) or "The component"
        raise TrainingError(
            f"{producer} has not run in this notebook, or it failed.",
            f"Run the cell with `context.run(...)` for {producer} first, then this one.",
        )
    return str(artifacts[0].uri)


_TYPES = {
    "model": "Model",
    "model_run": "ModelRun",
    "tuner_results": "TunerResults",
    "best_hyperparameters": "HyperParameters",
    "examples": "Examples",
}
"""The artifact types of the outputs that are read here."""

_MAKERS = {
    "tuner_results": "tuner",
    "best_hyperparameters": "tuner",
    "examples": "example_gen",
}


def _channel(item: Any, key: str) -> Any:
    cure = f'Give `{_MAKERS.get(key, "trainer")}.outputs["{key}"]`.'
    if hasattr(item, "type_name") and hasattr(item, "get"):
        if item.type_name != _TYPES[key]:
            raise TrainingError(
                f"This output holds {item.type_name} artifacts, not {_TYPES[key]}.", cure
            )
        return item
    outputs = getattr(item, "outputs", None) or {}
    if key not in outputs:
        name = getattr(item, "id", None) or type(item).__name__
        raise TrainingError(f"{name} has no output {key!r}.", cure)
    return outputs[key]
