"""A schema in a file that is named by its content."""

from __future__ import annotations

from pathlib import Path

import tensorflow_data_validation as tfdv

from utils.validation import schemas


def test_a_file_is_named_by_its_content(schema, tmp_path):
    first = schemas.save(schema, tmp_path)
    assert schemas.save(schema, tmp_path) == first
    tfdv.get_domain(schema, "product").value.append("Virtual currency")
    second = schemas.save(schema, tmp_path)
    assert second != first
    assert tfdv.load_schema_text(str(second)) == schema
    assert sorted(tmp_path.iterdir()) == sorted([first, second])


def test_the_default_folder_lies_in_the_store(schema, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBOOK_STORE", str(tmp_path))
    assert schemas.save(schema).parent == tmp_path / "schemas"


def test_two_notebooks_write_to_names_of_their_own(schema, tmp_path, monkeypatch):
    written, replace = set(), Path.replace

    def watched(part, file):
        written.add(part)
        return replace(part, file)

    monkeypatch.setattr(Path, "replace", watched)
    for _ in range(2):
        schemas.save(schema, tmp_path).unlink()
    assert len(written) == 2
