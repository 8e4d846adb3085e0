"""The stand-in as a program: it says what is wrong, and ends when it is asked to."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading

import psutil
import pytest

from tests.services.programs import wait_until
from tests.serving import tiny
from utils import paths, services
from utils.serving.clients import RestClient
from utils.serving.errors import RequestError
from utils.serving.server import grpc_services, program


def command(*flags):
    return [sys.executable, "-m", "utils.serving.server", *flags]


def test_an_unknown_flag_is_refused_by_name(capsys):
    assert program.main(["--rest_api_prot=1"]) == program.FAILED
    said = capsys.readouterr().out
    assert "unknown argument: --rest_api_prot=1" in said
    assert "--rest_api_port=0" in said


def test_the_version(capsys, monkeypatch):
    monkeypatch.setattr(program, "_set_up", lambda _: None)
    assert program.main(["--version"]) == 0
    assert "TensorFlow ModelServer: a stand-in\nTensorFlow Library: 2." in capsys.readouterr().out


def test_a_configuration_that_is_none(capfd, monkeypatch, tmp_path):
    monkeypatch.setattr(program, "_set_up", lambda _: None)
    file = tmp_path / "bad.txt"
    file.write_text("improperly formatted file")
    assert program.main([f"--model_config_file={file}"]) == program.FAILED
    said = capfd.readouterr()
    assert "Error parsing text-format tensorflow.serving.ModelServerConfig" in said.err
    assert (
        f"Failed to start server. Error: INVALID_ARGUMENT: Invalid protobuf file: '{file}'"
        in said.out
    )
    assert program.main(["--port=0"]) == program.FAILED
    assert "At least one of port" in capfd.readouterr().out


def test_whatever_fails_while_it_starts_ends_it(capfd, monkeypatch, tmp_path):
    monkeypatch.setattr(program, "_set_up", lambda _: None)
    (tmp_path / "none.txt").write_text("model_config_list {}")
    given = [f"--port={services.free_ports(1)[0]}", f"--model_config_file={tmp_path / 'none.txt'}"]
    too_large = [
        ("grpc.max_send_message_length", 2**31)
    ]  # gRPC itself refuses it, by an OverflowError
    monkeypatch.setattr(grpc_services, "channel_arguments", lambda _: too_large)
    codes = []
    running = threading.Thread(target=lambda: codes.append(program.main(given)), daemon=True)
    running.start()
    running.join(60)
    assert codes == [program.FAILED]
    assert "Failed to start server. Error: INTERNAL: OverflowError" in capfd.readouterr().out


def test_it_serves_and_ends_cleanly(exported, tmp_path):
    tiny.put(exported / "two", tmp_path / "half", 1)
    grpc, rest = services.free_ports(2)
    flags = f"--port={grpc} --rest_api_port={rest} --model_name=half --model_base_path={tmp_path / 'half'}"
    with (tmp_path / "log.txt").open("w") as log:
        process = subprocess.Popen(command(*flags.split()), cwd=paths.ROOT, stdout=log, stderr=log)
    try:
        client = RestClient(f"http://127.0.0.1:{rest}")

        def answers():
            assert process.poll() is None, (tmp_path / "log.txt").read_text()
            try:
                return client.predict("half", instances=[2.0]) == [3.0]
            except RequestError:
                return False

        wait_until(answers, "an answer", seconds=300)
        held = psutil.Process(process.pid).net_connections("inet")
        listening = {
            one.laddr.ip.removeprefix("::ffff:") for one in held if one.status == psutil.CONN_LISTEN
        }
        assert listening == {"127.0.0.1"}
        process.send_signal(signal.SIGTERM)
        code, said = process.wait(120), (tmp_path / "log.txt").read_text()
        assert code == 0, said
        assert f"Exporting HTTP/REST API at:127.0.0.1:{rest}" in said
        assert "{name: half version: 1}: unloaded" in said
        assert "Traceback" not in said
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", rest), timeout=5)
    finally:
        process.kill()
        process.wait()


def test_it_can_be_ended_while_it_waits_for_a_model(tmp_path):
    flags = [f"--port={services.free_ports(1)[0]}", f"--model_base_path={tmp_path}"]
    with (tmp_path / "log.txt").open("w") as log:
        process = subprocess.Popen(command(*flags), cwd=paths.ROOT, stdout=log, stderr=log)
    try:
        wait_until(
            lambda: "No versions" in (tmp_path / "log.txt").read_text(),
            "its complaint",
            seconds=300,
        )
        process.send_signal(signal.SIGINT)
        assert process.wait(120) == 0
    finally:
        process.kill()
        process.wait()
