"""What a ``preprocessing_fn`` needs a pass over all rows for: found by tracing it, without any data.

An *analyzer* (an average, quantiles, a vocabulary) reads every row once before anything can be transformed. All the
rest works on each row alone. TensorFlow Transform tells them apart by tracing the function into a graph; this reads
that graph.

Source: book, chapter 5; ``tensorflow_transform.get_analyze_input_columns``, which does the same for the columns alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from utils.preprocessing.errors import translated
from utils.preprocessing.standalone import PreprocessingFn, checked


@dataclass(frozen=True)
class Analyzer:
    """One pass over all rows.

    Attributes:
        name: The analyzer's name in the graph, for example ``"scale_to_z_score/mean_and_var"``.
        learns: How many values it hands to the graph: 2 for a mean and a variance.
        vocabulary: The vocabulary file that it writes; empty for none.
        columns: The columns that it reads.
        features: The features that need what it learnt.
    """

    name: str
    learns: int
    vocabulary: str
    columns: tuple[str, ...]
    features: tuple[str, ...]


@dataclass(frozen=True)
class Trace:
    """A ``preprocessing_fn`` as a graph.

    Attributes:
        columns: The columns that it is given.
        features: Feature to the columns that it is computed from, row by row.
        analyzers: Its passes over all rows.
    """

    columns: tuple[str, ...]
    features: Mapping[str, tuple[str, ...]]
    analyzers: tuple[Analyzer, ...]


def trace(preprocessing_fn: PreprocessingFn, columns: Mapping[str, Any]) -> Trace:
    """Trace a function.

    Args:
        preprocessing_fn: The function.
        columns: Column to its ``tf.TypeSpec``, for example ``tf.TensorSpec([None], tf.string)``, or
            ``tf.SparseTensorSpec([None, None], tf.string)`` where values can be missing.

    Returns:
        Its columns, features and analyzers.

    Raises:
        PreprocessingError: The function cannot be traced; the message names the cure.
    """
    from tensorflow_transform import analyzer_nodes, impl_helper

    try:
        graph, inputs, outputs = impl_helper.trace_preprocessing_function(
            checked(preprocessing_fn), columns, use_tf_compat_v1=False
        )
    except Exception as error:
        raise translated(error, columns, preprocessing_fn) from error
    walk = _Walk(graph)
    placeholders = {op: name for name, value in inputs.items() for op in _operations(value)}
    sinks: dict[str, list[Any]] = {}
    for sink in graph.get_collection(analyzer_nodes.TENSOR_REPLACEMENTS):
        sinks.setdefault(_label(sink.future), []).append(sink)
    reached = {name: walk.back(_operations(value)) for name, value in outputs.items()}
    found = []
    for name, group in sinks.items():
        learnt = {sink.tensor.op for sink in group}
        sources = [tensor.op for sink in group for tensor in _sources(sink.future)]
        read = {placeholders[op] for op in walk.back(sources) if op in placeholders}
        found.append(
            Analyzer(
                name=name,
                learns=len(group),
                vocabulary=next((_file(sink) for sink in group if sink.is_asset_filepath), ""),
                columns=tuple(column for column in columns if column in read),
                features=tuple(feature for feature, ops in reached.items() if learnt & ops),
            )
        )
    return Trace(
        columns=tuple(columns),
        features={
            feature: tuple(
                column
                for column in columns
                if column in {placeholders[op] for op in ops if op in placeholders}
            )
            for feature, ops in reached.items()
        },
        analyzers=tuple(found),
    )


def complaint_columns(features: tuple[str, ...], label: str = "") -> dict[str, Any]:
    """Return the columns of complaints as Transform hands them over: texts with gaps, and the label as a number.

    Args:
        features: The columns' names.
        label: The label's name; empty for none.

    Returns:
        Column to its ``tf.TypeSpec``, for :func:`trace`.
    """
    import tensorflow as tf

    columns = {name: tf.SparseTensorSpec([None, None], tf.string) for name in features}
    return columns | ({label: tf.SparseTensorSpec([None, None], tf.int64)} if label else {})


class _Walk:
    """Walks a TensorFlow graph backwards."""

    def __init__(self, graph: Any) -> None:
        # A lookup reads its table; what fills the table is an operation of its own that nothing reads.
        self._fills: dict[Any, list[Any]] = {}
        for operation in graph.get_operations():
            if operation.type.startswith("InitializeTable"):
                self._fills.setdefault(operation.inputs[0].op, []).append(operation)

    def back(self, operations: list[Any]) -> set[Any]:
        """Return all operations that some operations need, themselves included."""
        seen: set[Any] = set()
        left = list(operations)
        while left:
            operation = left.pop()
            if operation in seen:
                continue
            seen.add(operation)
            left += [tensor.op for tensor in operation.inputs]
            left += self._fills.get(operation, [])
        return seen


def _operations(value: Any) -> list[Any]:
    import tensorflow as tf

    return [tensor.op for tensor in tf.nest.flatten(value, expand_composites=True)]


def _nodes(node: Any) -> list[Any]:
    operation = node.parent_operation
    return [operation.operation_def, *(one for i in operation.inputs for one in _nodes(i))]


def _sources(node: Any) -> list[Any]:
    return [tensor for definition in _nodes(node) for tensor in getattr(definition, "tensors", ())]


def _label(node: Any) -> str:
    """Return the name that all nodes of one analyzer carry in brackets."""
    label = str(node.parent_operation.operation_def.label)
    return label.partition("[")[2].rstrip("]").replace("#", "/") or label


def _file(sink: Any) -> str:
    definition = sink.future.parent_operation.operation_def
    return str(getattr(definition, "vocab_filename", "") or _label(sink.future))
