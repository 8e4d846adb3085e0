"""Which model the Evaluator compares a new one with.

Source: book, chapter 7; ``tfx.dsl.experimental.LatestBlessedModelStrategy``, which this extends.
"""

from __future__ import annotations

from collections.abc import Sequence

from ml_metadata.metadata_store import MetadataStore
from tfx import types
from tfx import v1 as tfx

CANDIDATE = "candidate"
"""The Resolver's input that names the model to be judged."""


class LatestOtherBlessedModelStrategy(tfx.dsl.experimental.LatestBlessedModelStrategy):
    """The latest blessed model other than the candidate.

    TFX's own strategy hands a model to the Evaluator as its own baseline when an unchanged pipeline runs a second
    time: the Trainer is answered from the cache, and its model is the one that was blessed last. TFX's Evaluator then
    stops with a bare ``AssertionError``.

    Args:
        candidate_ids: The candidate's artifact id, where the orchestrator hands over all models that the Trainer ever
            made, as ``InteractiveContext`` does. Empty where it hands over this run's only.
    """

    def __init__(self, candidate_ids: Sequence[int] = ()) -> None:
        """Keep the candidate's id."""
        self._candidate_ids = frozenset(candidate_ids)

    def resolve_artifacts(
        self, store: MetadataStore, input_dict: dict[str, list[types.Artifact]]
    ) -> dict[str, list[types.Artifact]] | None:
        """Pick the baseline.

        Args:
            store: ML Metadata.
            input_dict: All ``model`` and ``model_blessing`` artifacts, and the ``candidate``.

        Returns:
            At most one model with its blessing, and the candidate.
        """
        others = dict(input_dict)
        candidates = others.pop(CANDIDATE)
        if self._candidate_ids:
            candidates = [model for model in candidates if model.id in self._candidate_ids]
        judged = {model.id for model in candidates}
        others = {
            key: [artifact for artifact in artifacts if artifact.id not in judged]
            for key, artifacts in others.items()
        }
        resolved = super().resolve_artifacts(store, others)
        return None if resolved is None else {**resolved, CANDIDATE: candidates}
