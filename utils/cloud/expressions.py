"""Terraform's expressions, as far as a plan needs them: what they refer to, and what they are worth.

python-hcl2 hands over an expression as the text ``${…}``, and a text with expressions inside as Terraform writes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

LOCAL_ROOTS = frozenset({"each", "count", "self", "path", "terraform"})
"""Names that an expression may use without their being declared anywhere."""

_DOTTED = re.compile(r"(?<![\w.\]\"])[A-Za-z_][\w-]*(?:\.[A-Za-z_*][\w-]*)+")
_LOOP = re.compile(r"\bfor\s+(\w+)(?:\s*,\s*(\w+))?\s+in\b")


class Unknown(Exception):
    """A value that only Google Cloud can give, such as a resource's number."""


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a value, names included.

    Args:
        value: Texts, numbers, lists and mappings, one in another.

    Yields:
        The texts.
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from texts(name)
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def pieces(text: str) -> list[tuple[str, bool]]:
    """Take a text apart into plain text and code.

    Args:
        text: A text as python-hcl2 gives it; ``$${`` stands for a plain ``${``.

    Returns:
        Each piece, with whether it is code; code comes without its braces.
    """
    found: list[tuple[str, bool]] = []
    plain, at = "", 0
    while at < len(text):
        if text.startswith("$${", at):
            plain, at = plain + "${", at + 3
        elif text.startswith("${", at):
            end = _end_of_code(text, at + 2)
            found += [(plain, False)] if plain else []
            found.append((text[at + 2 : end], True))
            plain, at = "", end + 1
        else:
            plain, at = plain + text[at], at + 1
    return [*found, (plain, False)] if plain else found


def _end_of_code(text: str, at: int) -> int:
    """Return where the brace stands that ends the code which begins at a place."""
    depth = 0
    while at < len(text):
        if text[at] == '"':
            at = _end_of_string(text, at + 1)
        elif text[at] == "{":
            depth += 1
        elif text[at] == "}":
            if not depth:
                return at
            depth -= 1
        at += 1
    return len(text)


def _end_of_string(text: str, at: int) -> int:
    while at < len(text) and text[at] != '"':
        if text[at] == "\\":
            at += 1
        elif text.startswith("${", at) and not text.startswith("$${", at - 1):
            at = _end_of_code(text, at + 2)
        at += 1
    return at


def references(value: Any) -> list[str]:
    """Return what a value refers to.

    Args:
        value: The body of a block, or a part of one.

    Returns:
        The addresses, each once, in order: ``var.region``, ``local.pool``, ``google_storage_bucket.root``.
    """
    found: dict[str, None] = {}
    for text in texts(value):
        for code in (piece for piece, is_code in pieces(text) if is_code):
            found.update(dict.fromkeys(_in_code(code)))
    return list(found)


def _in_code(code: str) -> Iterator[str]:
    own = {name for pair in _LOOP.findall(code) for name in pair if name} | LOCAL_ROOTS
    outside, at = "", 0
    while at < len(code):
        if code[at] == '"':
            end = _end_of_string(code, at + 1)
            yield from references(code[at + 1 : end])
            outside, at = outside + '""', end + 1
        else:
            outside, at = outside + code[at], at + 1
    for name in _DOTTED.findall(outside):
        parts = name.split(".")
        if parts[0] in own:
            continue
        yield ".".join(parts[: 3 if parts[0] == "data" else 2])


def evaluate(value: Any, look_up: Callable[[str], Any]) -> Any:
    """Work out a value, as far as it can be known without the cloud.

    Args:
        value: Text, number, list or mapping.
        look_up: Gives the value of a dotted name, or raises :class:`Unknown`.

    Returns:
        The value. Where a part of a text is unknown, ``(known after apply)`` stands for it, as in Terraform's plan.
    """
    if isinstance(value, Mapping):
        return {name: evaluate(one, look_up) for name, one in value.items()}
    if isinstance(value, list):
        return [evaluate(one, look_up) for one in value]
    if not isinstance(value, str):
        return value
    parts = []
    for piece, is_code in pieces(value):
        try:
            parts.append(_code(piece.strip(), look_up) if is_code else piece)
        except Unknown:
            parts.append(AFTER_APPLY)
    return parts[0] if len(parts) == 1 else "".join(map(str, parts))


AFTER_APPLY = "(known after apply)"
"""What stands for a value that only the cloud can give."""


def _code(code: str, look_up: Callable[[str], Any]) -> Any:
    choice = re.fullmatch(r"(.+?)\s\?\s(.+)\s:\s(.+)", code)
    if choice:
        condition, first, second = choice.groups()
        return _code(first if _code(condition, look_up) else second, look_up)
    if same := re.fullmatch(r"(.+?)\s*(==|!=)\s*(.+)", code):
        equal = _code(same[1], look_up) == _code(same[3], look_up)
        return equal if same[2] == "==" else not equal
    if code in ("true", "false"):
        return code == "true"
    if re.fullmatch(r"-?\d+", code):
        return int(code)
    if re.fullmatch(r"-?\d+\.\d+", code):
        return float(code)
    if code.startswith('"') and _end_of_string(code, 1) == len(code) - 1:
        return evaluate(code[1:-1], look_up)
    if inner := re.fullmatch(r"toset\((.*)\)", code):
        return _code(inner[1].strip(), look_up)
    if listed := re.fullmatch(r"\[(.*)\]", code):
        return [_code(one.strip(), look_up) for one in listed[1].split(",") if one.strip()]
    if re.fullmatch(r"[A-Za-z_][\w-]*(\.[\w-]+)+", code):
        return look_up(code)
    raise Unknown(code)
