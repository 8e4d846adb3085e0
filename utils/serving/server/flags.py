"""TensorFlow Serving's own command-line flags.

Source: https://github.com/tensorflow/serving/blob/master/tensorflow_serving/model_servers/main.cc
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from utils.errors import WorkbookError, did_you_mean

THREADS = 4 * (os.cpu_count() or 1)
"""How many threads take requests, of gRPC and of REST each, unless a flag says otherwise."""


class FlagError(WorkbookError, ValueError):
    """A flag that does not exist, has a value that it cannot have, or that the stand-in cannot honour."""


def _flag(default: Any, says: str, *, effect: bool = True, refused: bool = False) -> Any:
    return dataclasses.field(
        default=default, metadata={"says": says, "effect": effect, "refused": refused}
    )


@dataclass(frozen=True)
class Flags:
    """What the command line says: a field for each flag, with its default."""

    port: int = _flag(8500, "TCP port of the gRPC interface; 0 for none")
    grpc_socket_path: str = _flag("", "UNIX socket of the gRPC interface")
    rest_api_port: int = _flag(0, "TCP port of the REST interface; 0 for none")
    rest_api_num_threads: int = _flag(THREADS, "threads that answer REST requests")
    rest_api_timeout_in_ms: int = _flag(30_000, "milliseconds after which a REST request fails")
    rest_api_enable_cors_support: bool = _flag(False, "whether pages of other sites may ask")
    enable_batching: bool = _flag(False, "whether requests are put together into batches")
    allow_version_labels_for_unavailable_models: bool = _flag(
        False, "whether a new label may name a version that is not available"
    )
    batching_parameters_file: str = _flag("", "a BatchingParameters message, as text")
    enable_per_model_batching_parameters: bool = _flag(
        False, "whether each SavedModel's batching_params.pbtxt says how it is batched"
    )
    model_config_file: str = _flag("", "a ModelServerConfig message, as text")
    model_config_file_poll_wait_seconds: int = _flag(0, "seconds between looks at it; 0 for one")
    model_name: str = _flag("default", "the model's name, without --model_config_file")
    model_base_path: str = _flag("", "the folder of its versions, without --model_config_file")
    max_num_load_retries: int = _flag(5, "how often loading is tried again")
    load_retry_interval_micros: int = _flag(60_000_000, "microseconds between two tries")
    file_system_poll_wait_seconds: int = _flag(
        1, "seconds between looks for versions; 0 for one look, below 0 for none"
    )
    tensorflow_session_parallelism: int = _flag(0, "TensorFlow's threads, of both kinds")
    tensorflow_intra_op_parallelism: int = _flag(0, "TensorFlow's threads within an operation")
    tensorflow_inter_op_parallelism: int = _flag(0, "operations that TensorFlow runs at once")
    saved_model_tags: str = _flag("serve", "tags of the graph to load, separated by commas")
    grpc_channel_arguments: str = _flag("", "settings of gRPC, as name=value,name=value")
    grpc_max_threads: int = _flag(THREADS, "threads that answer gRPC requests")
    enable_model_warmup: bool = _flag(True, "whether a version is warmed up by its own requests")
    num_request_iterations_for_warmup: int = _flag(0, "how often each of those is run; 0 for once")
    version: bool = _flag(False, "print the version and end")
    monitoring_config_file: str = _flag("", "a MonitoringConfig message, as text")
    prefer_tflite_model: bool = _flag(False, "whether model.tflite is served where there is one")
    num_tflite_pools: int = _flag(os.cpu_count() or 1, "how many pools of TFLite interpreters")
    num_tflite_interpreters_per_pool: int = _flag(1, "how many TFLite interpreters in each pool")
    enable_signature_method_name_check: bool = _flag(
        False, "whether a signature's method must be the one that is asked for"
    )
    enable_serialization_as_tensor_content: bool = _flag(
        False, "whether gRPC's answers hold raw bytes instead of lists of values"
    )
    host: str = _flag("127.0.0.1", "the stand-in's own flag: the address to listen on")

    num_load_threads: int = _flag(0, "each version loads in a thread of its own", effect=False)
    num_unload_threads: int = _flag(0, "as for loading", effect=False)
    flush_filesystem_caches: bool = _flag(True, "caches are the system's business", effect=False)
    per_process_gpu_memory_fraction: float = _flag(0.0, "there is no GPU", effect=False)
    remove_unused_fields_from_bundle_metagraph: bool = _flag(
        True, "they are always removed", effect=False
    )
    xla_cpu_compilation_enabled: bool = _flag(False, "TensorFlow decides", effect=False)
    xla_gpu_compilation_enabled: bool = _flag(False, "there is no GPU", effect=False)
    enable_profiler: bool = _flag(True, "there is no profiler service", effect=False)
    skip_initialize_tpu: bool = _flag(False, "there is no TPU", effect=False)
    enable_grpc_healthcheck_service: bool = _flag(False, "there is no health service", effect=False)

    use_alts_credentials: bool = _flag(False, "Google's ALTS", refused=True)
    ssl_config_file: str = _flag("", "encryption", refused=True)
    platform_config_file: str = _flag("", "other platforms", refused=True)
    tensorflow_session_config_file: str = _flag("", "settings of TensorFlow", refused=True)
    thread_pool_factory_config_file: str = _flag("", "other thread pools", refused=True)
    mixed_precision: str = _flag("", "mixed precision", refused=True)


_FIELDS = {field.name: field for field in dataclasses.fields(Flags)}


def without_effect() -> tuple[str, ...]:
    """Return the names of the flags that are taken and change nothing."""
    return tuple(name for name, field in _FIELDS.items() if not field.metadata["effect"])


def refused() -> tuple[str, ...]:
    """Return the names of TensorFlow Serving's flags that the stand-in refuses, since it cannot honour them."""
    return tuple(name for name, field in _FIELDS.items() if field.metadata["refused"])


