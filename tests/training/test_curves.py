"""Learning curves are read as they were logged."""

import pytest

from tests.training.parts import trained, write_logs
from utils.training.curves import curves
from utils.training.errors import TrainingError


def test_epochs_are_counted_from_one_and_splits_have_their_names(tmp_path):
    write_logs(tmp_path, {"train": [0.5, 0.7], "validation": [0.55, 0.6]})
    table = curves(trained(tmp_path))
    assert table.split.tolist() == ["train", "train", "eval", "eval"]
    assert table.epoch.tolist() == [1, 2, 1, 2]
    assert table.auc.tolist() == pytest.approx([0.5, 0.7, 0.55, 0.6])
    assert table.loss.tolist() == pytest.approx([0.5, 0.3, 0.45, 0.4])


def test_an_output_serves_as_well_as_its_component(tmp_path):
    write_logs(tmp_path, {"train": [0.5]})
    trainer = trained(tmp_path)
    assert curves(trainer).equals(curves(trainer.outputs["model_run"]))


def test_a_folder_without_logs_is_an_error(tmp_path):
    with pytest.raises(TrainingError, match="no logs"):
        curves(trained(tmp_path))
