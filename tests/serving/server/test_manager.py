"""Versions come before others go, and go only when nobody works on them."""

from __future__ import annotations

import threading

import pytest

from utils.serving.server.manager import Manager, State, Version, next_action
from utils.serving.server.models import Model
from utils.serving.server.status import StatusError


class Runner:
    """Counts how often it is closed."""

    closed = 0

    def run(self, feeds, fetches):
        return []

    def close(self):
        self.closed += 1


def broken(version):
    raise ValueError("broken")


def made(number, state, wanted=True):
    return Version("half", number, f"/m/{number}", state, wanted)


@pytest.mark.parametrize(
    ("versions", "action"),
    [
        ([], None),
        ([made(1, State.START), made(2, State.START)], ("load", 2)),
        ([made(1, State.START), made(2, State.LOADING)], None),
        ([made(1, State.AVAILABLE, False), made(2, State.START)], ("load", 2)),
        ([made(1, State.AVAILABLE, False), made(2, State.LOADING)], None),
        ([made(1, State.AVAILABLE, False), made(2, State.AVAILABLE)], ("unload", 1)),
        ([made(1, State.AVAILABLE, False), made(2, State.END)], None),
        ([made(1, State.AVAILABLE, False), made(2, State.AVAILABLE, False)], ("unload", 1)),
        ([made(1, State.AVAILABLE, False)], ("unload", 1)),
        ([made(1, State.UNLOADING, False), made(2, State.AVAILABLE)], None),
    ],
)
def test_availability_is_preserved(versions, action):
    found = next_action(versions)
    assert (found and (found[0], found[1].number)) == action


def test_a_version_goes_when_its_last_user_has_gone():
    runners = {1: Runner(), 2: Runner()}
    manager = Manager(lambda version: Model({}, runners[version.number]), 0, 0)
    manager.want("half", {1: "/m/1"})
    manager.wait(lambda: manager.serves("half", 1), 10)
    with manager.use("half") as (version, _):
        assert version.number == 1
        manager.want("half", {2: "/m/2"})
        manager.wait(lambda: manager.serves("half", 2) and not manager.serves("half", 1), 10)
        assert [one.state for one in manager.states("half")] == [State.AVAILABLE, State.UNLOADING]
        assert runners[1].closed == 0
        with manager.use("half") as (latest, _):
            assert latest.number == 2
        with pytest.raises(
            StatusError, match=r"Servable not found for request: Specific\(half, 1\)"
        ):
            manager.use("half", 1).__enter__()
    manager.wait(lambda: runners[1].closed == 1, 10)
    manager.close()
    assert runners[2].closed == 1
    assert {one.state for one in manager.states("half")} == {State.END}


def test_a_version_that_is_wanted_again_while_it_goes_comes_back():
    manager = Manager(lambda version: Model({}, Runner()), 0, 0)
    manager.want("half", {1: "/m/1"})
    manager.wait(lambda: manager.serves("half", 1), 10)
    with manager.use("half"):
        manager.want("half", {2: "/m/2"})
        manager.wait(lambda: manager.serves("half", 2) and not manager.serves("half", 1), 10)
        manager.want("half", {1: "/m/1"})
        assert manager.serves("half", 2), "until the other is back"
    manager.wait(lambda: manager.serves("half", 1) and not manager.serves("half", 2), 10)
    manager.close()
    assert {one.state for one in manager.states("half")} == {State.END}


def test_loading_is_tried_again_and_the_error_is_kept():
    attempts = []

    def load(version):
        attempts.append(version.number)
        if version.number == 1 or len(attempts) < 3:
            raise ValueError("broken")
        return Model({}, Runner())

    manager = Manager(load, 2, 0.001)
    manager.want("half", {2: "/m/2"})
    manager.wait(lambda: manager.serves("half", 2), 10)
    assert attempts == [2, 2, 2]
    manager.want("half", {1: "/m/1"})
    manager.wait(lambda: manager.states("half")[1].state == State.END, 10)
    assert attempts[3:] == [1, 1, 1]
    assert str(manager.states("half")[1].error) == "INTERNAL: ValueError: broken"
    assert manager.serves("half", 2), "nothing has replaced it"
    manager.close()


def test_waiting_to_try_again_ends_with_the_wish():
    manager = Manager(broken, 5, 3600)
    manager.want("half", {1: "/m/1"})
    manager.wait(lambda: manager.states("half")[0].error is not None, 10)
    manager.want("half", {})
    manager.wait(lambda: manager.states("half")[0].state == State.END, 10)
    manager.close()


def test_the_end_does_not_wait_for_another_try():
    manager = Manager(broken, 5, 3600)
    manager.want("half", {1: "/m/1"})
    waiting = threading.Thread(target=manager.close)
    manager.wait(lambda: manager.states("half")[0].error is not None, 10)
    waiting.start()
    waiting.join(10)
    assert not waiting.is_alive()
    with pytest.raises(StatusError, match="The server is ending"):
        manager.wait(lambda: False)
