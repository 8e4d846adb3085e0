"""Kubernetes' quantities: ``500m`` of a processor, ``1Gi`` of memory.

Source: the type ``Quantity`` of Kubernetes' API.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from utils.containers.errors import ContainerError

_TENS = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15}
_TWOS = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50}


def parse(value: Any) -> Decimal:
    """Read a quantity.

    Args:
        value: For example ``"500m"``, ``"1Gi"``, ``2`` or ``"1e3"``.

    Returns:
        The number of cores, or of bytes.

    Raises:
        ContainerError: It is none.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)(?:e(\d+)|([A-Za-z]*))", str(value))
    suffix = (found and found[3]) or ""
    if found is None or suffix not in {*_TENS, *_TWOS}:
        raise ContainerError(
            f"{value!r} is no quantity.", 'Write "500m" for half a core, "1Gi" for 2**30 bytes.'
        )
    if suffix in _TWOS:
        return Decimal(found[1]) * 2 ** _TWOS[suffix]
    return Decimal(found[1]).scaleb(int(found[2]) if found[2] else _TENS[suffix])


def cores(value: Decimal) -> str:
    """Write cores as Kubernetes does: ``"500m"``, ``"2"``."""
    whole = value == value.to_integral_value()
    return f"{int(value)}" if whole else f"{int(value * 1000)}m"


def memory(value: Decimal) -> str:
    """Write bytes in mebibytes or gibibytes: ``"512Mi"``, ``"1.5Gi"``."""
    gibi = value / 2**30
    return f"{gibi.normalize():f}Gi" if gibi * 4 % 1 == 0 else f"{value / 2**20:.0f}Mi"
