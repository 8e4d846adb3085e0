"""Quicker Beam pipelines: what Beam and TFMA work out again and again is worked out once.

Four pure functions take about half of an Evaluator's processor time with a baseline, and a part of every other
component's:

- TFMA's ``to_label_prediction_example_weight`` reads label, prediction and weight out of one row. Each metric, and
  each threshold's plot, asks it anew for the same row, and each answer defines a Python class on the way.
- Beam's ``get_function_args_defaults`` inspects a method's signature. Building and running one pipeline asks it tens of
  thousands of times about a few hundred methods.
- Beam's ``PipelineOptions.view_as`` makes a command-line parser and parses the same flags, hundreds of times in a
  pipeline.
- Beam's cache of side inputs weighs each of them by ``get_deep_size``, which first looks at every module that Python
  has loaded, here about six thousand.

:func:`remember` lets them answer from memory. The answers are those that the genuine functions give, so no result
changes; ``tests/test_quick_pipelines.py`` compares them. With the environment variable ``WORKBOOK_PLAIN=1``
nothing is replaced.

Call it before TFX is imported: TFMA keeps its function as other functions' default. This module itself imports nothing
heavy, and a module that is not imported yet is changed when it is.
"""

from __future__ import annotations

import copy
import functools
import inspect
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import wrapt

from utils import paths, third_party

_METRICS = "tensorflow_model_analysis.metrics.metric_util"
_BEAM = "apache_beam.transforms.core"
_OPTIONS = "apache_beam.options.pipeline_options"
_CACHE = "apache_beam.runners.worker.statecache"

_KEPT = 500
"""How many parsed sets of flags are kept at most."""

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
    """Let the functions answer from memory, from now on or from their import on. Calling it again changes nothing.

    Returns:
        Whether they do; False with ``WORKBOOK_PLAIN=1``.

    Raises:
        utils.third_party.NameMissingError: An installed package lacks one of the functions. Where the package is not
            imported yet, its import raises it.
    """
    if paths.plain():
        return False
    _Switch.on = True
    if not _Switch.waiting:
        _Switch.waiting = True
        wrapt.register_post_import_hook(_change_metrics, _METRICS)
        wrapt.register_post_import_hook(_change_beam, _BEAM)
        wrapt.register_post_import_hook(_change_options, _OPTIONS)
        wrapt.register_post_import_hook(_change_cache, _CACHE)
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


def _change_options(module: ModuleType) -> None:
    options = module.PipelineOptions
    options.view_as = functools.wraps(options.view_as)(_parsing_once(options))


def _change_cache(module: ModuleType) -> None:
    genuine = third_party.private(module, "get_deep_size")
    setattr(module, genuine.__name__, functools.wraps(genuine)(_weighing(module)))


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


def _parsing_once(options: Any) -> Callable[[Any, Any], Any]:
    genuine, known = options.view_as, dict[Any, Any]()

    def viewed(self: Any, cls: Any) -> Any:
        own = vars(self)
        if not _Switch.on or cls.__init__ is not options.__init__ or own["_flags"] is None:
            return genuine(self, cls)
        key = (cls, tuple(own["_flags"]))
        if key not in known:
            if len(known) == _KEPT:
                known.clear()
            view = genuine(self, cls)
            known[key] = copy.deepcopy(vars(view)["_visible_options"])
            return view
        visible = copy.deepcopy(known[key])
        for name, value in vars(visible).items():
            own["_all_options"].setdefault(name, value)
        view = cls.__new__(cls)
        vars(view).update(
            _flags=own["_flags"], _visible_options=visible, _all_options=own["_all_options"]
        )
        return view

    return viewed


def _weighing(module: ModuleType) -> Callable[..., int]:
    genuine, measured = module.get_deep_size, third_party.private(module, "_filter_func")
    settings = {
        "get_size_func": third_party.private(module, "_size_func"),
        "get_referents_func": third_party.private(module, "_get_referents_func"),
    }

    def weighed(*objects: Any) -> int:
        if not _Switch.on:
            return genuine(*objects)
        shared = _globals_of_modules(len(sys.modules))
        return module.objsize.get_deep_size(
            *objects,
            **settings,
            filter_func=lambda one: id(one) not in shared and measured(one),
            exclude_modules_globals=False,
        )

    return weighed


@functools.lru_cache(maxsize=1)
def _globals_of_modules(_: int) -> frozenset[int]:
    """Return the ids of all loaded modules' globals, which belong to no value; anew when there are more modules."""
    modules = list(sys.modules.values())
    return frozenset(id(one.__dict__) for one in modules if isinstance(one, ModuleType))


def _hashable(key: Any) -> bool:
    try:
        hash(key)
    except TypeError:
        return False
    return True
