"""Mutants that change no behaviour, each with the reason: a run names only those survivors that do not stand here."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_suffix(".json")


class Equivalent(NamedTuple):
    """A mutant that no test can notice, or that none should.

    Attributes:
        module: The module's file.
        function: The function, or class and method.
        before: The lines that it changes.
        after: What stands there instead.
        reason: Why that makes no difference to anybody.
    """

    module: str
    function: str
    before: str
    after: str
    reason: str


@cache
def known() -> tuple[Equivalent, ...]:
    """Return all that stand in the list."""
    return tuple(Equivalent(**one) for one in json.loads(FILE.read_text("utf-8")))
