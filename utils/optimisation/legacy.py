"""Running a program with the Keras that TensorFlow Model Optimization knows, in a process of its own.

The toolkit is written for Keras 2, which lives on as the package ``tf_keras``. TensorFlow chooses between the two when
it is imported, by the variable ``TF_USE_LEGACY_KERAS``; a notebook that has begun with Keras 3 cannot change its mind.

Source: https://www.tensorflow.org/model_optimization/guide/install
"""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from utils.optimisation.errors import OptimisationError
from utils.paths import ROOT

LONGEST = 240.0
"""Seconds after which a program that has not ended is stopped."""


def run(program: str | Path, arguments: Sequence[str | Path] = (), seconds: float = LONGEST) -> Any:
    """Run a Python program with ``TF_USE_LEGACY_KERAS=1``, and wait for it.

    Args:
        program: The file. The last line that it prints is JSON.
        arguments: What stands behind its name on the command line.
        seconds: How long to wait.

    Returns:
        What it printed last.

    Raises:
        OptimisationError: Where it fails, is not done in time, or prints something else.
    """
    environment = os.environ | {"TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__, str(program), *map(str, arguments)],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise OptimisationError(
            f"{Path(program).name} was not done after {seconds:.0f} s.",
            "Give it fewer rows or epochs, or more seconds.",
        ) from None
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["without a word"]
        raise OptimisationError(
            f"{Path(program).name} failed: {last[0]}",
            "Correct it in the cells that write it, and run them again from the first.",
        )
    try:
        return json.loads(done.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        raise OptimisationError(
            f"{Path(program).name} printed no JSON.", "Let it end with print(json.dumps(...))."
        ) from None


def spare_keras_a_translation() -> None:
    """Tell TensorFlow that Keras 2 needs no AutoGraph, which newer versions of TensorFlow know by themselves.

    AutoGraph turns a reader's ``if`` and ``while`` into operations. TensorFlow 2.16 does not know the package
    ``tf_keras`` and translates all of it, which takes twenty seconds and changes nothing.
    """
    from tensorflow.python.autograph.core import config

    rule = config.DoNotConvert("tf_keras")
    if str(rule) not in map(str, config.CONVERSION_RULES):
        config.CONVERSION_RULES = (rule, *config.CONVERSION_RULES)


if __name__ == "__main__":
    spare_keras_a_translation()
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")
