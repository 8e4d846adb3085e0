"""Which model the Evaluator compares a new one with, where the latest blessed model is that very model.

When an unchanged pipeline runs a second time, the Trainer is answered from the cache, and its model is the one that
was blessed last. TFX's ``LatestBlessedModelStrategy`` then hands it to the Evaluator as its own baseline. What follows
depends on the runner: ``LocalDagRunner`` and its like compare the model with itself, which costs a second evaluation
and finds no difference. ``InteractiveContext`` records its inputs by older code, and stops with a bare
``AssertionError``.

The workbook's context takes the blessed model before that one, by TFX's own strategy (:func:`replace_candidate`), so
that the Evaluator is answered from the cache too. For a plain ``InteractiveContext`` there is :func:`mend_events`.

Source: book, chapter 7; ``tfx.dsl.experimental.LatestBlessedModelStrategy``; ``tfx.orchestration.metadata``
"""

from __future__ import annotations

from ml_metadata.metadata_store import MetadataStore
from tfx import types
from tfx import v1 as tfx
from tfx.dsl.components.base.base_node import BaseNode
from tfx.orchestration import metadata
from tfx.types import standard_artifacts

from utils.pipeline import attempts
from utils.third_party import private


def replace_candidate(component: BaseNode, store: MetadataStore, pipeline_name: str) -> None:
    """Take another baseline where a component's ``model`` and ``baseline_model`` are the same artifact.

    Args:
        component: Any component; one without these two inputs stays as it is.
        store: ML Metadata.
        pipeline_name: The name of the pipeline, within which blessed models are looked for.
    """
    if not {"model", "baseline_model"} <= set(component.inputs):
        return
    judged = {artifact.id for artifact in component.inputs["model"].get()}
    baseline = component.inputs["baseline_model"]
    if judged.isdisjoint(artifact.id for artifact in baseline.get()):
        return
    others = {
        "model": _published(store, pipeline_name, standard_artifacts.Model, judged),
        "model_blessing": _published(store, pipeline_name, standard_artifacts.ModelBlessing, set()),
    }
    found = tfx.dsl.experimental.LatestBlessedModelStrategy().resolve_artifacts(store, others)
    baseline.set_artifacts((found or {}).get("model", []))


def mend_events() -> None:
    """Let ``InteractiveContext`` record an artifact that is two inputs at once, as TFX's other runners do.

    ML Metadata takes one event for an artifact and an execution. The other runners give that event a path for each
    input; :func:`utils.pipeline.attempts.record_otherwise` does the same for the older code.
    """
    private(metadata.Metadata, "_artifact_and_event_pairs")
    attempts.record_otherwise()


def restore_events() -> None:
    """Undo :func:`mend_events`."""
    original = getattr(private(metadata.Metadata, "_artifact_and_event_pairs"), "original", None)
    if original is not None:
        metadata.Metadata._artifact_and_event_pairs = original  # noqa: SLF001


def _published(
    store: MetadataStore, pipeline_name: str, kind: type[types.Artifact], without: set[int]
) -> list[types.Artifact]:
    """Return all live artifacts of a type in a pipeline, but for some."""
    context = store.get_context_by_type_and_name("pipeline", pipeline_name)
    known = store.get_artifacts_by_context(context.id) if context else []
    found = []
    for one in known:
        if one.type == kind.TYPE_NAME and one.id not in without and one.state == one.LIVE:
            artifact = kind()
            artifact.set_mlmd_artifact(one)
            found.append(artifact)
    return found
