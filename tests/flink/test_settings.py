"""The text of Flink's configuration."""

import pytest
import yaml

from utils.flink import settings


def read(**options):
    return yaml.safe_load(settings.text(settings.flink(settings.SMALL, **options)))


def test_nothing_listens_beyond_this_machine():
    made = read()
    hosts = [value for name, value in made.items() if name.endswith(("host", "address"))]
    assert hosts
    assert set(hosts) == {"127.0.0.1"}
    assert made["web.submit.enable"] is False


def test_a_slot_is_a_worker_and_shuffles_need_few_buffers():
    made = read()
    assert made["taskmanager.numberOfTaskSlots"] == 1
    assert made["taskmanager.network.sort-shuffle.min-parallelism"] > 100


@pytest.mark.parametrize("memory", [settings.SMALL, settings.LARGE])
def test_the_parts_of_the_memory_fit_into_the_whole(memory):
    own = 128 + 128 + 256 + 192
    parts = memory.managed + memory.network + memory.direct
    assert parts + own < memory.task_manager


def test_a_job_is_restarted_only_where_asked():
    assert read()["restart-strategy.type"] == "disable"
    again = read(restarts=3, delay=7)
    assert again["restart-strategy.type"] == "fixed-delay"
    assert again["restart-strategy.fixed-delay.attempts"] == 3
    assert again["restart-strategy.fixed-delay.delay"] == "7 s"
    assert again["jobmanager.execution.failover-strategy"] == "full"
