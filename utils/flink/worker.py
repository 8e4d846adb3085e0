"""Beam's Python worker, which keeps computing while what it has made waits to be sent, and works nothing out twice.

A worker sends its results to its TaskManager in messages of up to 10 MB. The TaskManager holds a hundred of them, and
takes them up only when the worker says that its *bundle* is done, on Flink its whole share of a step. Beam's worker,
for its part, stops when 100 MB wait to be sent (https://github.com/apache/beam/pull/38407). A share that makes more
than both can hold is therefore never done, and the job stands still, without an error: ExampleGen with a million rows.
Here whatever waits stays in the worker's memory, as it did before that change.

A worker is as quick as the notebook, too: :mod:`utils.quick_pipelines`, which the set-up cell switches on there, is
switched on here.
"""

from __future__ import annotations

import functools
import runpy
from typing import Any

from utils import quick_pipelines, third_party

BEAMS = "apache_beam.runners.worker.sdk_worker_main"
"""Beam's Python worker."""


def prepare() -> None:
    """Make this process ready for Beam's worker, which is imported afterwards.

    Every data channel gets a queue without bounds, in which its results wait, and what Beam and TFMA work out again and
    again is worked out once.

    Raises:
        utils.third_party.NameMissingError: An installed package lacks what is changed here. Where it is not imported
            yet, its import raises it.
    """
    quick_pipelines.remember()
    from apache_beam.runners.worker import data_plane
    from apache_beam.utils.byte_limited_queue import ByteLimitedQueue

    channels = third_party.private(data_plane, "_GrpcDataChannel")
    genuine = channels.__init__

    @functools.wraps(genuine)
    def made(channel: Any, *args: Any, **options: Any) -> None:
        genuine(channel, *args, **options)
        third_party.private(channel, "_to_send")
        vars(channel)["_to_send"] = ByteLimitedQueue()

    channels.__init__ = made


if __name__ == "__main__":
    prepare()
    runpy.run_module(BEAMS, run_name="__main__", alter_sys=True)
