"""Keep the libraries' chatter out of a reader's notebook, and leave real warnings in it."""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator

from utils.native_output import held

ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "GRPC_VERBOSITY": "ERROR",
    "GLOG_minloglevel": "3",
    "NO_GCE_CHECK": "true",
}
"""Read by TensorFlow, gRPC and Google's client libraries when they are first imported.

``TF_ENABLE_ONEDNN_OPTS=0`` also keeps sums in one order, so that a model trains to the same figures twice.
``NO_GCE_CHECK`` spares a machine that is not in Google's cloud the 12 seconds of asking whether it is.
"""

LOGGERS = ("absl", "tensorflow", "apache_beam", "root", "h5py", "fsspec", "matplotlib")

NOISY_MODULES = (
    "tensorflow",
    "keras",
    "tfx",
    "tfx_bsl",
    "ml_metadata",
    "apache_beam",
    "google",
    "keras_tuner",
    "pkg_resources",
    "jupyter_client",
    "IPython",
    "pandas",
    "numpy",
    "fairness_indicators",
    "witwidget",
    "traitlets",
    "past",
    "importlib",
)


def before_imports() -> None:
    """Set what must be set before TensorFlow is imported. A value that the user chose is left alone."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    for module in NOISY_MODULES:
        warnings.filterwarnings("ignore", module=module)


@contextlib.contextmanager
def imports() -> Iterator[None]:
    """Hold back what native code writes to standard error during the block; shown after all if the block raises.

    TensorFlow looks for a GPU while it is imported, before any of its log levels counts, and reports twice that there
    is none. Python's own warnings take another way and are not touched.
    """
    with held(2):
        yield


@contextlib.contextmanager
def programs() -> Iterator[None]:
    """Hold back what other programs write during the block; shown after all if the block raises.

    TFX packs a ``module_file`` by ``setup.py`` and installs the package by ``pip``, several times a component, and both
    tell each step. What Python prints in this process takes another way and is not touched.
    """
    with held(1), held(2):
        yield


def after_imports() -> None:
    """Raise the threshold of the loggers that only speak to the libraries' own developers."""
    for name in LOGGERS:
        logging.getLogger(None if name == "root" else name).setLevel(logging.ERROR)
    # Beam logs a failed step with its traceback and then raises the error, which is told once, by who ran the step.
    logging.getLogger("apache_beam.runners.common").setLevel(logging.CRITICAL)
    import absl.logging

    absl.logging.set_verbosity(absl.logging.ERROR)
    absl.logging.set_stderrthreshold("error")
