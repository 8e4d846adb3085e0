"""A review without a model, for tests of waiting."""

from tfx import v1 as tfx
from tfx.dsl.component.experimental.decorators import component
from tfx.types import standard_artifacts

from utils.custom import reviews


@component
def Review(
    review: tfx.dsl.components.Parameter[str],
    inbox: tfx.dsl.components.Parameter[str],
    seconds: tfx.dsl.components.Parameter[float],
    blessing: tfx.dsl.components.OutputArtifact[standard_artifacts.ModelBlessing],
) -> None:
    """Wait for a person, and write down what was decided."""
    decision = reviews.wait(inbox, review, seconds)
    blessing.set_int_custom_property("blessed", int(decision.push))
    for name in ("by", "at", "why"):
        blessing.set_string_custom_property(name, getattr(decision, name))
