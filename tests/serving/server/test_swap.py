"""Thousands of requests while a version is swapped and rolled back: none is lost, none is mixed."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from tests.serving import tiny
from utils.serving import load
from utils.serving.clients import GrpcClient, RestClient

CLIENTS = 16


def swap_while_asked(exported, tmp_path, requests, **flags):
    """Ask over both interfaces; after each third of the requests, the configuration changes."""
    for number, name in ((1, "two"), (2, "three")):
        tiny.put(exported / name, tmp_path, number)
    policy = 'name: "half" base_path: "{}" model_version_policy {{ specific {{ versions: {} }} }}'
    models = tmp_path / "models.txt"
    models.write_text(str(tiny.config(policy.format(tmp_path, 1))))
    reached = {share: threading.Event() for share in (1, 2)}
    given = np.arange(3, dtype=np.float32)
    with tiny.running(model_config_file=str(models), **flags) as one:
        manager = one.server.core.manager

        def administer():
            for share, number in ((1, 2), (2, 1)):
                assert reached[share].wait(300)
                one.grpc.reload(str(tiny.config(policy.format(tmp_path, number))))
                manager.wait(lambda number=number: manager.serves("half", number), 60)

        def count(number):
            if number in (requests // 3, 2 * requests // 3):
                reached[number // (requests // 3)].set()

        def by_grpc():
            client = GrpcClient(one.address)

            def ask(number):
                count(number)
                answer = client.predict("half", {"x": given + number})
                offset = answer.outputs["y"] - (given + number) / 2
                return answer.version, *offset.tolist()

            return ask

        def by_rest():
            client = RestClient(one.url)

            def ask(number):
                count(number)
                answer = np.array(client.predict("half", instances=(given + number).tolist()))
                offset = (answer - (given + number) / 2).tolist()
                return int(offset[0]) - 1, *offset

            return ask

        kinds = iter([by_grpc, by_rest] * CLIENTS)
        administrator = threading.Thread(target=administer)
        administrator.start()
        done = load.run(lambda: next(kinds)(), requests=requests, clients=CLIENTS)
        administrator.join(60)
        assert not administrator.is_alive()
        manager.wait(lambda: one.server.core.manager.states("half")[0].state == 50, 60)
        assert done.errors == {}, "none is lost"
        assert sum(done.answers.values()) == requests
        assert set(done.answers) == {(1, 2.0, 2.0, 2.0), (2, 3.0, 3.0, 3.0)}, "none is mixed"
        assert one.states("half") == {1: "AVAILABLE", 2: "END"}
        assert one.grpc.predict("half", {"x": given}).version == 1


@pytest.mark.parametrize("batching", [False, True])
def test_a_swap_and_a_roll_back(exported, tmp_path, batching):
    swap_while_asked(exported, tmp_path, 1500, enable_batching=batching)


@pytest.mark.heavy
def test_ten_thousand_requests(exported, tmp_path):
    swap_while_asked(exported, tmp_path, 10_000)
