"""Apache Flink on this machine: Beam's work inside TFX's components, spread over processes that could be machines.

:mod:`.cluster` starts and stops it, :mod:`.rest` asks it what it did, :mod:`.arguments` has what TFX is told, here and
elsewhere, and :mod:`.views` draws the answers.
"""

from utils.flink.cluster import Cluster, start, start_or_recall
from utils.flink.errors import FlinkError

__all__ = ["Cluster", "FlinkError", "start", "start_or_recall"]
