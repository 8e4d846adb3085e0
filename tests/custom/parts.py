"""Components with one mistake each, as a reader may write them."""

import shutil
import sqlite3
import threading
from pathlib import Path
from typing import ClassVar

import apache_beam as beam
from absl import logging
from tfx import v1 as tfx
from tfx.dsl.components.base import base_component, base_executor, executor_spec
from tfx.types import component_spec
from tfx.types.artifact import Property, PropertyType
from tfx.types.standard_artifacts import Examples, Schema
from tfx.v1.dsl.components import (
    BeamComponentParameter,
    InputArtifact,
    OutputArtifact,
    OutputDict,
    Parameter,
    component,
)


@component
def Source(made: OutputArtifact[Examples], rows: Parameter[int] = 3) -> OutputDict(leaked=int):  # type: ignore[valid-type]
    """Do everything right."""
    made.split_names = '["train"]'
    Path(made.uri, "Split-train").mkdir()
    Path(made.uri, "Split-train", "rows").write_text("row\n" * rows)
    return {"leaked": 0}


@component
def TextForNumber(made: OutputArtifact[Schema]) -> OutputDict(leaked=int):  # type: ignore[valid-type]
    """Return a text where an integer is declared."""
    Path(made.uri, "half").touch()
    return {"leaked": "thirteen"}


@component
def NoDictionary(made: OutputArtifact[Schema]) -> OutputDict(leaked=int):  # type: ignore[valid-type]
    """Return the value itself."""
    return 13


@component
def NoneForNumber(made: OutputArtifact[Schema]) -> OutputDict(leaked=int):  # type: ignore[valid-type]
    """Return None where an integer is declared."""
    return {"leaked": None}


@component
def ForgottenValue(made: OutputArtifact[Schema]) -> OutputDict(leaked=int, rows=int):  # type: ignore[valid-type]
    """Return one of two values."""
    Path(made.uri, "half").touch()
    return {"leaked": 1}


@component
def NothingWritten(made: OutputArtifact[Schema]):
    """Write no file and set no property."""


@component
def FolderRemoved(made: OutputArtifact[Schema]):
    """Remove the folder of an output."""
    shutil.rmtree(made.uri)


@component
def OnlyAProperty(made: OutputArtifact[Schema]):
    """Set a property, and write no file, which is allowed."""
    made.set_int_custom_property("rows", 3)


@component
def PassedOn(examples: InputArtifact[Examples], made: OutputArtifact[Examples]):
    """Give the input's folder as the output's."""
    made.uri, made.split_names = examples.uri, examples.split_names


@component
def UnknownProperty(made: OutputArtifact[Schema]):
    """Set a property that the type does not declare."""
    made.rows = 3


@component
def Raises(made: OutputArtifact[Schema]):
    """Fail half way."""
    Path(made.uri, "half").touch()
    raise KeyError("complaint_id")


class Measure(tfx.dsl.Artifact):
    """An artifact type with one property."""

    TYPE_NAME = "Measure"
    PROPERTIES: ClassVar = {"size": Property(type=PropertyType.INT)}


class ChangedMeasure(tfx.dsl.Artifact):
    """The same type, with a property that has become another kind of number."""

    TYPE_NAME = "Measure"
    PROPERTIES: ClassVar = {"size": Property(type=PropertyType.FLOAT)}


@component
def Measures(made: OutputArtifact[Measure]):
    """Set the property."""
    made.size = 3


@component
def MeasuresAnew(made: OutputArtifact[ChangedMeasure]):
    """Set the changed property."""
    made.size = 3.5


class LockedError(Exception):
    """An error that cannot be pickled."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} {two}")
        self.lock = threading.Lock()


@component
def RaisesWhatCannotTravel(made: OutputArtifact[Schema]):
    """Fail with an error that cannot be pickled, and that takes two arguments."""
    Path(made.uri, "half").touch()
    raise LockedError("the lock", "is stuck")


@component
def LogsWhatCannotTravel(made: OutputArtifact[Schema]):
    """Log an object that cannot be pickled, which is allowed."""
    logging.warning("a lock: %s", threading.Lock())
    Path(made.uri, "whole").touch()


@component(use_beam=True)
def BeamTakesAConnection(
    made: OutputArtifact[Schema],
    beam_pipeline: BeamComponentParameter[beam.Pipeline] = None,
):
    """Give Beam a function that uses an open connection."""
    connection = sqlite3.connect(":memory:")
    with beam_pipeline as pipeline:
        _ = pipeline | beam.Create([1]) | beam.Map(lambda one: connection.execute(f"SELECT {one}"))


@component
def TakesASchema(schema: InputArtifact[Schema], made: OutputArtifact[Schema]):
    """Take a schema."""


class HandsOnSpec(component_spec.ComponentSpec):
    """Take examples and make examples."""

    INPUTS: ClassVar = {"examples": component_spec.ChannelParameter(type=Examples)}
    OUTPUTS: ClassVar = {"made": component_spec.ChannelParameter(type=Examples)}
    PARAMETERS: ClassVar = {}


class HandsOnExecutor(base_executor.BaseExecutor):
    """Give the input artifact itself as the output."""

    def Do(self, input_dict, output_dict, exec_properties):
        output_dict["made"] = input_dict["examples"]


class HandsOn(base_component.BaseComponent):
    """A component from scratch whose output is its input."""

    SPEC_CLASS = HandsOnSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(HandsOnExecutor)

    def __init__(self, examples):
        super().__init__(HandsOnSpec(examples=examples, made=tfx.dsl.Channel(type=Examples)))