def parse(arguments: Sequence[str]) -> Flags:
    """Read a command line.

    Args:
        arguments: ``--flag=value`` as TensorFlow Serving takes them, and ``--flag value``; for a truth value also
            ``--flag`` and ``--noflag``.

    Returns:
        The flags.

    Raises:
        FlagError: For a flag that does not exist, or that the stand-in cannot honour, and for a value of the wrong
            type or a port that there is not.
    """
    values: dict[str, Any] = {}
    rest = list(arguments)
    while rest:
        name, value = _next(rest)
        values[name] = _converted(name, value)
        if name in refused() and values[name] != _FIELDS[name].default:
            raise FlagError(
                f"The stand-in cannot honour --{name} ({_FIELDS[name].metadata['says']}).",
                "Leave it out, or start TensorFlow Serving itself.",
            )
    for name in ("port", "rest_api_port"):
        if not 0 <= values.get(name, 0) <= 65535:
            raise FlagError(f"--{name}={values[name]} is no port.", "It takes 0 to 65535.")
    return Flags(**values)


def _next(rest: list[str]) -> tuple[str, str]:
    """Take the next flag and its value off the command line."""
    argument = rest.pop(0)
    name, equals, value = argument.removeprefix("--").partition("=")
    if argument.startswith("--no") and not equals and _is_bool(name[2:]):
        return name[2:], "false"
    if not argument.startswith("--") or name not in _FIELDS:
        raise FlagError(
            f"unknown argument: {argument}", did_you_mean(f"--{name}", _written(_FIELDS))
        )
    if equals:
        return name, value
    if _is_bool(name):
        return name, "true"
    if not rest:
        raise FlagError(f"--{name} has no value.", f"Write --{name}=VALUE.")
    return name, rest.pop(0)


def _is_bool(name: str) -> bool:
    return name in _FIELDS and isinstance(_FIELDS[name].default, bool)


def _converted(name: str, value: str) -> Any:
    kind: Any = type(_FIELDS[name].default)
    try:
        return {"true": True, "false": False}[value] if kind is bool else kind(value)
    except (KeyError, ValueError) as error:
        raise FlagError(
            f"Couldn't interpret value {value} for flag {name}.",
            "Write true or false." if kind is bool else f"It takes {kind.__name__} values.",
        ) from error


def _written(names: Iterable[str]) -> list[str]:
    return [f"--{name}" for name in names]


def usage() -> str:
    """Return a line for each flag."""
    return "\n".join(
        f"  --{name}={field.default!s:<12} {_remark(field.metadata)}"
        for name, field in _FIELDS.items()
    )


def _remark(metadata: Any) -> str:
    if metadata["refused"]:
        return f"refused, unless it is left as it is: {metadata['says']}"
    return metadata["says"] if metadata["effect"] else f"without effect: {metadata['says']}"
