"""tf.Transform without a pipeline: a table in, a ``preprocessing_fn`` over it, a table out.

What this does in a few lines the Transform component does with files: *analyze* reads all rows once to learn
averages, quantiles and vocabularies; *apply* turns rows into features, these or any others.

Source: book, chapter 5, standalone tf.Transform; https://www.tensorflow.org/tfx/transform/get_started
"""

from __future__ import annotations

import contextlib
import functools
import logging
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils import folders, paths
from utils.errors import did_you_mean
from utils.preprocessing import frames
from utils.preprocessing.errors import PreprocessingError, translated
from utils.progress import working

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import tensorflow_transform as tft

PreprocessingFn = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""From a batch of columns by name, as tensors, to a batch of features by name."""


@dataclass(frozen=True, eq=False)
class Standalone:
    """What a ``preprocessing_fn`` made of a table, and what it learnt.

    Attributes:
        before: The rows that were analyzed.
        after: The same rows as features, in the same order. A feature of one number per row is a column of numbers, one
            of many is a column of lists.
        folder: The saved transform graph. It is deleted when nothing refers to this object any more.
        dense: The columns that the graph takes as dense tensors.
    """

    before: pd.DataFrame
    after: pd.DataFrame
    folder: Path
    dense: frozenset[str]

    @property
    def output(self) -> tft.TFTransformOutput:
        """The saved graph, as Trainer and server load it."""
        import tensorflow_transform as tft

        return tft.TFTransformOutput(str(self.folder))

    def vocabulary(self, name: str) -> list[str]:
        """Return the values of a vocabulary, in the order of their indices.

        Args:
            name: What was given as ``vocab_filename``.

        Raises:
            PreprocessingError: There is no vocabulary of that name, or it is empty.
        """
        assets = sorted(path.name for path in (self.folder / "transform_fn/assets").glob("*"))
        if name not in assets:
            cure = did_you_mean(name, assets) if assets else "Name one with vocab_filename=..."
            raise PreprocessingError(f"The function has made no vocabulary named {name!r}.", cure)
        values = frames.vocabulary(self.output, name)
        if not values:
            raise PreprocessingError(
                f"The vocabulary {name!r} is empty: every value of it was too rare, or missing.",
                "Lower frequency_threshold, or analyze more rows.",
            )
        return values

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Turn other rows into features by what was learnt from :attr:`before`; nothing is learnt from them.

        This is the path of a server: the saved graph is called, without Beam.

        Args:
            frame: Rows with the same columns, further ones are ignored; one row is enough.

        Returns:
            The features, one row per row.

        Raises:
            PreprocessingError: A column is missing, holds another kind of values, or has gaps where none were known.
        """
        import pandas as pd

        known = frames.kinds(self.before)
        for name in known:
            if name not in frame.columns:
                raise PreprocessingError(
                    f"The rows lack the column {name!r}, with which the function was analyzed.",
                    did_you_mean(name, frame.columns),
                )
        rows = frame[list(known)]
        for name, kind in frames.kinds(rows).items():
            if rows[name].notna().any() and (kind == frames.TEXT) != (known[name] == frames.TEXT):
                raise PreprocessingError(
                    f"{name!r} holds {kind}, and held {known[name]} when the function was analyzed.",
                    "Read both tables alike, for example with pd.read_csv(..., dtype=str).",
                )
            if name in self.dense and rows[name].isna().any():
                raise PreprocessingError(
                    f"{name!r} has missing values, and had none when the function was analyzed.",
                    "Analyze rows that show what can be missing, or fill the column first.",
                )
        tensors = frames.to_tensors(rows, known, self.dense)
        features = self.output.transform_features_layer()(tensors)
        columns = {name: frames.from_tensor(features[name]) for name in self.after.columns}
        return pd.DataFrame(columns, index=frame.index)


def run(preprocessing_fn: PreprocessingFn, frame: pd.DataFrame) -> Standalone:
    """Analyze a table with a ``preprocessing_fn``, and apply it to the same table.

    A column without missing values reaches the function as a tensor ``[rows]``, one with missing values as a sparse
    tensor ``[rows, at most 1]``: as the Transform component does it when the schema allows gaps.

    Args:
        preprocessing_fn: The function; it may use all of tf and tft.
        frame: The rows. Texts become strings, whole numbers int64, other numbers float32.

    Returns:
        The table before and after, and the saved graph.

    Raises:
        PreprocessingError: The data or the function cannot be worked with; the message names the cure.
    """
    import pandas as pd

    known, dense, order = frames.kinds(frame), frames.dense_columns(frame), list[str]()
    place = folders.make(paths.build() / "transforms")
    folder = Path(tempfile.mkdtemp(dir=place))
    made = Standalone(frame, pd.DataFrame(index=frame.index), folder / "graph", dense)
    weakref.finalize(made, shutil.rmtree, folder, ignore_errors=True)
    with working(getattr(preprocessing_fn, "__name__", "tf.Transform")), _told_once():
        try:
            _analyze(
                checked(preprocessing_fn, order),
                frames.to_arrow(frame, known),
                known,
                dense,
                folder,
            )
        except PreprocessingError:
            raise
        except Exception as error:
            raise translated(error, known, preprocessing_fn) from error
        columns = frames.from_arrow(_read(folder / "after"), made.output.transformed_feature_spec())
    for name in order:
        made.after[name] = pd.Series(columns[name], index=frame.index)
    return made


