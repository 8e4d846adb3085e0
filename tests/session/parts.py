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


@component
def Wait(
    out: tfx.dsl.components.OutputArtifact[standard_artifacts.Schema],
    gate: tfx.dsl.components.Parameter[str],
) -> None:
    """Write a text once a file is there."""
    folder = Path(out.uri)
    folder.joinpath("started").touch()
    while not Path(gate).exists():
        time.sleep(0.05)
    folder.joinpath("text").write_text("done")


@component
def Split(out: tfx.dsl.components.OutputArtifact[standard_artifacts.Examples]) -> None:
    """Write two splits of two files each."""
    out.split_names = '["train", "eval"]'
    for split in ("train", "eval"):
        folder = Path(out.uri, f"Split-{split}")
        folder.mkdir(parents=True)
        for part in ("a.gz", "b.gz"):
            folder.joinpath(part).write_text(f"{split} {part}")


@component
def Read(
    source: tfx.dsl.components.InputArtifact[standard_artifacts.Examples],
    out: tfx.dsl.components.OutputArtifact[standard_artifacts.Schema],
) -> None:
    """Count the files of both splits."""
    Path(out.uri, "text").write_text(str(len(list(Path(source.uri).glob("Split-*/*")))))


@component
def Large(
    out: tfx.dsl.components.OutputArtifact[standard_artifacts.Schema],
    kilobytes: tfx.dsl.components.Parameter[int],
) -> None:
    """Write a file of a size."""
    Path(out.uri, "text").write_text("x" * 1024 * kilobytes)
