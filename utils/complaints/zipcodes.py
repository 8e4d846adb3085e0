"""ZIP codes: which prefixes belong to which state, and where a lost leading zero is certain."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from utils.complaints.tables import tables

LEADING_ZERO: Final = {
    "AE": ("09",),
    "CT": ("06",),
    "MA": ("01", "02"),
    "ME": ("039", "04"),
    "NH": ("030", "031", "032", "033", "034", "035", "036", "037", "038"),
    "NJ": ("07", "08"),
    "PR": ("006", "007", "009"),
    "RI": ("028", "029"),
    "VI": ("008",),
    "VT": ("050", "051", "052", "053", "054", "056", "057", "058", "059"),
}
"""States, territories and the military mail of Europe (AE) all of whose ZIP codes start with a
zero, and how."""

_PLUS_FOUR = re.compile(r"(\d{3,5})-\d{4}", re.ASCII)


@lru_cache(maxsize=1)
def prefixes() -> dict[str, tuple[str, ...]]:
    """Return the three-digit ZIP prefixes of every state the generator draws."""
    found = {}
    for state, ranges in tables()["zip_prefixes"].items():
        numbers: list[str] = []
        for part in ranges.split():
            first, _, last = part.partition("-")
            numbers += [f"{n:03d}" for n in range(int(first), int(last or first) + 1)]
        found[state] = tuple(numbers)
    return found


def tidy(zip_code: str, state: str) -> tuple[str, bool]:
    """Bring a ZIP code of a real file into the one form, restoring leading zeros that are certain.

    A program that reads ZIP codes as numbers turns ``02134`` into ``2134`` or ``2134.0``. The zeros
    come back only where the state proves them: all of its ZIP codes start with a zero and the
    restored code is one of them. ZIP+4 is cut to the first five digits. Anything else (``945XX``,
    ``XXXXX``, ``N/A``, empty) stays as it is.

    Args:
        zip_code: The ZIP code as the file has it.
        state: The state of the same row, as a two-letter code.

    Returns:
        The ZIP code, and whether a leading zero was restored.
    """
    code = zip_code.strip()
    plus_four = _PLUS_FOUR.fullmatch(code)
    if plus_four:
        code = plus_four.group(1)
    elif re.fullmatch(r"\d{1,5}\.0", code, re.ASCII):
        code = code[:-2]
    if re.fullmatch(r"\d{9}", code, re.ASCII):
        return code[:5], False
    if re.fullmatch(r"\d{1,4}", code, re.ASCII):
        full = code.zfill(5)
        if full.startswith(LEADING_ZERO.get(state.strip().upper(), ("-",))):
            return full, True
    return code, False
