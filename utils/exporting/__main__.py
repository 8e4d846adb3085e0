"""``make export``: write the pipeline as a project of its own."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from utils.complaints import spans
from utils.errors import WorkbookError
from utils.exporting import ExportError, write
from utils.pipeline.config import PipelineConfig


def read(file: Path | None) -> PipelineConfig:
    """Read a configuration.

    Args:
        file: What ``json.dump(config.as_dict(), file)`` has written; None for the defaults.

    Returns:
        The configuration.

    Raises:
        ExportError: If there is no such file, or it is no JSON.
        utils.pipeline.config.ConfigError: For a value that cannot be.
    """
    if file is None:
        return PipelineConfig()
    try:
        return PipelineConfig.from_dict(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError) as error:
        if isinstance(error, WorkbookError):
            raise
        raise ExportError(
            f"{file} cannot be read as a configuration ({error}).",
            "Write it in a notebook by json.dump(config.as_dict(), file).",
        ) from error


def main(arguments: list[str] | None = None) -> int:
    """Export, and say where the project is.

    Args:
        arguments: The command line; None for the process's own.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="python -m utils.exporting", description=__doc__)
    parser.add_argument("--to", type=Path, required=True, help="an empty or a new folder")
    parser.add_argument("--config", type=Path, help="a JSON file; default: the pipeline as it is")
    given = parser.parse_args(arguments)
    try:
        config = read(given.config)
        if config.input_base == str(spans.base()):
            spans.ensure_all()
        project = write(given.to, config)
    except WorkbookError as error:
        print(error, file=sys.stderr)
        return 1
    print(project)
    print(f"\nThe project is in {project.folder}. There: `make run`, and `make test`.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
