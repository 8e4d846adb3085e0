"""Small evaluations, made by TFMA itself, for the tests of its views.

All are made once, by one process, and kept under the build folder, because TFMA takes some seconds
to load and for each; an edit of this file or of the pinned packages makes them anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from utils import paths

HOSTILE = (
    "</script><script>parent.hacked=1;document.body.dataset.hacked=1</script>",
    '<img src=x onerror="parent.hacked=1;document.body.dataset.hacked=1">',
    "\"quoted\" & 'single' <b>bold</b>",
    "\u202eright to left\u202c and \u05e9\u05dc\u05d5\u05dd",
    "<img src=x onerror=parent.hacked=1>:5",
    "$x^2$ and {{ 7 * 7 }} <!-- <script>",
    "long " + "x" * 1_000_000,
)
"""Slice names that try to do something; each must only show."""

STATES = ("CA", "FL", "NY", "TX", "WA")
PRODUCTS = ("Credit card", "Debt collection", "Mortgage", "Student loan")
CLASSES = ("Closed", "Refunded", "Explained")
ROWS = 400

BINARY = """
model_specs { label_key: "label" prediction_key: "prediction" }
metrics_specs {
  metrics { class_name: "ExampleCount" } metrics { class_name: "AUC" }
  metrics { class_name: "BinaryAccuracy" } metrics { class_name: "Calibration" }
  metrics { class_name: "ConfusionMatrixAtThresholds" config: '{"thresholds": [0.3, 0.6]}' }
  metrics { class_name: "CalibrationPlot" } metrics { class_name: "ConfusionMatrixPlot" }
  metrics {
    class_name: "FairnessIndicators" module: "fairness_indicators.fairness_indicators_metrics"
    config: '{"thresholds": [0.25, 0.5, 0.75]}'
  }
}
slicing_specs {}
slicing_specs { feature_keys: ["state"] }
slicing_specs { feature_keys: ["product"] }
"""
DISTRICTS = """
model_specs { label_key: "label" prediction_key: "prediction" }
metrics_specs { metrics { class_name: "ExampleCount" } metrics { class_name: "AUC" } }
slicing_specs {}
slicing_specs { feature_keys: ["district"] }
"""
INTERVALS = """
model_specs { label_key: "label" prediction_key: "prediction" }
metrics_specs { metrics { class_name: "ExampleCount" } metrics { class_name: "AUC" } }
slicing_specs {}
options { compute_confidence_intervals { value: true }
  confidence_intervals { method: JACKKNIFE } }
"""
MULTI_CLASS = """
model_specs { label_key: "label" prediction_key: "prediction" }
metrics_specs {
  metrics { class_name: "ExampleCount" } metrics { class_name: "SparseCategoricalAccuracy" }
  metrics { class_name: "MultiClassConfusionMatrixPlot" }
}
metrics_specs {
  binarize { class_ids { values: [0, 1] } }
  metrics { class_name: "AUC" } metrics { class_name: "ConfusionMatrixPlot" }
}
slicing_specs {}
"""


NAMES = ("first", "second", "districts", "hostile", "classes", "intervals")
"""All of the evaluations; see :func:`ensure`."""


def ensure(name: str) -> Path:
    """Makes the evaluations unless they are there.

    Args:
        name: ``"first"`` and ``"second"`` (two binary classifiers on the same rows),
            ``"districts"`` (sixty slices), ``"intervals"`` (confidence intervals), ``"hostile"``
            (slice names that try to do something) or ``"classes"`` (three classes).

    Returns:
        The folder for ``tfma.load_eval_result``.
    """
    import filelock

    made_of = (Path(__file__), paths.ROOT / "requirements.txt")
    source = hashlib.sha256(b"".join(map(Path.read_bytes, made_of))).hexdigest()[:12]
    every = paths.build() / "evaluations" / f"{paths.stack()}-{source}"
    every.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{every}.lock"):
        if not every.is_dir():
            unfinished = every.with_name(f"{every.name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            made = subprocess.run(
                [sys.executable, "-m", "tests.displays.evaluations", str(unfinished)],
                cwd=paths.ROOT,
                env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert made.returncode == 0, made.stderr[-3000:]
            unfinished.rename(every)
    return every / name


def make(name: str, folder: Path) -> None:
    """Lets TFMA evaluate generated rows.

    Args:
        name: As for :func:`ensure`.
        folder: Where the evaluation goes.
    """
    import fairness_indicators.fairness_indicators_metrics  # noqa: F401 (registers its metrics)
    import numpy as np
    import pandas as pd
    import tensorflow_model_analysis as tfma
    from google.protobuf import text_format
    from tensorflow_model_analysis.proto import config_pb2

    random = np.random.default_rng({"second": 7}.get(name, 5))
    scores = random.beta(2, 3, ROWS)
    labels = (np.random.default_rng(5).random(ROWS) < scores).astype(float)
    rows = pd.DataFrame(
        {
            "state": np.random.default_rng(3).choice(STATES, ROWS),
            "product": np.random.default_rng(4).choice(PRODUCTS, ROWS),
            "prediction": scores,
            "label": labels,
        }
    )
    if name == "hostile":
        rows["product"] = [HOSTILE[row % len(HOSTILE)] for row in range(ROWS)]
    if name == "districts":
        rows["district"] = [f"{row % 60:02d}" for row in range(ROWS)]
    if name == "classes":
        scores = random.dirichlet((2.0, 1.0, 1.5), ROWS)
        rows["prediction"] = list(scores)
        rows["label"] = [float(random.choice(3, p=each)) for each in scores]
    text = {"districts": DISTRICTS, "intervals": INTERVALS, "classes": MULTI_CLASS}.get(
        name, BINARY
    )
    config = text_format.Parse(text, config_pb2.EvalConfig())
    tfma.analyze_raw_data(rows, config, output_path=str(folder))
    (folder / "names.json").write_text(json.dumps({"name": name}), encoding="utf-8")


if __name__ == "__main__":
    for one in NAMES:
        make(one, Path(sys.argv[1]) / one)
