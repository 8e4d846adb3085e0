"""A component of kfp tried on rows that are given to it, in a pipeline of two tasks.

``from __future__ import annotations`` is left out: kfp reads the annotations as they are.
"""

from typing import Any

from kfp import dsl


@dsl.component(base_image="python:3.10", install_kfp_package=False)
def given_rows(rows: list, scores: dsl.Output[dsl.Dataset]) -> int:
    """Write rows into an artifact.

    Args:
        rows: Lists of numbers.
        scores: Where they go, as lines with commas.

    Returns:
        How many there are.
    """
    from pathlib import Path

    lines = [",".join(map(str, row)) for row in rows]
    Path(scores.path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(rows)


def on_rows(component: Any) -> Any:
    """Make a pipeline that gives rows to a component.

    Args:
        component: A component of kfp that takes an artifact ``scores`` and returns a float.

    Returns:
        The pipeline, with one parameter, ``rows``.
    """

    @dsl.pipeline(name="trial")
    def trial(rows: list) -> float:
        return component(scores=given_rows(rows=rows).outputs["scores"]).output

    return trial
