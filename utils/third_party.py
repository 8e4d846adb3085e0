"""What the workbook uses of installed packages beyond their public interface, named in one place.

Such a name may disappear with any release of the package. Whoever uses one asks for it through :func:`private`, so that
its absence is told in one sentence, and lists it in :data:`PRIVATE`, which a test compares with the installed packages.
What the displays replace in other packages is listed by their own ``hooks()`` and checked when it is hooked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from utils.errors import WorkbookError


class NameMissingError(WorkbookError):
    """An installed package lacks a name that the workbook relies on."""


@dataclass(frozen=True)
class Private:
    """One private name of another package.

    Attributes:
        owner: Where the name lives, as ``"module:Class"``.
        names: The attribute's names. Those that only instances have are set in a method of the class.
        parameters: For a method, the parameters that the workbook passes, in order; None for other attributes.
    """

    owner: str
    names: Sequence[str]
    parameters: Sequence[str] | None = None


_LAUNCHER = "tfx.orchestration.launcher.in_process_component_launcher:InProcessComponentLauncher"

PRIVATE: Mapping[str, Sequence[Private]] = {
    "displays/facets.py": (
        Private(
            "tensorflow_data_validation.utils.display_util",
            ["_get_combined_statistics"],
            [
                *("lhs_statistics", "rhs_statistics", "lhs_name", "rhs_name"),
                *("allowlist_features", "denylist_features"),
            ],
        ),
    ),
    "displays/whatif_widget.py": (
        Private("anywidget:AnyWidget", ["_view_module_version"]),
        Private("witwidget.notebook.jupyter.wit:WitWidget", ["_generate_sprite"], []),
    ),
    "displays/witwidget_compat.py": (Private("grpc.beta.implementations:Channel", ["_channel"]),),
    "exercises/chapter_09.py": (
        Private("tensorflow.lite.python.interpreter:Interpreter", ["_get_ops_details"], []),
    ),
    "flink/worker.py": (
        Private("apache_beam.runners.worker.data_plane:_GrpcDataChannel", ["_to_send"]),
        Private("apache_beam.runners.worker.data_plane", ["_GrpcDataChannel"]),
    ),
    "lineage/steps.py": (
        Private(_LAUNCHER, ["_input_dict", "_output_dict", "_exec_properties", "_component_info"]),
        Private(_LAUNCHER, ["_run_driver"], ["input_dict", "output_dict", "exec_properties"]),
        Private(
            _LAUNCHER,
            ["_run_executor"],
            ["execution_id", "input_dict", "output_dict", "exec_properties"],
        ),
        Private(_LAUNCHER, ["_run_publisher"], ["output_dict"]),
    ),
    "optimisation/legacy.py": (
        Private("tensorflow.python.autograph.core.config", ["CONVERSION_RULES", "DoNotConvert"]),
    ),
    "quick_pipelines.py": (
        Private("apache_beam.transforms.core", ["get_function_args_defaults"], ["f"]),
        Private(
            "apache_beam.runners.worker.statecache",
            ["get_deep_size", "_filter_func", "_get_referents_func", "_size_func"],
        ),
        Private(
            "apache_beam.options.pipeline_options:PipelineOptions",
            ["_all_options", "_flags", "_visible_options"],
        ),
        Private(
            "tensorflow_model_analysis.metrics.metric_util",
            ["to_label_prediction_example_weight"],
            ["inputs", "eval_config"],
        ),
    ),
    "serving/server/models.py": (
        Private(
            "tensorflow.python.client.session:BaseSession",
            ["_make_callable_from_options"],
            ["callable_options"],
        ),
    ),
    "session/baseline.py": (
        Private("tfx.orchestration.metadata:Metadata", ["_artifact_and_event_pairs"]),
    ),
    "training/views/network.py": (
        Private("keras.src.ops.operation:Operation", ["_inbound_nodes"]),
        Private("keras.src.ops.node:Node", ["_keras_history"]),
    ),
}
"""By file below ``utils``, the private names of other packages that it uses."""


def private(owner: Any, name: str) -> Any:
    """Return a private attribute of another package's object.

    Args:
        owner: The module, class or object.
        name: The attribute's name, listed in :data:`PRIVATE`.

    Returns:
        The attribute.

    Raises:
        NameMissingError: The object has no such attribute.
    """
    try:
        return getattr(owner, name)
    except AttributeError as error:
        raise missing(f"{_place(owner)}.{name}") from error


def missing(name: str) -> NameMissingError:
    """Return the error for a name that an installed package lacks.

    Args:
        name: The name in full, beginning with the import name of the package.

    Returns:
        An error that names the package, its installed version and the name.
    """
    package = name.partition(".")[0]
    distributions = sorted(set(metadata.packages_distributions().get(package, [package])))
    return NameMissingError(
        f"The installed {' or '.join(map(_with_version, distributions))} has no {name}, which this workbook relies on.",
        "Install the versions that requirements.txt names.",
    )


def _with_version(distribution: str) -> str:
    try:
        return f"{distribution} {metadata.version(distribution)}"
    except metadata.PackageNotFoundError:
        return distribution


def _place(owner: Any) -> str:
    if hasattr(owner, "__name__"):
        return ".".join(filter(None, (getattr(owner, "__module__", ""), owner.__name__)))
    return f"{type(owner).__module__}.{type(owner).__qualname__}"
