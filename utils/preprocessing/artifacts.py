"""What the Transform component wrote: its graph, its vocabularies, its examples.

Source: book, chapter 5; https://www.tensorflow.org/tfx/guide/transform
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.examples import table as read_table
from utils.preprocessing import frames

if TYPE_CHECKING:
    import pandas as pd
    import tensorflow_transform as tft


def output(transform: Any) -> tft.TFTransformOutput:
    """Return the transform graph of a Transform component that has run.

    Args:
        transform: The component.
    """
    import tensorflow_transform as tft

    return tft.TFTransformOutput(transform.outputs["transform_graph"].get()[0].uri)


def vocabularies(transform: Any) -> dict[str, list[str]]:
    """Return the vocabularies of a Transform component that has run.

    Args:
        transform: The component.

    Returns:
        File name to its values, in the order of their indices.
    """
    graph = output(transform)
    folder = Path(graph.transform_savedmodel_dir) / "assets"
    return {path.name: frames.vocabulary(graph, path.name) for path in sorted(folder.glob("*"))}


def examples(component: Any, output_key: str, split: str, rows: int | None = None) -> pd.DataFrame:
    """Return examples of a component that has run, as a table.

    Args:
        component: For example ExampleGen or Transform.
        output_key: The output, for example ``"examples"`` or ``"transformed_examples"``.
        split: The split, ``"train"`` or ``"eval"``.
        rows: How many to read; None for all.

    Returns:
        One row per example, one column per feature: a number, a text, a list of several, or missing.
    """
    return read_table(component.outputs[output_key], split, rows)


def summary(transform: Any, features: Mapping[str, Any]) -> dict[str, object]:
    """Return what was set and what came out, for a comparison of runs.

    Args:
        transform: A Transform component that has run.
        features: The feature specification that it ran with.

    Returns:
        Settings and sizes by name.
    """
    settings: dict[str, object] = {
        name: ", ".join(value) if isinstance(value, (list, tuple)) else value
        for name, value in features.items()
    }
    sizes = {f"values in {name}": len(found) for name, found in vocabularies(transform).items()}
    return settings | {"features": len(output(transform).transformed_feature_spec())} | sizes


def table(features: Mapping[str, Any]) -> pd.DataFrame:
    """Return features as a graph returns them, as a table.

    Args:
        features: Feature to tensor ``[rows, ...]``.

    Returns:
        One column per feature: a number a row, or a list.
    """
    import pandas as pd

    return pd.DataFrame({name: frames.from_tensor(values) for name, values in features.items()})


def in_fixed_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in an order that follows from their values alone, and the columns by name.

    Args:
        frame: Features: whole numbers and lists of them decide first, then numbers with a fraction.
    """
    names = sorted(frame.columns)
    first = sorted(names, key=lambda name: (isinstance(frame[name].iloc[0], float), name))
    keys = [tuple(str(value) for value in row) for row in frame[first].itertuples(index=False)]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return frame[names].iloc[order].reset_index(drop=True)
