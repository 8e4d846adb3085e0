"""A small training, as a program: what a second process says must be what the first one said."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

from utils import paths
from utils.pipeline.config import ModelSpec, PipelineConfig, Thresholds

SPAN = paths.DATA / "complaints" / "S1.csv"
"""The committed 2,000 rows of S1."""


def small_config(folder: Path) -> PipelineConfig:
    """A configuration that runs in seconds and blesses whatever it trains.

    Args:
        folder: Where the pushed models go.
    """
    return PipelineConfig(
        input_base=SPAN.parent,
        pattern="S{SPAN}.csv",
        model=ModelSpec(layers=(8,), epochs=2),
        thresholds=Thresholds(min_auc=0.1, max_auc_drop=1.0, fairness=(0.3,)),
        slices=("state_group",),
        pushed_models=folder / "pushed",
    )


def complaints() -> list[dict[str, str]]:
    """The rows of the span, as the CSV file has them."""
    with SPAN.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def scores(model: Path) -> list[float]:
    """What an exported model says of the first hundred complaints."""
    from utils.pipeline.predict import ExportedModel

    return [float(score) for score in ExportedModel(model).predict(complaints()[:100])]


def main(folder: Path) -> None:
    """Trains in a store of its own, by the components that the Trainer needs, and prints the scores as JSON."""
    from tfx import v1 as tfx

    from utils.pipeline import components, runners

    nodes = components.build(small_config(folder))
    needed = ("example_gen", "statistics_gen", "schema_gen", "transform", "trainer")
    pipeline = tfx.dsl.Pipeline(
        pipeline_name="trained_again",
        pipeline_root=str(folder / "root"),
        components=[nodes[name] for name in needed],
        metadata_connection_config=runners.metadata_config(folder),
        beam_pipeline_args=list(runners.BEAM_PIPELINE_ARGS),
    )
    tfx.orchestration.LocalDagRunner().run(pipeline)
    (model,) = (folder / "root" / "Trainer" / "model").iterdir()
    print(json.dumps(scores(model)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
