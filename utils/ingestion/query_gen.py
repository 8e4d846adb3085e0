"""A query-based ExampleGen for every database that Python can talk to.

Python's databases share one interface, DB-API 2 (PEP 249): a module with ``connect(...)``, a cursor that executes a
query and hands over rows. So one executor serves SQLite here, and Presto, Trino or PostgreSQL elsewhere, when their
module is installed.

Source: book, chapter 3, "Ingesting Data Directly from Databases"; ``tfx.components.example_gen.component``
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import apache_beam as beam
import tensorflow as tf
from tfx import v1 as tfx
from tfx.components.example_gen.component import QueryBasedExampleGen
from tfx.dsl.components.base.executor_spec import BeamExecutorSpec

from utils.ingestion.errors import IngestionError
from utils.ingestion.records import to_example
from utils.pipeline import custom_config
from utils.pipeline.filled_splits import FilledSplitsExecutor

ROWS_AT_ONCE = 1_000
"""Rows fetched from the database at a time, so that memory stays flat."""


class ReadRows(beam.DoFn):
    """Runs a query and hands over its rows as examples."""

    def __init__(self, module: str, connect: Mapping[str, Any]) -> None:
        """Keep how to connect; the connection is made where the query runs."""
        self._module = module
        self._connect = dict(connect)

    def process(self, query: str) -> Iterator[tf.train.Example]:
        """Run the query.

        Args:
            query: One ``SELECT``.

        Yields:
            An example a row; NULL is a feature without a value.

        Raises:
            IngestionError: If the database's module is not installed, or it refuses the query.
        """
        database = _import(self._module)
        try:
            with closing(database.connect(**self._connect)) as connection:
                cursor = connection.cursor()
                cursor.execute(query)
                names = [column[0] for column in cursor.description]
                while rows := cursor.fetchmany(ROWS_AT_ONCE):
                    for row in rows:
                        yield to_example(dict(zip(names, row, strict=True)))
        except IngestionError:
            raise
        except getattr(database, "Error", Exception) as error:
            raise IngestionError(
                f"The database refuses the query: {error}.",
                "Correct the query or the connection; try the query on the database by itself first.",
            ) from error


@beam.ptransform_fn
@beam.typehints.with_input_types(beam.Pipeline)
@beam.typehints.with_output_types(tf.train.Example)
def _from_query(
    pipeline: beam.Pipeline, exec_properties: dict[str, Any], split_pattern: str
) -> beam.PCollection:
    options = custom_config.unpack(exec_properties["custom_config"])
    reader = ReadRows(options["module"], options["connect"])
    return pipeline | "Query" >> beam.Create([split_pattern]) | "Read" >> beam.ParDo(reader)


class DatabaseExecutor(FilledSplitsExecutor):
    """The executor of :class:`DatabaseExampleGen`. All that it adds to TFX's own is where the rows come from."""

    def GetInputSourceToExamplePTransform(self) -> beam.PTransform:
        """Return the transform from a query to examples."""
        return _from_query


class DatabaseExampleGen(QueryBasedExampleGen):
    """ExampleGen over a query.

    Args:
        query: One ``SELECT``; ``@span_yyyymmdd_utc`` in it stands for the day of the span in ``range_config``.
        connect: Arguments for the module's ``connect``. They are stored in ML Metadata, so leave passwords out.
        module: The database's Python module.
        version: What the database holds, in short. TFX cannot look into the database, so without it the cache
            answers an equal query even after the rows have changed.
        output_config: Splits; two thirds ``train`` and a third ``eval`` unless given.
        range_config: The span to read.
    """

    EXECUTOR_SPEC = BeamExecutorSpec(DatabaseExecutor)

    def __init__(
        self,
        query: str,
        connect: Mapping[str, Any],
        module: str = "sqlite3",
        version: str = "",
        output_config: tfx.proto.Output | None = None,
        range_config: tfx.proto.RangeConfig | None = None,
    ) -> None:
        """Build the component."""
        secret = [name for name in connect if "pass" in name.lower() or "token" in name.lower()]
        if secret:
            raise IngestionError(
                f"connect holds {secret[0]!r}, which ML Metadata would keep in plain text.",
                "Leave it out, and let the database's own client find it, in its configuration or the environment.",
            )
        options = {"module": module, "connect": dict(connect), "version": version}
        splits = [tfx.proto.Input.Split(name="query", pattern=query)]
        super().__init__(
            input_config=tfx.proto.Input(splits=splits),
            output_config=output_config,
            range_config=range_config,
            custom_config=custom_config.pack(options),
        )


def _import(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise IngestionError(
            f"The database's Python module {module!r} is not installed.",
            "Install it in the environment in which the pipeline runs, or name another module.",
        ) from error
