"""Background services, with real processes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests.services.programs import SLEEP, STUBBORN, python, wait_until, web
from utils import paths, services, side_environments
from utils.services import ServiceError, watcher


def gone(pid: int) -> bool:
    """Whether a process has ended."""
    return not psutil.pid_exists(pid) or watcher.ended(psutil.Process(pid))


def children(service: services.Service) -> list[int]:
    """The process ids that the stubborn program has written into its log."""
    wait_until(lambda: service.log.read_text().count("up") == 2, "both children")
    (line,) = [line for line in service.log.read_text().splitlines() if "children" in line]
    return [int(word) for word in line.split()[1:]]


@pytest.mark.parametrize(
    "ready",
    [None, services.listening("web"), services.answers("web", "/ready"), services.logs("^listen")],
    ids=["by default", "port", "http", "log"],
)
def test_it_is_ready_when_it_is_returned(ready):
    with services.start("Web", web, ports=["web"], ready=ready) as service:
        assert service.alive()
        assert f"127.0.0.1:{service.ports['web']}" in repr(service)
        address = f"http://127.0.0.1:{service.ports['web']}/ready"
        assert urllib.request.urlopen(address, timeout=10).status == 200
    assert gone(service.pid)
    assert not service.alive()
    assert repr(service).startswith("<Web, ended")
    service.stop()


def test_a_function_tells_when_it_is_ready_and_may_fail_at_first():
    seen = []

    def ready(service):
        seen.append(service)
        if len(seen) < 3:
            raise ConnectionRefusedError
        return "yes"

    with services.start("Sleeper", python(SLEEP), ready=ready) as service:
        assert seen == [service] * 3


def test_a_fault_in_the_check_is_not_hidden_and_leaves_nothing_behind():
    seen = []

    def ready(service):
        seen.append(service.pid)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        services.start("Sleeper", python(SLEEP), ready=ready)
    assert gone(seen[0])


def test_nothing_that_tells_when_it_is_ready():
    with pytest.raises(ValueError, match="name its ports, or give `ready`"):
        services.start("Sleeper", python(SLEEP))


def test_a_status_of_400_or_more_is_not_ready():
    with pytest.raises(ServiceError, match=r"not ready after 2 s\.(?s:.*)GET /no") as caught:
        services.start("Web", web, ports=["web"], ready=services.answers("web", "/no"), seconds=2)
    assert "seconds=" in caught.value.cure


def test_what_is_late_is_ended_and_its_log_quoted():
    seen = []
    code = "for n in range(100): print('line', n, flush=True)\nimport time; time.sleep(600)"
    with pytest.raises(ServiceError) as caught:
        services.start("Late", python(code), ready=lambda one: seen.append(one.pid), seconds=5)
    assert caught.value.what.startswith(
        "Late was not ready after 5 s. Its log ends with:\nline 80\n"
    )
    assert caught.value.what.endswith("line 99")
    assert gone(seen[0])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print('no such database'); raise SystemExit(3)", "exit code 3 .*\nno such database$"),
        ("raise SystemExit(3)", "exit code 3 before it was ready. Its log is empty.$"),
        ("import os; os.kill(os.getpid(), 9)", "exit code -9 "),
        (
            r"print('\u202e\x1b[2J\x1b]0;title\x07\x9b31mred\r\nend'); raise SystemExit(1)",
            "]0;title  31mred\nend$",
        ),
    ],
    ids=["says why", "silent", "killed", "steers the terminal"],
)
def test_what_ends_early_is_reported_at_once(code, said):
    with pytest.raises(ServiceError) as caught:
        services.start("Short", python(code), ready=lambda _: False, seconds=600)
    assert re.search(said, caught.value.what), caught.value.what
    assert "log.txt" in caught.value.cure


def test_a_program_that_is_not_there(tmp_path):
    with pytest.raises(ServiceError, match=r"could not be started: .*no-such-program") as caught:
        services.start("Nothing", ["no-such-program"], ports=["web"])
    assert "'no-such-program' is installed" in caught.value.cure
    with pytest.raises(ServiceError, match="could not be started"):
        services.start("Nothing", python(SLEEP), ports=["web"], cwd=tmp_path / "missing")


def test_a_port_that_somebody_else_takes_first():
    taken, tried = [], []

    def command(service):
        tried.append(service.ports["web"])
        if len(tried) < 3:
            other = socket.create_server(("127.0.0.1", service.ports["web"]))
            taken.append(other)
        return web(service)

    with services.start("Web", command, ports=["web"]) as service:
        assert service.ports["web"] == tried[2]
        assert len(set(tried)) == 3
    for other in taken:
        other.close()


def test_a_port_that_is_always_taken():
    taken = []

    def command(service):
        taken.append(socket.create_server(("127.0.0.1", service.ports["web"])))
        return web(service)

    with pytest.raises(ServiceError, match="Address already in use"):
        services.start("Web", command, ports=["web"])
    assert len(taken) == services.ATTEMPTS
    for other in taken:
        other.close()


def test_another_program_on_its_port_does_not_make_it_ready():
    def command(service):
        others.append(socket.create_server(("127.0.0.1", service.ports["web"])))
        return python(SLEEP)

    others = []
    with pytest.raises(ServiceError, match=r"was not ready after 0\.5 s"):
        services.start("Deaf", command, ports=["web"], seconds=0.5)
    for other in others:
        other.close()


def test_several_ports_its_folder_and_its_variables(monkeypatch, tmp_path):
    monkeypatch.setenv("INHERITED", "yes")
    code = (
        "import os, socket, sys, time\n"
        "one, two = [socket.create_server(('127.0.0.1', int(port))) for port in sys.argv[1:]]\n"
        "print(os.environ['INHERITED'], os.environ['GIVEN'], os.getcwd())\n"
        "time.sleep(600)"
    )

    def command(service):
        (service.folder / "settings").write_text("written before it starts")
        return python(code, str(service.ports["grpc"]), str(service.ports["rest"]))

    def env(service):
        return {"GIVEN": f"rest={service.ports['rest']}"}

    with services.start("Two", command, ports=["grpc", "rest"], env=env, cwd=tmp_path) as service:
        wait_until(lambda: "rest=" in service.tail(), "the line")
        assert service.tail() == f"yes rest={service.ports['rest']} {tmp_path}"
        assert service.ports["grpc"] != service.ports["rest"]
        assert service.folder.parent == paths.build() / "services"
    with services.start(
        "Sleeper", python("import os; print(os.getcwd()); " + SLEEP), ready=services.logs("up")
    ) as one:
        assert one.tail() == f"{one.folder}\nup"


def test_stop_ends_children_too_and_kills_what_does_not_listen():
    ready = services.logs("children")
    service = services.start("Stubborn", python(STUBBORN), ready=ready, stop_seconds=0.2)
    family = [service.pid, *children(service)]
    assert not any(map(gone, family))
    service.stop()
    assert all(map(gone, family))
    assert service.code == -signal.SIGKILL


def test_it_may_end_in_its_own_way():
    code = (
        "import signal, time\n"
        "def end(*_):\n    print('saved', flush=True)\n    raise SystemExit(0)\n"
        "signal.signal(signal.SIGINT, end)\n" + SLEEP
    )
    ready = services.logs("up")
    service = services.start("Database", python(code), ready=ready, stop_signal=signal.SIGINT)
    service.stop()
    assert service.code == 0
    assert service.tail() == "up\nsaved"


def test_what_is_left_of_a_service_that_died_goes_too():
    ready = services.logs("children")
    service = services.start("Stubborn", python(STUBBORN), ready=ready, stop_seconds=0.2)
    family = children(service)
    os.kill(service.pid, signal.SIGKILL)
    wait_until(lambda: all(map(gone, family)), "the children's end")
    assert not service.alive()


def test_a_key_names_the_same_service_until_it_dies():
    def start(key="one", name="Web"):
        return services.start(name, web, ports=["web"], key=key)

    first = start()
    assert start() is first
    other, named = start("two"), start(name="Other")
    assert len({first, other, named}) == 3
    os.kill(first.pid, signal.SIGKILL)
    wait_until(lambda: gone(first.pid), "its end")
    second = start()
    assert second is not first
    assert second.alive()
    second.stop()
    third = start()
    assert third.alive()
    for service in (other, named, third):
        service.stop()


def test_asking_at_the_same_time_starts_one():
    barrier = threading.Barrier(4)

    def start(number):
        barrier.wait()
        return services.start("Web", web, ports=["web"], key=number % 2)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(start, range(4)))
    assert found[0] is found[2]
    assert found[1] is found[3]
    assert found[0] is not found[1]
    for service in found[:2]:
        service.stop()


def test_a_killed_watcher_takes_nothing_with_it_and_stop_still_works():
    ready = services.logs("children")
    service = services.start("Stubborn", python(STUBBORN), ready=ready)
    family = [service.pid, *children(service)]
    os.kill(psutil.Process(service.pid).ppid(), signal.SIGKILL)
    wait_until(lambda: not service.alive(), "the watcher's end")
    service.stop()
    assert all(map(gone, family))


def test_a_watcher_that_is_asked_to_end_ends_the_service():
    service = services.start("Sleeper", python(SLEEP), ready=services.logs("up"))
    os.kill(psutil.Process(service.pid).ppid(), signal.SIGTERM)
    wait_until(lambda: gone(service.pid), "the service's end")
    service.stop()


def test_interrupting_the_notebook_does_not_reach_it():
    service = services.start("Sleeper", python(SLEEP), ready=services.logs("up"))
    watched = psutil.Process(service.pid).ppid()
    groups = {os.getpgid(0), os.getpgid(watched), os.getpgid(service.pid)}
    assert len(groups) == 3
    service.stop()


def test_folders_of_processes_that_are_gone_are_deleted():
    base = paths.build() / "services"
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    old, foreign = base / f"{ended.pid}-old-x", base / "notes"
    for folder in (old, foreign):
        folder.mkdir(parents=True, exist_ok=True)
    with services.start("Sleeper", python(SLEEP), ready=services.logs("up")) as service:
        assert not old.exists()
        assert foreign.exists()
    assert service.log.exists(), "kept while this process lives"
    foreign.rmdir()


def test_a_folder_that_cannot_be_made(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path / "file"))
    with pytest.raises(ServiceError, match="Sleeper cannot have a folder"):
        services.start("Sleeper", python(SLEEP), ready=services.logs("up"))


def test_a_program_of_a_side_environment(monkeypatch, tmp_path):
    # An environment that is made and not downloaded: what matters is whose program runs, and with which variables.
    folder = tmp_path / "side"
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin" / "serve"
    program.write_text(
        '#!/bin/sh\necho "$VIRTUAL_ENV" "$GIVEN" "${PYTHONPATH-unset}"\nexec sleep 600\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(side_environments, "ensure", {"tool": folder}.__getitem__)
    monkeypatch.setenv("PYTHONPATH", "of another Python")
    with services.start(
        "Tool",
        ["serve"],
        ready=services.logs("given"),
        env={"GIVEN": "given"},
        side_environment="tool",
    ) as service:
        assert service.tail() == f"{folder} given unset"


def test_importing_it_loads_nothing_heavy():
    heavy = {"tensorflow", "tfx", "numpy", "pandas", "IPython", "apache_beam"}
    code = f"import sys, utils.services; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(python(code), cwd=paths.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_ports_are_free_and_different():
    ports = services.free_ports(20)
    assert len(set(ports)) == 20
    assert not any(programs_on(port) for port in ports)


def programs_on(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
