"""The base of ExampleGen's executors here: TFX's own, which refuses a split without rows, and runs as edited.

TFX writes an empty split without a word. StatisticsGen, SchemaGen and ExampleValidator accept it, and Transform or
the Trainer then stop with an error that names neither the split nor the file.

TFX takes an executor as it was once loaded, while its fingerprint changes with every edit. So here an executor is
loaded anew, with all that it imports, before it runs edited code.
"""

from __future__ import annotations

import abc
import sys
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from apache_beam.io.filesystems import FileSystems
from tfx import types
from tfx.components.example_gen.base_example_gen_executor import BaseExampleGenExecutor
from tfx.dsl.io import fileio
from tfx.proto import example_gen_pb2
from tfx.types import artifact_utils, standard_component_specs
from tfx.utils import proto_utils

from utils.errors import WorkbookError

from . import fingerprint


class EmptySplitError(WorkbookError, ValueError):
    """A split of examples that got no rows."""


class FilledSplitsExecutor(BaseExampleGenExecutor, abc.ABC):
    """An ExampleGen executor whose splits all have rows, or that fails."""

    loaded: ClassVar[Mapping[str, bytes]]
    """The sources that the class was loaded from."""

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        cls.loaded = fingerprint.sources(cls.__module__)

    def Do(
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Write the examples as TFX does, by the code as it is now, and look at each split.

        Args:
            input_dict: No artifacts.
            output_dict: The artifact ``examples``.
            exec_properties: The component's settings.

        Raises:
            EmptySplitError: If a split has no rows.
        """
        latest = self._latest()
        if fingerprint.reload_edited(latest.__module__, latest.loaded):
            latest = self._latest()
        if latest is not type(self):
            latest(self._context).Do(input_dict, output_dict, exec_properties)
            return
        super().Do(input_dict, output_dict, exec_properties)
        check(output_dict[standard_component_specs.EXAMPLES_KEY], exec_properties)

    @classmethod
    def _latest(cls) -> type[FilledSplitsExecutor]:
        """Return the class as its module has it now; one of a notebook or inside a function stays as it is."""
        return getattr(sys.modules[cls.__module__], cls.__qualname__, cls) if cls.loaded else cls


def check(made: Sequence[types.Artifact], exec_properties: Mapping[str, Any]) -> None:
    """Refuse examples of which a split has no rows.

    Args:
        made: What an ExampleGen has put out.
        exec_properties: Its settings, for the message.

    Raises:
        EmptySplitError: If a split has no rows.
    """
    for examples in made:
        names = artifact_utils.decode_split_names(examples.split_names)
        empty = [
            name for name in names if not _has_rows(artifact_utils.get_split_uri([examples], name))
        ]
        if empty:
            raise _error(empty, len(names), exec_properties)


def _has_rows(uri: str) -> bool:
    for path in fileio.glob(f"{uri}/*"):
        with FileSystems.open(path) as file:
            if file.read(1):
                return True
    return False


def _error(empty: list[str], count: int, exec_properties: Mapping[str, Any]) -> EmptySplitError:
    given, made = example_gen_pb2.Input(), example_gen_pb2.Output()
    proto_utils.json_to_proto(exec_properties[standard_component_specs.INPUT_CONFIG_KEY], given)
    proto_utils.json_to_proto(exec_properties[standard_component_specs.OUTPUT_CONFIG_KEY], made)
    patterns = {split.name: split.pattern for split in given.splits}
    shares = {split.name: split.hash_buckets for split in made.split_config.splits}
    name = empty[0]
    if shares and len(empty) < count:
        return EmptySplitError(
            f"The split {name!r} got no rows: none fell into its share, {shares[name]} of "
            f"{sum(shares.values())} hash buckets.",
            "Give ExampleGen more rows, or split them in another way.",
        )
    source = patterns.get(name, next(iter(patterns.values())))
    who = f"The split {name!r}" if not shares else "ExampleGen"
    return EmptySplitError(
        f"{who} got no rows: {source!r} gives none; a CSV file with nothing but a header has none.",
        "Look at what it reads, and give it a source with rows.",
    )