def checked(preprocessing_fn: PreprocessingFn, order: list[str] | None = None) -> PreprocessingFn:
    """Return the same function, refusing what it must not return with a message that names the cure.

    Args:
        preprocessing_fn: The function.
        order: Where the names of the features are noted, in the function's order; None for nowhere.
    """
    import tensorflow as tf

    @functools.wraps(preprocessing_fn)
    def wrapper(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        features = preprocessing_fn(inputs)
        if not isinstance(features, Mapping) or not features:
            raise PreprocessingError(
                f"The function returns {type(features).__name__}, not a dictionary of features.",
                "End it with return {'name': tensor, ...}.",
            )
        for name, feature in features.items():
            if isinstance(feature, tf.Tensor) and feature.shape.rank == 0:
                raise PreprocessingError(
                    f"The feature {name!r} is one number for all rows, not one per row.",
                    "An analyzer's result is used in a computation with a column, for example "
                    "inputs['words'] - tft.mean(inputs['words']).",
                )
            if isinstance(feature, tf.Tensor) and None in (feature.shape.as_list() or [])[1:]:
                raise _unknown_width(name, inputs)
        if order is not None:
            order[:] = features
        return features

    return wrapper


def _unknown_width(feature: str, inputs: Mapping[str, Any]) -> PreprocessingError:
    import tensorflow as tf

    sparse = sorted(
        repr(name) for name, column in inputs.items() if isinstance(column, tf.SparseTensor)
    )
    what = f"The feature {feature!r} has an unknown number of values in each row."
    if not sparse:
        return PreprocessingError(
            what,
            "Return it as a SparseTensor, or give it a width with tf.ensure_shape(tensor, [None, 3]).",
        )
    return PreprocessingError(
        f"{what} {_listed(sparse)} missing values, and tf.sparse.to_dense gives a sparse column "
        "an unknown width.",
        "Fill the column with transform.fill_in_missing(inputs[...]), which gives one value for each row, or return "
        "the SparseTensor itself.",
    )


def _listed(names: list[str]) -> str:
    if len(names) == 1:
        return f"The column {names[0]} is sparse, because it has"
    return f"The columns {', '.join(names)} are sparse, because they have"


@contextlib.contextmanager
def _told_once() -> Iterator[None]:
    """Keep Beam from printing the error that is raised anyway."""
    logger = logging.getLogger("apache_beam")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _analyze(
    preprocessing_fn: PreprocessingFn,
    batch: pa.RecordBatch,
    known: Mapping[str, str],
    dense: frozenset[str],
    folder: Path,
) -> None:
    import apache_beam as beam
    import tensorflow_transform.beam as tft_beam
    from apache_beam.options.pipeline_options import PipelineOptions
    from tensorflow_transform.tf_metadata import schema_utils
    from tfx_bsl.tfxio import tensor_adapter, tensor_representation_util

    from utils.pipeline.runners import BEAM_PIPELINE_ARGS

    schema = schema_utils.schema_from_feature_spec(frames.feature_spec(known, dense))
    representations = tensor_representation_util.InferTensorRepresentationsFromMixedSchema(schema)
    config = tensor_adapter.TensorAdapterConfig(batch.schema, representations)
    options = PipelineOptions(list(BEAM_PIPELINE_ARGS))
    with beam.Pipeline(options=options) as pipeline, tft_beam.Context(str(folder / "temp")):
        data = pipeline | beam.Create([batch])
        (after, _), graph = (data, config) | tft_beam.AnalyzeAndTransformDataset(
            preprocessing_fn, output_record_batches=True
        )
        _ = graph | tft_beam.WriteTransformFn(str(folder / "graph"))
        _ = after | beam.Map(_write, str(folder / "after"))


def _write(transformed: tuple[pa.RecordBatch, Mapping[str, Any]], file: str) -> None:
    import pyarrow as pa

    with pa.OSFile(file, "wb") as sink, pa.ipc.new_file(sink, transformed[0].schema) as writer:
        writer.write_batch(transformed[0])


def _read(file: Path) -> pa.RecordBatch:
    import pyarrow as pa

    with pa.OSFile(str(file), "rb") as source:
        return pa.ipc.open_file(source).get_batch(0)
