"""Small components that run in a moment, for tests of the session."""

import time
from pathlib import Path

from tfx import v1 as tfx
from tfx.dsl.component.experimental.decorators import component
from tfx.types import standard_artifacts


@component
def Write(
    out: tfx.dsl.components.OutputArtifact[standard_artifacts.Schema],
    text: tfx.dsl.components.Parameter[str],
    seconds: tfx.dsl.components.Parameter[float] = 0.0,
) -> None:
    """Write a text, slowly if asked."""
    folder = Path(out.uri)
    folder.joinpath("started").touch()
    time.sleep(seconds)
    folder.joinpath("text").write_text(text)


@component
def Copy(
    source: tfx.dsl.components.InputArtifact[standard_artifacts.Schema],
    out: tfx.dsl.components.OutputArtifact[standard_artifacts.Schema],
) -> None:
    """Copy a text; an empty one cannot be copied."""
    text = Path(source.uri, "text").read_text()
    if not text:
        raise ValueError("the text is empty")
    Path(out.uri, "text").write_text(text)
