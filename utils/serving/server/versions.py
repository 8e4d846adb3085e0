"""Which versions of a model there are, and which of them are to be served.

Source: https://www.tensorflow.org/tfx/serving/serving_config#serving_a_specific_version_of_a_model
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from utils.serving.server.status import Code, StatusError

_LOG = logging.getLogger(__name__)

_LARGEST = 2**63 - 1


def find(base_path: str) -> dict[int, str]:
    """Find the versions of a model.

    Args:
        base_path: The folder, or the URL of a folder that TensorFlow's file systems can read.

    Returns:
        The path of each version by its number: every entry that is named by a number.

    Raises:
        StatusError: If there is no such folder.
    """
    try:
        names = [name.rstrip("/") for name in tf.io.gfile.listdir(base_path)]
    except tf.errors.OpError as error:
        raise StatusError(Code.NOT_FOUND, f"Could not find base path {base_path}") from error
    paths: dict[int, str] = {}
    for name in sorted(names):
        if name.isascii() and name.isdecimal() and int(name) <= _LARGEST:
            if int(name) in paths:
                _LOG.warning(
                    "Version %s is there twice: %s is loaded, %s is not.",
                    int(name),
                    name,
                    paths[int(name)],
                )
            paths[int(name)] = f"{base_path.rstrip('/')}/{name}"
    return paths


def choose(policy: Any, found: Mapping[int, str]) -> dict[int, str]:
    """Choose the versions to serve.

    Args:
        policy: A ``ServableVersionPolicy`` message: the latest few (one, where nothing is said), all, or specific ones.
        found: The path of each version that there is.

    Returns:
        The path of each version to serve.
    """
    kind = policy.WhichOneof("policy_choice")
    if kind == "all":
        return dict(found)
    if kind == "specific":
        wanted = set(policy.specific.versions)
        for missing in sorted(wanted - set(found)):
            _LOG.warning("Version %d is to be served, and is not there.", missing)
        return {number: path for number, path in found.items() if number in wanted}
    count = max(policy.latest.num_versions, 1)
    return {number: found[number] for number in sorted(found)[-count:]}
