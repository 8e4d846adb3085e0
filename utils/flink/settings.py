"""The settings of a small Flink cluster on one machine: what differs from Flink's own defaults, and why.

Source: https://nightlies.apache.org/flink/flink-docs-release-1.19/docs/deployment/config/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from utils import services

OPENED = (
    *("java.util", "java.lang", "java.net", "java.io", "java.nio", "java.text", "java.time"),
    *("java.lang.reflect", "java.util.concurrent", "java.util.concurrent.atomic"),
    *("java.util.concurrent.locks", "sun.nio.ch"),
)
"""Packages of Java's own module into which Flink, Beam and their serializers look by reflection."""

EXPORTED = (
    "java.base/sun.net.util", "java.security.jgss/sun.security.krb5", "java.rmi/sun.rmi.registry",
    "jdk.compiler/com.sun.tools.javac.util",
)  # fmt: skip
"""Packages that Flink's own start scripts let it see, besides."""

LOG = """\
rootLogger.level = WARN
rootLogger.appenderRef.console.ref = Console
appender.console.name = Console
appender.console.type = CONSOLE
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %-5p %c{1} %m%n
"""
"""What is logged: warnings and errors, to where a service's output goes."""


@dataclass(frozen=True)
class Memory:
    """How much memory the parts of a cluster may take, in megabytes.

    Attributes:
        job_manager: The JobManager's heap.
        task_manager: A TaskManager's process, its Python worker not included.
        managed: The part of it in which Flink sorts; all sorters of a slot share it.
        network: The part of it through which records travel between operators.
        direct: The part of it outside Java's heap through which messages from Python workers arrive.
        job_server: The heap of Beam's job server.
    """

    job_manager: int
    task_manager: int
    managed: int
    network: int
    direct: int
    job_server: int


SMALL = Memory(
    job_manager=768, task_manager=1536, managed=200, network=192, direct=0, job_server=512
)
"""Enough for ExampleGen and StatisticsGen."""

LARGE = Memory(
    job_manager=1536, task_manager=5000, managed=1200, network=512, direct=600, job_server=700
)
"""Enough for Transform, whose job has 1,500 tasks and records that hold graphs of several megabytes, and for a million
rows: a TaskManager's heap, 1.8 GB, takes the hundred messages of 10 MB that may wait for it."""


def flink(memory: Memory, restarts: int = 0, delay: int = 15) -> dict[str, str]:
    """Return Flink's settings.

    Args:
        memory: How much each part may take.
        restarts: How often the cluster starts a job again that has lost a TaskManager.
        delay: Seconds before it does.

    Returns:
        Names and values, as ``config.yaml`` has them. Ports are not among them.
    """
    strategy = {"restart-strategy.type": "disable"}
    if restarts:
        strategy = {
            "restart-strategy.type": "fixed-delay",
            "restart-strategy.fixed-delay.attempts": f"{restarts}",
            "restart-strategy.fixed-delay.delay": f"{delay} s",
            # By default each lost task counts as a failure, so that one lost TaskManager uses up all attempts at once.
            "jobmanager.execution.failover-strategy": "full",
        }
    return {
        # Nobody outside this machine gets in.
        "jobmanager.rpc.address": services.HOST,
        "jobmanager.bind-host": services.HOST,
        "rest.address": services.HOST,
        "rest.bind-address": services.HOST,
        "taskmanager.host": services.HOST,
        "taskmanager.bind-host": services.HOST,
        "web.submit.enable": "false",
        # One slot for each TaskManager: one Python worker, which is another process.
        "taskmanager.numberOfTaskSlots": "1",
        "taskmanager.memory.process.size": f"{memory.task_manager}m",
        "taskmanager.memory.managed.size": f"{memory.managed}m",
        "taskmanager.memory.network.min": f"{memory.network}m",
        "taskmanager.memory.network.max": f"{memory.network}m",
        "taskmanager.memory.task.off-heap.size": f"{memory.direct}m",
        # Sorting between operators would reserve 512 buffers for each of hundreds of exchanges.
        "taskmanager.network.sort-shuffle.min-parallelism": "1000",
        # A TaskManager that is killed is missed in seconds, not in a minute.
        "heartbeat.interval": "2000",
        "heartbeat.timeout": "20000",
        **strategy,
    }


def text(values: Mapping[str, str]) -> str:
    """Return settings as the text of ``config.yaml``.

    Args:
        values: Names and values.
    """
    return "".join(f"{name}: {value}\n" for name, value in values.items())


def java_options() -> list[str]:
    """Return what Java must be told since its modules are closed (Java 17)."""
    opened = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in OPENED]
    exported = [f"--add-exports={name}=ALL-UNNAMED" for name in EXPORTED]
    return [*opened, *exported]
