"""TFX without what few notebooks use, and all of it when it is used; each in a Python of its own."""

from __future__ import annotations

import subprocess
import sys

from utils import paths


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=paths.ROOT, check=True
    )
    return done.stdout.strip()


def test_the_cloud_client_waits_until_it_is_used():
    code = """
import sys
from utils import quick_import
print(*quick_import.postpone())
from tfx import v1 as tfx
print("google.cloud.aiplatform" in sys.modules)
print(tfx.extensions.google_cloud_ai_platform.Trainer.__name__)
print("google.cloud.aiplatform" in sys.modules)
"""
    assert python(code).splitlines() == ["tfx.v1.extensions nbformat", "False", "Trainer", "True"]


def test_a_submodule_can_be_imported_directly():
    code = """
import sys
from utils import quick_import
quick_import.postpone()
import nbformat
assert "nbformat.validator" not in sys.modules
from nbformat.v4 import new_notebook
assert nbformat.v4.new_notebook is new_notebook, "loaded once only"
import nbformat.reader
print(nbformat.reads(nbformat.writes(new_notebook()), as_version=4).nbformat)
"""
    assert python(code) == "4"


def test_what_is_loaded_already_stays():
    code = """
import nbformat
from utils import quick_import
print(quick_import.postpone(), nbformat.NO_CONVERT is not None)
"""
    assert python(code) == "('tfx.v1.extensions',) True"
