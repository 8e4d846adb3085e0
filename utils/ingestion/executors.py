"""ExampleGen executors for Parquet and Avro that keep a zero.

TFX has executors of its own for both formats. They share a function that takes whatever Python calls false for a
missing value, so that each label 0 is lost. These keep it, and name a file that is damaged or of another format.

Source: book, chapter 3, "Parquet" and "Avro"; ``tfx.components.example_gen.custom_executors``
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import apache_beam as beam
import tensorflow as tf
from tfx.dsl.io import fileio

from utils.ingestion.errors import IngestionError
from utils.ingestion.records import to_example
from utils.pipeline.filled_splits import FilledSplitsExecutor


class ReadRecords(beam.DoFn):
    """Reads one file of records into examples.

    Args:
        kind: What the format is called, for messages.
        read: Yields the records of an opened file, each a dictionary.
    """

    def __init__(self, kind: str, read: Callable[[BinaryIO], Iterator[dict[str, Any]]]) -> None:
        """Keep how to read."""
        self._kind = kind
        self._read = read

    def process(self, path: str) -> Iterator[tf.train.Example]:
        """Read the file.

        Args:
            path: The file.

        Yields:
            An example a record.

        Raises:
            IngestionError: If it is no such file, is damaged, or holds what an example cannot hold.
        """
        number = 0
        try:
            with beam.io.filesystems.FileSystems.open(path) as stream:
                for record in self._read(stream):
                    number += 1
                    yield to_example(record)
        except IngestionError as error:
            raise IngestionError(f"{path}, record {number}: {error.what}", error.cure) from error
        except Exception as error:  # the libraries of both formats raise whatever they stumble over
            raise IngestionError(
                f"{path} is not a file in {self._kind}, or is damaged after its record {number:,} "
                f"({type(error).__name__}: {error}).",
                f"Write or download it again, as {self._kind}.",
            ) from error


def parquet_records(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    """Yield the records of an opened Parquet file, a batch of rows in memory at a time."""
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(stream).iter_batches():
        yield from batch.to_pylist()


def avro_records(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    """Yield the records of an opened Avro file."""
    import fastavro

    for record in fastavro.reader(stream):
        if not isinstance(record, dict):
            raise TypeError(f"a record is {record!r:.80}, which has no columns")
        yield record


@beam.ptransform_fn
@beam.typehints.with_input_types(beam.Pipeline)
@beam.typehints.with_output_types(tf.train.Example)
def from_parquet(
    pipeline: beam.Pipeline, exec_properties: dict[str, Any], split_pattern: str
) -> beam.PCollection:
    """Read Parquet files into examples; the pattern is relative to ``input_base`` in the properties."""
    files = _files(exec_properties, split_pattern)
    reader = ReadRecords("Parquet", parquet_records)
    return pipeline | "Files" >> beam.Create(files) | "Read" >> beam.ParDo(reader)


@beam.ptransform_fn
@beam.typehints.with_input_types(beam.Pipeline)
@beam.typehints.with_output_types(tf.train.Example)
def from_avro(
    pipeline: beam.Pipeline, exec_properties: dict[str, Any], split_pattern: str
) -> beam.PCollection:
    """Read Avro files into examples; the pattern is relative to ``input_base`` in the properties."""
    files = _files(exec_properties, split_pattern)
    reader = ReadRecords("Avro", avro_records)
    return pipeline | "Files" >> beam.Create(files) | "Read" >> beam.ParDo(reader)


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


def _files(exec_properties: dict[str, Any], split_pattern: str) -> list[str]:
    pattern = f"{exec_properties['input_base']}/{split_pattern}"
    found = sorted(fileio.glob(pattern))
    if not found:
        raise IngestionError(
            f"No file matches {pattern}.", "Look at the input folder, the pattern and the span."
        )
    return found
