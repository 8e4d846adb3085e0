"""How large the splits are, beside how large they should be."""

from __future__ import annotations

import html
from collections.abc import Mapping

from utils.displays.fallback import Table, clip
from utils.displays.views.base import View

_BAR, _LABEL, _WIDTH = 26, 110, 320


def splits(counts: Mapping[str, int], shares: Mapping[str, int] | None = None) -> View:
    """Draw the number of examples of each split.

    Args:
        counts: Number of examples by split.
        shares: Hash buckets by split, to compare with; None where the splits were given.

    Returns:
        The view; its ``data`` has one row per split: examples, share (0 to 1) and the expected share where given.

    Raises:
        ValueError: If there is no example, or ``shares`` names other splits.
    """
    total = sum(counts.values())
    if not total:
        raise ValueError("splits() was given no example: run the component first.")
    if shares is not None and set(shares) != set(counts):
        raise ValueError(
            f"The splits are {', '.join(counts)}, but shares names {', '.join(shares)}: use the same names."
        )
    buckets = sum(shares.values()) if shares else 0
    rows: list[tuple[object, ...]] = []
    shown: list[tuple[object, ...]] = []
    for name, count in counts.items():
        expected = (shares[name] / buckets,) if shares else ()
        rows.append((name, count, count / total, *expected))
        shown.append((name, f"{count:,}", f"{count / total:.1%}", *(f"{e:.1%}" for e in expected)))
    columns = ["split", "examples", "share", *(["expected"] if shares else [])]
    note = "The thin line marks the share that was asked for." if shares else ""
    facts = Table(columns, rows, "")
    return View(
        f"{total:,} examples in splits", [Table(columns, shown, "")], _picture(rows), note, facts
    )


def _picture(rows: list[tuple[object, ...]]) -> str:
    top = max(float(str(share)) for _, _, *values in rows for share in values) or 1.0
    height = _BAR * len(rows)
    marks = []
    for number, (name, count, share, *expected) in enumerate(rows):
        middle = number * _BAR + _BAR / 2
        end = _LABEL + float(str(share)) / top * _WIDTH
        marks.append(
            f'<text x="{_LABEL - 8}" y="{middle + 4}" text-anchor="end">{html.escape(clip(str(name), 16))}</text>'
            f'<rect x="{_LABEL}" y="{middle - 7}" height="14" width="{end - _LABEL:.1f}"/>'
        )
        for value in expected:
            x = f"{_LABEL + float(str(value)) / top * _WIDTH:.1f}"
            marks.append(f'<line x1="{x}" x2="{x}" y1="{middle - 11}" y2="{middle + 11}"/>')
        right = max([end, *(_LABEL + float(str(v)) / top * _WIDTH for v in expected)])
        marks.append(
            f'<text x="{right + 8:.1f}" y="{middle + 4}">{count:,} ({float(str(share)):.1%})</text>'
        )
    width = _LABEL + _WIDTH + 120
    said = html.escape(", ".join(f"{clip(str(name))} {count:,}" for name, count, *_ in rows))
    return (
        f'<svg class="workbook-rates" viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{said}">'
        f"{''.join(marks)}</svg>"
    )
