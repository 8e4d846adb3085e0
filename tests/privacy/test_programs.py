"""Programs in the environments of Flower and TensorFlow Privacy, whole sizes, and what is said where they fail."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.notebooks.reading import all_notebooks, written_files
from utils import side_environments
from utils.environments.decisions import SetupError
from utils.privacy import accounting, federated, programs
from utils.privacy.errors import PrivacyError

DATA = np.random.RandomState(0)
ROWS = np.hstack([(DATA.random_sample((3_000, 30)) < 0.2), np.ones((3_000, 1))]).astype("float32")
LABELS = (DATA.random_sample(3_000) < 0.25).astype(int)


def written(name: str, folder):
    """A program as the notebook writes it."""
    (chapter,) = [one for one in all_notebooks() if one.chapter == "14"]
    file = folder / f"{name}.py"
    file.write_text(written_files(chapter)[name], encoding="utf-8")
    return file


def answering(monkeypatch, stdout="", error=None):
    def run(name, command, cwd, env=None):
        if error:
            raise error
        return type("Done", (), {"stdout": stdout})()

    monkeypatch.setattr(side_environments, "ensure", lambda name: None)
    monkeypatch.setattr(side_environments, "run", run)


def test_the_last_line_is_the_answer(monkeypatch, tmp_path):
    answering(monkeypatch, 'chatter\n{"epsilon": 2}\n')
    assert programs.run("flower", tmp_path / "one.py") == {"epsilon": 2}


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"stdout": "chatter"}, "printed no JSON"),
        ({"stdout": ""}, "printed no JSON"),
        ({"error": RuntimeError("failed.\nValueError: bad")}, "one.py failed: ValueError: bad"),
    ],
)
def test_what_goes_wrong_is_told_in_a_sentence(made, said, monkeypatch, tmp_path):
    answering(monkeypatch, **made)
    with pytest.raises(PrivacyError, match=said):
        programs.run("flower", tmp_path / "one.py")


def test_without_a_network_the_message_says_so(monkeypatch, tmp_path):
    def offline(name):
        raise SetupError("The network was not reached.")

    monkeypatch.setattr(side_environments, "ensure", offline)
    with pytest.raises(PrivacyError, match=r"(?s)Flower could not be installed.*not reached"):
        programs.run("flower", tmp_path / "one.py")


def test_each_client_has_a_file_of_its_own(tmp_path):
    clients = federated.by_chance(ROWS, LABELS, 3)
    plan = json.loads(programs.write_clients(tmp_path, clients, rounds=2).read_text())
    assert plan == {"clients": 3, "features": 31, "rounds": 2}
    second = np.load(tmp_path / "client_1.npz")
    assert np.array_equal(second["rows"], clients[1].rows)
    assert np.array_equal(second["labels"], clients[1].labels)


@pytest.mark.heavy
def test_flower_averages_as_numpy_does_with_ten_clients_and_five_rounds(tmp_path):
    clients = federated.by_value(ROWS, LABELS, np.arange(3_000) % 13 % 10)
    program = written("flower_file", tmp_path)
    programs.write_clients(tmp_path, clients, rounds=5, steps=20, rate=0.3)
    found = programs.run("flower", program)
    assert np.allclose(found, federated.rounds(clients, 5, 20, 0.3)[-1], atol=1e-6)


@pytest.mark.heavy
def test_tensorflow_privacy_states_the_accountant_s_epsilon_after_a_whole_training(tmp_path):
    program = written("tfp_file", tmp_path)
    np.savez(tmp_path / "rows.npz", rows=ROWS, labels=LABELS, held_out=ROWS[:50])
    plan = {"rate": 0.1, "steps": 100, "clip": 1.0, "noise": 1.3, "learning_rate": 1.0}
    found = programs.run("tensorflow_privacy", program, [json.dumps(plan)])
    assert len(found["scores"]) == 50
    stated = float(found["statement"].partition("Poisson sampling (*):")[2].split()[0])
    assert stated == pytest.approx(accounting.epsilon(1.3, 0.1, 100, 1e-5), abs=0.002)
