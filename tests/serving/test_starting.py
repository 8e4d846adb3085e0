"""Which server is started, how, and what is said where none can be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request

import pytest

from tests.serving import tiny
from utils import paths, services, serving
from utils.serving import ServingError, clients, programs, starting

GENUINE = """#!{python}
import http.server, json, socket, sys
flags = dict(argument[2:].split("=", 1) for argument in sys.argv[1:])
grpc = socket.create_server(("127.0.0.1", int(flags["port"])))
class Status(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        state = {{"version": "1", "state": "AVAILABLE"}}
        self.wfile.write(json.dumps({{"model_version_status": [state], "flags": flags}}).encode())
http.server.HTTPServer(("127.0.0.1", int(flags["rest_api_port"])), Status).serve_forever()
"""
"""A program of TensorFlow Serving's name, which tells its flags."""


@pytest.fixture
def no_server(monkeypatch, tmp_path):
    """A PATH on which there is no server, whatever this machine has."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def executable(file, text):
    file.write_text(text)
    file.chmod(0o755)


def test_importing_it_loads_no_tensorflow():
    code = "import sys, utils.serving; print('tensorflow' in sys.modules, 'grpc' in sys.modules)"
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, cwd=paths.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"


def test_the_stand_in_is_started_and_says_so(exported, tmp_path, no_server):
    tiny.put(exported / "two", tmp_path / "half", 1)
    with serving.start(
        tmp_path / "half",
        name="half",
        batching="max_batch_size { value: 4 }",
        monitoring=serving.PROMETHEUS,
        flags={"file_system_poll_wait_seconds": 1, "enable_model_warmup": False},
        key="half",
    ) as server:
        assert not server.genuine
        assert str(server).startswith(
            "A stand-in answers, since this machine has no tensorflow_model_server"
        )
        assert server.url in str(server)
        assert serving.start(tmp_path / "half", name="half", key="half").service is server.service
        assert clients.RestClient(server.url).predict("half", instances=[2.0]) == [3.0]
        client = clients.GrpcClient(server.grpc_address)
        assert client.predict("half", {"x": [2.0]}).version == 1
        client.close()
        with urllib.request.urlopen(server.metrics_url) as response:
            assert b':request_count{model_name="half",status="OK"}' in response.read()
        pid = server.service.pid
    assert not server.service.alive()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_program_of_tensorflow_serving_is_preferred(no_server, tmp_path):
    executable(no_server / programs.PROGRAM, GENUINE.format(python=sys.executable))
    (tmp_path / "half" / "1").mkdir(parents=True)
    config = f"""# config {{ name: "first" }}
    model_config_list {{
        config {{ name: "half#1" base_path: "{tmp_path / "half"}" }}  # it's config {{ name: "old" }}
        # config {{ name: "old" base_path: "/old" }}
    }}"""
    with serving.start(config=config, flags={"prefer_tflite_model": True}, genuine=True) as server:
        assert server.genuine
        assert server.names == ("half#1",), "those in comments are not waited for"
        assert (
            server.sentence == f"TensorFlow Serving itself answers: {no_server / programs.PROGRAM}."
        )
        with urllib.request.urlopen(f"{server.url}/v1/models/half") as response:
            flags = json.load(response)["flags"]
        assert set(flags) == {"port", "rest_api_port", "model_config_file", "prefer_tflite_model"}
        assert flags["prefer_tflite_model"] == "true"


def test_docker_is_used_where_it_has_the_image(no_server, tmp_path):
    executable(
        no_server / "docker",
        f"#!{sys.executable}\nimport sys\nsys.exit(sys.argv[1:3] != ['image', 'inspect'])",
    )
    found = programs.find()
    assert found is not None
    assert found.in_docker
    line = found.command(1, 2, ["--model_name=half"], [tmp_path])
    assert line[:3] == ["docker", "run", "--rm"]
    assert f"--volume={tmp_path}:{tmp_path}:ro" in line
    assert f"--publish={services.HOST}:1:1" in line
    assert line[-4:] == [programs.IMAGE, "--port=1", "--rest_api_port=2", "--model_name=half"]
    executable(no_server / "docker", f"#!{sys.executable}\nraise SystemExit(1)")
    assert programs.find() is None


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({}, "There are two ways to name models"),
        ({"base_path": "{}/model"}, "is a model itself, and not the folder of a model's versions"),
        ({"base_path": "{}/empty"}, "There is no version of a model in"),
        ({"base_path": "{}/absent"}, "There is no version of a model in"),
        ({"base_path": "{}/good", "genuine": True}, "TensorFlow Serving is not on this machine"),
    ],
)
def test_what_cannot_be_started(no_server, tmp_path, named, said):
    for folder in ("model", "empty", "good/1"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "model" / "saved_model.pb").touch()
    given = {
        key: value.format(tmp_path) if isinstance(value, str) else value
        for key, value in named.items()
    }
    with pytest.raises(ServingError, match=said) as caught:
        serving.start(**given)
    assert caught.value.cure


def test_a_server_that_does_not_start_quotes_its_log(no_server, tmp_path):
    (tmp_path / "1").mkdir()
    with pytest.raises(
        ServingError, match=r"(?s)exit code 255.*unknown argument: --no_such_flag=1"
    ):
        serving.start(tmp_path, flags={"no_such_flag": 1})


def test_a_model_that_is_not_available_yet(served):
    port = int(served.url.rpartition(":")[2])
    assert starting._is_available(port, "half")
    assert not starting._is_available(port, "none")
