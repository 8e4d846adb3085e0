"""``TF_CONFIG`` as TensorFlow understands it."""

import os

import pytest

from utils.training import cluster
from utils.training.errors import TrainingError


def test_tensorflow_understands_it_and_the_environment_is_as_before(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", "mine")
    text = cluster.tf_config(["ada:2222", "bob:2222"], index=1)
    assert cluster.understood(text) == {
        "workers": ["ada:2222", "bob:2222"],
        "task": ("worker", 1),
        "chief": False,
    }
    assert os.environ["TF_CONFIG"] == "mine"
    monkeypatch.delenv("TF_CONFIG")
    assert cluster.understood(cluster.tf_config(["ada:1", "ada:2"], 0))["chief"]
    assert "TF_CONFIG" not in os.environ


@pytest.mark.parametrize(
    ("workers", "index", "cure"),
    [
        ([], 0, "list of addresses"),
        ("ada:2222", 0, "list of addresses"),
        (["ada"], 0, "host:port"),
        (["http://ada:2222"], 0, "host:port"),
        (["ada:1", "ada:1"], 0, "once"),
        (["ada:1", "bob:1"], 2, "from 0 to 1"),
    ],
)
def test_what_no_cluster_can_be(workers, index, cure):
    with pytest.raises(TrainingError, match=cure):
        cluster.tf_config(workers, index)
