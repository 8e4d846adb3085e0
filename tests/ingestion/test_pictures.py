"""Drawn pictures, and pictures that are none."""

from __future__ import annotations

import pytest

from utils.ingestion import pictures, records
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


def test_not_a_byte_of_a_picture_is_lost_on_the_way(context, tmp_path):
    from tfx import v1 as tfx

    scans = list(pictures.read(pictures.make(tmp_path / "scans", each=5)))
    records.write(tmp_path / "records" / "scans.tfrecord", [scan.row() for scan in scans])
    component = tfx.components.ImportExampleGen(input_base=str(tmp_path / "records"))
    context.run(component)
    rows = records.table(component.outputs["examples"])
    assert dict(zip(rows.name, rows.image, strict=True)) == {one.name: one.png for one in scans}
    assert rows.label.value_counts().to_dict() == {"letter": 5, "receipt": 5}


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_that_says_it_is_huge_is_refused(tmp_path):
    import struct
    import zlib

    folder = pictures.make(tmp_path / "a", each=1)
    file = folder / "letter" / "letter-001.png"
    data = file.read_bytes()
    head = b"IHDR" + struct.pack(">II", 60_000, 60_000) + data[24:29]
    file.write_bytes(data[:12] + head + struct.pack(">I", zlib.crc32(head)) + data[33:])
    with pytest.raises(IngestionError, match="far more pixels") as told:
        list(pictures.read(folder))
    assert "smaller" in told.value.cure
