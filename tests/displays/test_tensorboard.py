"""The magic starts a real TensorBoard of this kernel's own, and shows it with a table beside it."""

import os
import signal
import urllib.request
from pathlib import Path

import psutil
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from tests.services.programs import wait_until
from tests.training.parts import write_logs
from utils import displays, services
from utils.displays import tensorboard
from utils.displays.tensorboard import TensorBoardView


def served(logs: Path) -> services.Service:
    return tensorboard.serve([f"--logdir={logs}"])


def runs(service: services.Service) -> str:
    """What the server knows, as it says it."""
    with urllib.request.urlopen(f"http://127.0.0.1:{service.ports['http']}/data/runs") as answer:
        return answer.read().decode()


def shown(line: str) -> str:
    """The page that the magic displays."""
    shell = InteractiveShell.instance()
    displays.enable()
    try:
        shell.run_line_magic("load_ext", "tensorboard")
        with capture_output() as captured:
            shell.run_line_magic("tensorboard", line)
    finally:
        displays.disable()
    (output,) = captured.outputs
    return str(output.data["text/html"])


def test_the_magic_shows_the_runs_and_uses_a_running_server_again(tmp_path):
    write_logs(tmp_path, {"train": [0.5, 0.75], "validation": [0.6]})
    first = shown(f"--logdir {tmp_path}")
    assert shown(f'--logdir "{tmp_path}" --port 6006 --host 0.0.0.0 --bind_all') == first
    service = tensorboard.serve(["--logdir", str(tmp_path)])
    assert f'data-port="{service.ports["http"]}"' in first
    wait_until(lambda: runs(service) == '["train", "validation"]', "both runs")
    page = urllib.request.urlopen(f"http://127.0.0.1:{service.ports['http']}/").read()
    assert b"<title>TensorBoard</title>" in page
    assert psutil.Process(service.pid).memory_info().rss < 300e6, "it needs no TensorFlow"


def test_one_that_was_killed_is_started_anew(tmp_path):
    write_logs(tmp_path, {"train": [0.5]})
    killed = served(tmp_path)
    os.kill(killed.pid, signal.SIGKILL)
    wait_until(lambda: not killed.alive(), "its end")
    fresh = served(tmp_path)
    assert fresh is not killed
    wait_until(lambda: runs(fresh) == '["train"]', "the run")
    assert served(tmp_path) is fresh


ODD = ("a,b", "a:b", "~", "[2] {x} *?", "50% of # & ' \" $HOME", "gs:", "naïve 模型", "-", "\\")


@pytest.mark.parametrize("name", ODD)
def test_logs_below_folders_with_odd_names(tmp_path, name):
    write_logs(tmp_path / name, {"train": [0.5]})
    with served(tmp_path / name) as service:
        wait_until(lambda: runs(service) == '["train"]', "the run")


def test_an_argument_that_it_does_not_know():
    with pytest.raises(services.ServiceError, match="unrecognized arguments: --colour"):
        tensorboard.serve(["--colour=red"])


def test_without_logs_there_is_a_server_and_an_empty_table(tmp_path):
    assert "data-port=" in shown(f"--logdir {tmp_path / 'nowhere'}")
    assert not tensorboard.last_values(None).rows


def test_the_last_value_of_each_metric(tmp_path):
    write_logs(tmp_path / "</script>first", {"train": [0.5, 0.75], "validation": [0.5]})
    table = tensorboard.last_values(tmp_path)
    assert table.rows[0] == ("</script>first/train", "epoch_auc", 1, 0.75)
    assert len(table.rows) == 4
    view = TensorBoardView(6006, table)
    html, text = view.html(), view.text()
    assert 'data-port="6006"' in html
    assert "</script>first" not in html
    assert "0.75000" in html
    assert "0.75000" in text
    assert "run this cell" in html
    assert view._repr_mimebundle_() == {"text/html": html, "text/plain": text}
