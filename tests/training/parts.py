"""Stand-ins for components that have run: channels with artifacts, and nothing behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace


@dataclass
class Channel:
    """What a component's output looks like to a reader."""

    type_name: str
    folder: str = ""
    producer_component_id: str = "Trainer"

    def get(self) -> list[SimpleNamespace]:
        """The artifacts; none before the component has run."""
        return [SimpleNamespace(uri=self.folder)] if self.folder else []


@dataclass
class Component:
    """A component with one output."""

    id: str = "Trainer"
    outputs: dict[str, Channel] = field(default_factory=dict)


def trained(folder: Path | str = "", key: str = "model_run", kind: str = "ModelRun") -> Component:
    """A Trainer with an output in a folder; without a folder it has not run."""
    return Component(outputs={key: Channel(kind, str(folder))})


def write_logs(folder: Path, aucs: dict[str, list[float]]) -> Path:
    """Logs as Keras's TensorBoard callback writes them, by its names of the splits."""
    import tensorflow as tf

    for split, values in aucs.items():
        with tf.summary.create_file_writer(str(folder / split)).as_default():
            for epoch, value in enumerate(values):
                tf.summary.scalar("epoch_auc", value, step=epoch)
                tf.summary.scalar("epoch_loss", 1 - value, step=epoch)
    return folder
