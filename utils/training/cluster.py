"""``TF_CONFIG``: how each of several machines learns who the others are, written and checked without any of them.

Source: book, chapter 6, "Distribution strategies"; https://www.tensorflow.org/guide/distributed_training#TF_CONFIG
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence

from utils.training.errors import TrainingError


def tf_config(workers: Sequence[str], index: int) -> str:
    """Write the variable for one worker of ``MultiWorkerMirroredStrategy``.

    Args:
        workers: The address of each worker, ``host:port``, in the same order on all of them.
        index: Which of them this machine is, from 0; worker 0 also writes the model.

    Returns:
        JSON for the environment variable ``TF_CONFIG``.

    Raises:
        TrainingError: For an address without a port, one that is named twice, or an index beyond the workers.
    """
    if isinstance(workers, str) or not workers:
        raise TrainingError(
            f"workers is {workers!r}.",
            'Give a list of addresses, for example ["ada:2222", "bob:2222"].',
        )
    for address in workers:
        if not re.fullmatch(r"[^\s:/]+:\d{1,5}", address):
            raise TrainingError(
                f"{address!r} is no address of a worker.", "Write host:port, for example ada:2222."
            )
    if len(set(workers)) < len(workers):
        raise TrainingError(
            "A worker is named twice.", "Give each machine, or each port of a machine, once."
        )
    if not 0 <= index < len(workers):
        raise TrainingError(
            f"There is no worker {index} among {len(workers)}.",
            f"Workers are counted from 0 to {len(workers) - 1}.",
        )
    cluster = {"cluster": {"worker": list(workers)}, "task": {"type": "worker", "index": index}}
    return json.dumps(cluster)


def understood(text: str) -> Mapping[str, object]:
    """Return what TensorFlow itself reads in a ``TF_CONFIG``.

    Args:
        text: The variable's value.

    Returns:
        ``workers`` (their addresses), ``task`` (type and index of this machine) and ``chief`` (whether it is the one
        that writes the model).
    """
    import tensorflow as tf

    before = os.environ.get("TF_CONFIG")
    os.environ["TF_CONFIG"] = text
    try:
        resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
        workers = resolver.cluster_spec().as_dict()["worker"]
        task = (resolver.task_type, resolver.task_id)
    finally:
        if before is None:
            del os.environ["TF_CONFIG"]
        else:
            os.environ["TF_CONFIG"] = before
    return {"workers": workers, "task": task, "chief": task == ("worker", 0)}
