"""ExampleGen executors for Parquet and Avro that keep a zero.

TFX has executors of its own for both formats. They share a function that takes whatever Python calls false for a
missing value, so that each label 0 is lost. These differ in that one point.

Source: book, chapter 3, "Parquet" and "Avro"; ``tfx.components.example_gen.custom_executors``
"""

from __future__ import annotations

from typing import Any

import apache_beam as beam
import tensorflow as tf
from tfx.dsl.io import fileio

from utils.ingestion.errors import IngestionError
from utils.ingestion.records import to_example
from utils.pipeline.filled_splits import FilledSplitsExecutor


@beam.ptransform_fn
@beam.typehints.with_input_types(beam.Pipeline)
@beam.typehints.with_output_types(tf.train.Example)
def from_parquet(
    pipeline: beam.Pipeline, exec_properties: dict[str, Any], split_pattern: str
) -> beam.PCollection:
    """Read Parquet files into examples; the pattern is relative to ``input_base`` in the properties."""
    files = beam.io.ReadFromParquet(_pattern(exec_properties, split_pattern))
    return pipeline | "Read" >> files | "ToExample" >> beam.Map(to_example)


@beam.ptransform_fn
@beam.typehints.with_input_types(beam.Pipeline)
@beam.typehints.with_output_types(tf.train.Example)
def from_avro(
    pipeline: beam.Pipeline, exec_properties: dict[str, Any], split_pattern: str
) -> beam.PCollection:
    """Read Avro files into examples; the pattern is relative to ``input_base`` in the properties."""
    files = beam.io.ReadFromAvro(_pattern(exec_properties, split_pattern))
    return pipeline | "Read" >> files | "ToExample" >> beam.Map(to_example)


class ParquetExecutor(FilledSplitsExecutor):
    """The executor for Parquet: ``FileBasedExampleGen(custom_executor_spec=BeamExecutorSpec(ParquetExecutor))``."""

    def GetInputSourceToExamplePTransform(self) -> beam.PTransform:
        """Return the transform from files to examples."""
        return from_parquet


class AvroExecutor(FilledSplitsExecutor):
    """The executor for Avro: ``FileBasedExampleGen(custom_executor_spec=BeamExecutorSpec(AvroExecutor))``."""

    def GetInputSourceToExamplePTransform(self) -> beam.PTransform:
        """Return the transform from files to examples."""
        return from_avro


def _pattern(exec_properties: dict[str, Any], split_pattern: str) -> str:
    pattern = f"{exec_properties['input_base']}/{split_pattern}"
    if not fileio.glob(pattern):
        raise IngestionError(
            f"No file matches {pattern}.", "Look at the input folder, the pattern and the span."
        )
    return pattern
