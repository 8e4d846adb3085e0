"""Drawn pictures, and pictures that are none."""

from __future__ import annotations

import pytest

from utils.ingestion import pictures
from utils.ingestion.errors import IngestionError


def test_the_same_seed_draws_the_same(tmp_path):
    first, second = (list(pictures.read(pictures.make(tmp_path / n, each=3))) for n in "ab")
    assert first == second
    assert [p.label for p in first] == ["letter"] * 3 + ["receipt"] * 3
    assert len({p.png for p in first}) == 6


def test_what_an_example_gets(tmp_path):
    picture = next(pictures.read(pictures.make(tmp_path / "a", each=1)))
    assert picture.row() == {
        "image": picture.png,
        "label": "letter",
        "name": "letter-001.png",
        "width": pictures.SIZE,
        "height": pictures.SIZE,
    }


@pytest.mark.parametrize("damage", [lambda png: png[:60], lambda png: b"<html>", lambda png: b""])
def test_a_damaged_file_is_named(tmp_path, damage):
    folder = pictures.make(tmp_path / "a", each=1)
    file = folder / "letter" / "letter-001.png"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(IngestionError, match=r"letter-001.png is not a PNG file"):
        list(pictures.read(folder))


def test_pictures_without_folders_of_labels(tmp_path):
    with pytest.raises(IngestionError, match="the label's name"):
        list(pictures.read(tmp_path))
