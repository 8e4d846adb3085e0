"""The example pipeline as a program of its own: ``python programs.py WHO STORE [EPOCHS]``.

It is what a reader's script is: nothing of a notebook but, for ``InteractiveContext``, IPython's shell.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

NAME = "complaints"

DAG = '''\
"""The whole pipeline under Airflow."""

from datetime import datetime, timedelta
from pathlib import Path

from tests.orchestration.programs import pipeline
from tfx.orchestration.airflow.airflow_dag_runner import AirflowDagRunner, AirflowPipelineConfig
from utils.pipeline.attempts import start_afresh

built = pipeline(Path({store!r}), {epochs})
each_task = {{
    "retries": 1,
    "retry_delay": timedelta(seconds=1),
    "on_execute_callback": start_afresh(built.metadata_connection_config),
}}
options = {{"schedule": None, "start_date": datetime(2026, 1, 1), "default_args": each_task}}
DAG = AirflowDagRunner(AirflowPipelineConfig(options)).run(built)
'''


def pipeline(store: Path, epochs: int = 2) -> Any:
    """The one definition, with values that train in seconds.

    Args:
        store: The store's folder.
        epochs: How long to train.
    """
    from tests.pipeline.pipeline_run import small_config
    from utils.pipeline import runners

    config = small_config(store)
    config = config.replace(model=config.model.replace(epochs=epochs))
    return runners.pipeline(config, store, NAME)


def interactive(store: Path, epochs: int) -> None:
    """Run every component in TFX's own InteractiveContext; only inside IPython."""
    from tfx.orchestration.experimental.interactive.interactive_context import InteractiveContext

    built = pipeline(store, epochs)
    context = InteractiveContext(
        pipeline_name=NAME,
        pipeline_root=built.pipeline_info.pipeline_root,
        metadata_connection_config=built.metadata_connection_config,
        beam_pipeline_args=built.beam_pipeline_args,
    )
    for component in built.components:
        context.run(component)


def main(who: str, store: Path, epochs: int) -> None:
    """Run the pipeline under one orchestrator."""
    from tfx import v1 as tfx

    if who == "interactive":
        interactive(store, epochs)
    elif who == "local":
        tfx.orchestration.LocalDagRunner().run(pipeline(store, epochs))
    else:
        from tfx.orchestration.beam.beam_dag_runner import BeamDagRunner

        # Beam reads the command line; outside IPython its default runner would look for another one on the network.
        sys.argv[1:] = ["--runner=FnApiRunner"]
        BeamDagRunner().run(pipeline(store, epochs))


if __name__ == "__main__":
    given = [one for one in sys.argv[1:] if not one.startswith("--")]
    main(given[0], Path(given[1]), int(given[2]) if len(given) > 2 else 2)
