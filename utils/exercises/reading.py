"""Read a reader's answer, so that only what is wrong with the answer itself counts as wrong form.

A check takes its answer through one of these functions. What they refuse is answered by "not yet", with the form that
was asked for; every other error inside a check is a fault of the check.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import yaml


class AnswerForm(Exception):
    """An answer of another form than the one asked for.

    Args:
        expected: What to give, for example ``"a number"``.
        answer: What was given.
    """

    def __init__(self, expected: str, answer: object) -> None:
        kind = type(answer).__name__
        super().__init__(f"give {expected}, not {'an' if kind[:1] in 'aeiouAEIOU' else 'a'} {kind}")


def number(answer: Any) -> float:
    """Read a number.

    Args:
        answer: A number of Python, NumPy or pandas, or a text that is one.

    Returns:
        The number.

    Raises:
        AnswerForm: It is no number, or not a finite one.
    """
    try:
        value = float(answer)
    except Exception:
        raise AnswerForm("a number", answer) from None
    if not math.isfinite(value):
        raise AnswerForm(f"a number other than {value}", answer)
    return value


def whole(answer: Any) -> int:
    """Read a whole number.

    Args:
        answer: As for :func:`number`.

    Returns:
        The number.

    Raises:
        AnswerForm: It is no number, or has a fraction.
    """
    value = number(answer)
    if not value.is_integer():
        raise AnswerForm("a whole number", answer)
    return int(value)


def text(answer: Any) -> str:
    """Read a text.

    Args:
        answer: A text.

    Returns:
        The text.

    Raises:
        AnswerForm: It is no text.
    """
    if not isinstance(answer, str):
        raise AnswerForm("a text", answer)
    return str(answer)


def names(answer: Any) -> set[str]:
    """Read names, in any order.

    Args:
        answer: Texts in a list, a set or anything else that can be gone through; a single text is one name.

    Returns:
        The names.

    Raises:
        AnswerForm: It cannot be gone through, or holds something other than texts.
    """
    if isinstance(answer, str):
        return {answer}
    try:
        found = list(answer)
    except Exception:
        raise AnswerForm("a list of names", answer) from None
    for one in found:
        if not isinstance(one, str):
            raise AnswerForm("a list of names, each a text", one)
    return set(found)


def fields(answer: Any) -> dict[str, str | float | None]:
    """Read a row: values by name.

    Args:
        answer: A dictionary, or a row of a pandas table.

    Returns:
        The values by name.

    Raises:
        AnswerForm: It is none, a name is no text, or a value is neither a text nor a number nor missing.
    """
    if isinstance(answer, str) or not (isinstance(answer, Mapping) or hasattr(answer, "to_dict")):
        raise AnswerForm("a dictionary", answer)
    try:
        found = dict(answer)
    except Exception:
        raise AnswerForm("a dictionary", answer) from None
    for name, value in found.items():
        if not isinstance(name, str):
            raise AnswerForm("a dictionary whose names are texts", name)
        if not (value is None or isinstance(value, str) or _is_number(value)):
            raise AnswerForm(f"a text under {name!r}", value)
    return found


def texts(answer: Any, count: int) -> tuple[str, ...]:
    """Read a fixed number of texts, in order.

    Args:
        answer: A tuple or list.
        count: How many texts it must hold.

    Returns:
        The texts.

    Raises:
        AnswerForm: It holds more or fewer, or something other than texts.
    """
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise AnswerForm(f"{count} texts in brackets", answer)
    found = tuple(answer)
    if len(found) != count:
        raise AnswerForm(f"{count} texts in brackets, not {len(found)}", answer)
    return tuple(map(text, found))


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except Exception:
        return False
    return True


def manifest(answer: Any) -> dict[str, Any]:
    """Read a manifest of Kubernetes'.

    Args:
        answer: A dictionary, or YAML.

    Returns:
        The manifest, without fields that are null: to Kubernetes they are not there.

    Raises:
        AnswerForm: It is neither, or holds something other than texts and numbers.
    """
    try:
        made = yaml.safe_load(answer) if isinstance(answer, str) else json.loads(json.dumps(answer))
    except (yaml.YAMLError, TypeError, ValueError):
        raise AnswerForm("a manifest of plain texts and numbers", answer) from None
    if not isinstance(made, dict):
        raise AnswerForm("a manifest as a dictionary", answer)
    return _without_nulls(made)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(one) for name, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def function(answer: Any, expected: str) -> Callable[..., Any]:
    """Read a function that the reader has written.

    Args:
        answer: The function, which was not called.
        expected: What to give, for example ``"a function of labels and scores"``.

    Returns:
        The function.

    Raises:
        AnswerForm: It cannot be called, or is a class.
    """
    if not callable(answer) or isinstance(answer, type):
        raise AnswerForm(expected, answer)
    return answer


def component(answer: Any, kind: str) -> Any:
    """Read a component that the reader has built.

    Args:
        answer: The component.
        kind: The name of its class, for example ``"Pusher"``.

    Returns:
        The component.

    Raises:
        AnswerForm: It is no component, or one of another class.
    """
    from tfx.dsl.components.base.base_node import BaseNode

    if not isinstance(answer, BaseNode):
        raise AnswerForm(f"a component, built by tfx.components.{kind}(...)", answer)
    if kind not in [each.__name__ for each in type(answer).__mro__]:
        raise AnswerForm(f"a component of the class {kind}", answer)
    return answer


def has_run(component: Any) -> bool:
    """Tell whether a component has run, so that all its outputs are there.

    The outputs of a component that was made from a function hold artifacts from the beginning; ML Metadata gives each
    a number when it has been made.

    Args:
        component: The component.
    """
    made = [list(channel.get()) for channel in component.outputs.values()]
    return all(artifacts and all(one.id for one in artifacts) for artifacts in made)


def producer(component: Any, name: str) -> tuple[str, str]:
    """Read where an input of a component comes from.

    Args:
        component: The component.
        name: The input's name, for example ``"model"``.

    Returns:
        The id of the component that makes it, and the name of its output; two empty texts where the input is not given.
    """
    channel = component.inputs.get(name)
    found = (getattr(channel, "producer_component_id", None), getattr(channel, "output_key", None))
    return found[0] or "", found[1] or ""


def excluded_splits(component: Any) -> list[str]:
    """Read which splits a component was told to leave out.

    Args:
        component: The component, which takes ``exclude_splits``.

    Returns:
        Their names; none where it was told nothing.

    Raises:
        AnswerForm: It was told a single text, which TFX refuses when the component runs.
    """
    told = json.loads(component.exec_properties.get("exclude_splits") or "[]")
    if not isinstance(told, list):
        raise AnswerForm("exclude_splits as a list of names", told)
    return told
