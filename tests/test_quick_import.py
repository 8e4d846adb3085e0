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


def test_the_cloud_client_and_jax_wait_until_they_are_used():
    code = """
import os, sys
from utils import quick_import
print(*quick_import.postpone(), flush=True)
from tfx import v1 as tfx
loaded = {name.partition(".")[0] for name in sys.modules}
print("google.cloud.aiplatform" in sys.modules, "jax" in loaded, flush=True)
if not os.fork():
    from tfx.v1.extensions import *
    print("google_cloud_ai_platform" in dir(), flush=True)
    os._exit(0)
assert os.wait()[1] == 0
print(tfx.extensions.google_cloud_ai_platform.Trainer.__name__)
print("google.cloud.aiplatform" in sys.modules)
import jax
print(jax.numpy.ones(3).sum())
"""
    said = ["tfx.v1.extensions nbformat", "False False", "True", "Trainer", "True", "3.0"]
    assert python(code).splitlines() == said


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


SAID_WHILE_IT_WAITS = {
    "nbformat.__version__.split('.')[0]": "5",
    "hasattr(nbformat, 'reads'), hasattr(nbformat, 'nothing')": "(True, False)",
    "'reads' in dir(nbformat)": "True",
    "nbformat.__doc__.split()[1]": "Jupyter",
    "'FUNCTIONS' in pydoc.render_doc(nbformat, renderer=pydoc.plaintext)": "True",
    "pickle.loads(pickle.dumps(nbformat.reads)) is nbformat.reads": "True",
    "pickle.loads(pickle.dumps(nbformat)) is nbformat": "True",
    "dill.loads(dill.dumps(lambda: nbformat.current_nbformat))()": "4",
    "importlib.reload(nbformat) is nbformat and nbformat.reads.__name__": "reads",
    "'def reads' in inspect.getsource(nbformat)": "True",
}


def test_while_it_waits_it_answers_as_the_real_one():
    """Each question is the first that it is asked, in a fork of its own."""
    code = f"""
import dill, importlib, inspect, os, pickle, pydoc
from utils import quick_import
quick_import.postpone()
import nbformat
assert type(nbformat) is not type(inspect), "it waits"
for asked in {list(SAID_WHILE_IT_WAITS)!r}:
    if not os.fork():
        print(asked, "=", eval(asked), flush=True)
        os._exit(0)
    assert os.wait()[1] == 0, asked
"""
    expected = [f"{asked} = {said}" for asked, said in SAID_WHILE_IT_WAITS.items()]
    assert python(code).splitlines() == expected


def test_everything_of_it_can_be_imported():
    code = """
from utils import quick_import
quick_import.postpone()
from nbformat import *
print("reads" in dir())
"""
    assert python(code) == "True"


def test_a_loaded_one_is_reloaded_for_good():
    code = """
import importlib
from utils import quick_import
quick_import.postpone()
import nbformat
first = nbformat.reads
print(importlib.reload(nbformat).reads is first, nbformat.__loader__.__class__.__name__)
"""
    assert python(code) == "False SourceFileLoader"


def test_whoever_looks_around_does_not_load_it():
    code = """
import inspect, sys, warnings
from utils import quick_import
quick_import.postpone()
import nbformat
waiting = type(nbformat)
inspect.getmodule(lambda: None)
for module in list(sys.modules.values()):
    getattr(module, "__warningregistry__", None), getattr(module, "__wrapped__", None)
print(waiting is not type(sys), type(nbformat) is waiting)
"""
    assert python(code) == "True True"
