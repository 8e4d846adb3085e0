"""From a configuration to the files of a project: templates, filled in."""

from __future__ import annotations

import ast
import platform
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from utils.exporting import requirements
from utils.pipeline import attempts, modules
from utils.pipeline.config import PipelineConfig
from utils.pipeline.modules import features

TEMPLATES = Path(__file__).with_name("templates")
"""The templates; each has the place that its file has in the project."""

_ENDING = ".jinja"


def files(config: PipelineConfig, name: str) -> Iterator[tuple[Path, str]]:
    """Write a project's files, all but its data.

    Args:
        config: The pipeline's values.
        name: The project's name: lower-case letters, digits and hyphens.

    Yields:
        A file's place in the project, and its text.

    Raises:
        utils.exporting.ExportError: If the packages cannot be pinned.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
    )
    environment.filters["literal"] = repr
    environment.globals["source"] = source
    given = values(config, name)
    for template in sorted(TEMPLATES.rglob(f"*{_ENDING}")):
        place = template.relative_to(TEMPLATES)
        yield place.with_suffix(""), environment.get_template(place.as_posix()).render(given)
    yield Path("models/terms.py"), _module("terms")
    yield Path("pipeline/attempts.py"), Path(attempts.__file__).read_text("utf-8")
    for_whom = f"for Python {given['python']} on {given['system']}"
    head = f"# Every package with its hashes, {for_whom}. `make lock` writes it again.\n"
    yield Path("requirements.txt"), head + requirements.pinned()
    python, pins = requirements.pinned_for_airflow()
    head = f"# Airflow, and what the pipeline needs beside it, for Python {python} on {given['system']}.\n"
    yield Path("requirements-airflow.txt"), head + pins


def values(config: PipelineConfig, name: str) -> dict[str, Any]:
    """Return what the templates are filled in with.

    Args:
        config: The pipeline's values.
        name: The project's name.

    Returns:
        Plain values by name.
    """
    slices = [[one] if isinstance(one, str) else list(one) for one in config.slices]
    groups = [
        {key: list(one) if isinstance(one, list) else one for key, one in group.items()}
        for group in config.as_dict()["groups"]
    ]
    return {
        "name": name,
        "key": features.KEY,
        "label": features.LABEL,
        "features": config.features,
        "model": config.model.as_dict(),
        "thresholds": {
            **config.thresholds.as_dict(),
            "fairness": list(config.thresholds.fairness),
        },
        "slices": slices,
        "groups": groups,
        "splits": dict(config.splits),
        "pattern": config.input_pattern,
        "span": config.span if isinstance(config.span, int) else None,
        "seed": config.seed,
        "python": "{}.{}".format(*sys.version_info),
        "system": f"{platform.system()} {platform.machine()}",
        "airflow_python": requirements.pinned_for_airflow()[0],
        "beam": metadata.version("apache-beam"),
        "needs": requirements.needs(requirements.NEEDS),
        "tools": requirements.needs(requirements.TOOLS),
    }


def source(module: str, *names: str) -> str:
    """Return functions of a module that TFX loads, as they are written there.

    Args:
        module: The module, such as ``"transform"``.
        *names: Its functions.

    Returns:
        Their source, in the order of the names, with two blank lines between.

    Raises:
        KeyError: If the module has no such function.
    """
    text = _module(module)
    found = {
        node.name: ast.get_source_segment(text, node)
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef)
    }
    return "\n\n\n".join(str(found[name]) for name in names)


def _module(name: str) -> str:
    return Path(str(modules.__file__)).with_name(f"{name}.py").read_text("utf-8")
