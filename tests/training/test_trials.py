"""Trials are read in the order in which they ran."""

import json

from tests.training.parts import trained
from utils.training.trials import best, trials


def test_trials(tmp_path):
    records = [
        {"trial_id": "10", "score": 0.7, "layers": "32-16", "learning_rate": 0.01},
        {"trial_id": "02", "score": 0.6, "layers": "16", "learning_rate": 0.1},
    ]
    (tmp_path / "tuner_results.json").write_text(json.dumps(records))
    table = trials(trained(tmp_path, "tuner_results", "TunerResults"))
    assert table.columns.tolist() == ["trial", "score", "layers", "learning_rate"]
    assert table.trial.tolist() == [3, 11]
    assert table.score.tolist() == [0.6, 0.7]


def test_the_winner(tmp_path):
    text = json.dumps({"space": [], "values": {"layers": "16"}})
    (tmp_path / "best_hyperparameters.txt").write_text(text)
    assert best(trained(tmp_path, "best_hyperparameters", "HyperParameters")) == {"layers": "16"}
