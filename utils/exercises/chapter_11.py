"""The exercises of chapter 11."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from utils import exporting
from utils.exercises import Verdict, exercise, not_yet, reading, yes
from utils.exercises.reading import AnswerForm

NEW_COLUMN = "sub_issue"
"""Exercise 11.5: the column that the model is to read as well."""

NEW_COMPONENT = "TransformedStatistics"
"""Exercise 11.6: the component that is to be added."""


@exercise("11.5")
def a_feature_in_the_project(answer: Any, context: Any, *, config: Any) -> Verdict:
    """Check that the model of the exported project reads one more column, by the project's own tests.

    Args:
        answer: The project's folder.
        context: The notebook's context; not used.
        config: The configuration that was exported.

    Returns:
        The verdict.
    """
    folder = _folder(answer)
    failed = _own_tests(folder, "tests/test_columns.py")
    if failed:
        return not_yet(f"the project's own tests say: {failed}")
    try:
        nodes = {node.id: node for node in exporting.pipeline(folder).components}
    except exporting.ExportError as error:
        return not_yet(error.what)
    told = [
        json.loads(nodes[name].exec_properties["custom_config"])["features"]
        for name in ("Transform", "Trainer")
    ]
    groups = ("categorical", "zip_code", "text", "numeric")
    before = config.features.as_dict() | {"numeric": []}
    for features in told:
        group = next((name for name in groups if NEW_COLUMN in features[name]), None)
        if group is None:
            return not_yet(
                f"the model does not read {NEW_COLUMN!r}: models/features.py names its columns."
            )
        if group != "categorical":
            return not_yet(
                f"{NEW_COLUMN!r} stands among {group.upper()}: it holds one of few values, so it is a category."
            )
        lost = [name for kind in groups for name in before[kind] if name not in features[kind]]
        if lost:
            return not_yet(f"{lost[0]!r} has gone: the new column joins the others.")
    return yes(
        f"Transform and Trainer are told of {NEW_COLUMN!r}, and the project's own tests agree."
    )


@exercise("11.6")
def a_component_in_the_project(answer: Any, context: Any) -> Verdict:
    """Check that the exported project's pipeline has one more component, which looks at the transformed examples.

    Args:
        answer: The project's folder.
        context: The notebook's context; not used.

    Returns:
        The verdict.
    """
    folder = _folder(answer)
    try:
        nodes = {node.id: node for node in exporting.pipeline(folder).components}
    except exporting.ExportError as error:
        return not_yet(error.what)
    if NEW_COMPONENT not in nodes:
        return not_yet(
            f"the pipeline has the components {', '.join(nodes)}, and no {NEW_COMPONENT!r}: with_id gives the name, "
            "and a component that is missing from the list at the end never runs."
        )
    node = nodes[NEW_COMPONENT]
    if type(node).__name__ != "StatisticsGen":
        return not_yet(f"{NEW_COMPONENT!r} is a {type(node).__name__}, which makes no statistics.")
    source, output = reading.producer(node, "examples")
    if (source, output) != ("Transform", "transformed_examples"):
        return not_yet(
            f"{NEW_COMPONENT!r} reads the {output or 'examples'} of {source or 'nobody'}, and the numbers that the "
            "model sees are those that Transform puts out."
        )
    return yes(
        f"every runner of the project now runs {len(nodes)} components, for all of them take the list from this file."
    )


def _folder(answer: Any) -> Path:
    """Read the project's folder."""
    if not isinstance(answer, (str, Path)):
        raise AnswerForm("the folder of the project, such as repository", answer)
    folder = Path(answer)
    if not (folder / "pipeline" / "pipeline.py").is_file():
        raise AnswerForm("the folder into which the project was exported", answer)
    return folder


def _own_tests(folder: Path, file: str) -> str:
    """Run tests of a project in a process of their own, and return what failed: empty where all pass."""
    line = [sys.executable, "-m", "pytest", "-q", "--color=no", "-p", "no:cacheprovider", file]
    # This environment has plugins of pytest that the project knows nothing of, and loading them takes seconds.
    alone = {**os.environ, "PYTHONPATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(line, cwd=folder, env=alone, capture_output=True, text=True)
    if not done.returncode:
        return ""
    failed = re.findall(r"^(?:FAILED|ERROR) (.*)", done.stdout, re.M)
    return "; ".join(failed) or done.stdout.strip()[-500:]
