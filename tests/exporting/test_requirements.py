"""What an exported project needs, and the part of the workbook's list that pins it."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from utils.exporting import requirements
from utils.exporting.errors import ExportError

LIST = """# A comment, as uv writes it.
no.such_one==1.2 ; python_version >= '3.8' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
another[extra]==3 ; python_version < '3.8' \\
    --hash=sha256:cc
third==2.0 \\
    --hash=sha256:dd
fourth>=1 \\
    --hash=sha256:ee
# the end, of Straße 1
"""


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.txt"
    file.write_text(LIST, "utf-8")
    return file


def test_only_what_must_be_exact_is() -> None:
    assert requirements.needs(("tfx", "dill", "setuptools")) == [
        f"tfx=={metadata.version('tfx')}",
        "dill",
        "setuptools<81",
    ]
    assert requirements.needs(("kfp",)) == [f"kfp=={metadata.version('kfp')}"]


def test_pins_are_those_for_this_python_with_all_their_hashes(
    listed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requirements, "closure", lambda names: frozenset({"third", "no-such-one"}))
    assert requirements.pinned(listed) == (
        "no.such_one==1.2 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
        "third==2.0 \\\n    --hash=sha256:dd\n"
    )


@pytest.mark.parametrize("name", ["another", "fourth", "fifth"])
def test_what_is_not_pinned_for_this_python_is_named(
    listed: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(requirements, "closure", lambda names: frozenset({"third", name, "zero"}))
    with pytest.raises(ExportError) as caught:
        requirements.pinned(listed)
    assert caught.value.what == f"requirements.txt has no pin for {name}, zero on this Python."
    assert "make lock" in caught.value.cure


def test_the_workbooks_own_list_pins_all_that_is_needed() -> None:
    lines = [line for line in requirements.pinned().splitlines() if not line.startswith(" ")]
    names = [canonicalize_name(line.partition("==")[0]) for line in lines]
    assert names == sorted(requirements.closure((*requirements.NEEDS, *requirements.TOOLS)))
    assert {"tfx", "tensorflow", "mypy"} <= set(names)


def test_airflows_pins_are_for_a_python_that_airflow_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 13))
    python, pins = requirements.pinned_for_airflow()
    assert python == "3.12"
    lines = [line for line in pins.splitlines() if not line.startswith(" ")]
    names = [line.partition("==")[0] for line in lines]
    assert {"apache-airflow", "tfx", "fairness-indicators", "dill"} <= set(names)
    assert len(set(names)) == len(names)


def test_what_a_package_needs_belongs_to_it() -> None:
    found = requirements.closure(("pytest",))
    assert {"pytest", "pluggy", "iniconfig", "packaging"} <= found
    assert "hypothesis" not in found, "what an extra asks for is left out"
    assert "google-auth" in requirements.closure(("kubernetes",))


def test_a_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(ExportError, match=r"no-such-package is needed.*\s.*make setup"):
        requirements.closure(("pytest", "no_such.package"))
