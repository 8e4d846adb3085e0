"""Files in the shape of real ones, which the real reader understands."""

from __future__ import annotations

import pytest

from utils.complaints import readers, schema, sources
from utils.ingestion import exports, files
from utils.ingestion.errors import IngestionError


@pytest.mark.parametrize("shape", exports.SHAPES)
def test_conversion_brings_the_rows_back(tmp_path, s1, shape):
    real = exports.write(s1, tmp_path / "real.csv", shape)
    header = next(readers.read(real)).values
    assert header != list(s1.columns)
    sources.convert(real, tmp_path / "converted.csv")
    expected = s1 if shape == "book" else s1.assign(**{schema.LABEL: None})
    wanted = files.write_csv(expected, tmp_path / "expected.csv")
    assert (tmp_path / "converted.csv").read_bytes() == wanted.read_bytes()


def test_an_unknown_shape(tmp_path, s1):
    with pytest.raises(IngestionError, match="Use one of book, live"):
        exports.write(s1, tmp_path / "x.csv", "bulk")
