"""Quicker Beam pipelines: what Beam and TFMA work out again and again is worked out once.

Two pure functions take about two fifths of an Evaluator's processor time with a baseline, and a part of every other
component's:

- TFMA's ``to_label_prediction_example_weight`` reads label, prediction and weight out of one row. Each metric, and
  each threshold's plot, asks it anew for the same row, and each answer defines a Python class on the way.
- Beam's ``get_function_args_defaults`` inspects a method's signature. Building and running one pipeline asks it tens of
  thousands of times about a few hundred methods.

:func:`remember` lets both answer from memory. The answers are the same objects that the genuine functions return, so no
result changes; ``tests/test_quick_pipelines.py`` compares them. With the environment variable ``WORKBOOK_PLAIN=1``
nothing is replaced.

Call it before TFX is imported: TFMA keeps its function as other functions' default. This module itself imports nothing
heavy, and a module that is not imported yet is changed when it is.
"""

from __future__ import annotations

import functools
import inspect
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import wrapt

from utils import third_party

PLAIN = "WORKBOOK_PLAIN"
"""The environment variable that leaves Beam and TFMA as they are."""

_METRICS = "tensorflow_model_analysis.metrics.metric_util"
_BEAM = "apache_beam.transforms.core"

_Arguments = tuple[list[str], list[Any]]


class _Row(threading.local):
    """The row that TFMA has read last in this thread, and what it read."""

    inputs: Any = None
    config: Any = None
    answers: dict[Any, list[Any]]


class _Switch:
    """Whether the functions answer from memory, and since when they can."""

    on = False
    waiting = False


def remember() -> bool:
    """Let both functions answer from memory, from now on or from their import on. Calling it again changes nothing.

    Returns:
        Whether they do; False with ``WORKBOOK_PLAIN=1``.

    Raises:
        utils.third_party.NameMissingError: An installed package lacks one of the functions. Where the package is not
            imported yet, its import raises it.
    """
    if os.environ.get(PLAIN) == "1":
        return False
    _Switch.on = True
    if not _Switch.waiting:
        _Switch.waiting = True
        wrapt.register_post_import_hook(_change_metrics, _METRICS)
        wrapt.register_post_import_hook(_change_beam, _BEAM)
    return True


def forget() -> None:
    """Let the genuine functions answer again. Calling it again changes nothing."""
    _Switch.on = False


def _change_metrics(module: ModuleType) -> None:
    genuine = third_party.private(module, "to_label_prediction_example_weight")
    # Beam sends a function to its workers by its name, so this one goes by the genuine one's.
    setattr(module, genuine.__name__, functools.wraps(genuine)(_reading_rows_once(genuine)))


def _change_beam(module: ModuleType) -> None:
    genuine = third_party.private(module, "get_function_args_defaults")
    setattr(module, genuine.__name__, functools.wraps(genuine)(_inspecting_once(genuine)))


def _reading_rows_once(genuine: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    row = _Row()

    def read(inputs: Any, eval_config: Any = None, *others: Any, **named: Any) -> Iterator[Any]:
        key = (others, tuple(sorted(named.items())))
        if not _Switch.on or not _hashable(key):
            return genuine(inputs, eval_config, *others, **named)
        if row.inputs is not inputs or row.config is not eval_config:
            row.inputs, row.config, row.answers = inputs, eval_config, {}
        if key not in row.answers:
            row.answers[key] = list(genuine(inputs, eval_config, *others, **named))
        return iter(row.answers[key])

    return read


def _inspecting_once(genuine: Callable[[Any], _Arguments]) -> Callable[[Any], _Arguments]:
    known: weakref.WeakKeyDictionary[Any, _Arguments] = weakref.WeakKeyDictionary()

    def inspected(f: Any) -> _Arguments:
        function = getattr(f, "__func__", None)
        if not _Switch.on or not inspect.isfunction(function):
            return genuine(f)
        if function not in known:
            known[function] = genuine(f)
        names, defaults = known[function]
        return list(names), list(defaults)

    return inspected


def _hashable(key: Any) -> bool:
    try:
        hash(key)
    except TypeError:
        return False
    return True
