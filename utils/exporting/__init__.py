"""A project to take home: the example pipeline as a repository of its own, in plain TFX.

Example::

    project = exporting.write("../my-pipeline", config)
    print(project)

The project has the layout of TFX's own template and imports nothing of the workbook. Its files are the templates beside
this module, filled in with the values of a configuration; functions that are the same in :mod:`utils.pipeline.modules`
are taken from there.
"""

from __future__ import annotations

from utils.exporting.errors import ExportError
from utils.exporting.loading import pipeline
from utils.exporting.project import Project, write

__all__ = ["ExportError", "Project", "pipeline", "write"]
