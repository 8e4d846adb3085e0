from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

from utils import colab, paths
from utils.environments.decisions import SetupError
from utils.environments.machine import Machine
from utils.exporting import requirements

LOCK = (paths.ROOT / "requirements.txt").read_text(encoding="utf-8")
NEW, OLD = Machine(glibc=(2, 39)), Machine(glibc=(2, 35))


def test_the_present_runtime_fits() -> None:
    for python in ((3, 11), (3, 12), (3, 13)):
        colab.check_runtime(NEW, python)


@pytest.mark.parametrize(
    ("here", "python", "what"),
    [(OLD, (3, 12), "glibc 2.35"), (NEW, (3, 14), "Python 3.14"), (NEW, (3, 10), "Python 3.10")],
)
def test_a_runtime_that_cannot_run_tfx_gets_one_sentence(
    here: Machine, python: tuple[int, int], what: str
) -> None:
    with pytest.raises(SetupError) as caught:
        colab.check_runtime(here, python)
    assert what in str(caught.value)
    assert "Change runtime type" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_older_runtime_with_python_310_runs_the_older_tfx() -> None:
    colab.check_runtime(OLD, (3, 10))


def test_the_lock_is_read_for_this_python_with_its_hashes() -> None:
    entries = colab.parse(LOCK)
    assert entries["tfx"].startswith(f"tfx=={paths.stack()}.0")
    assert all("--hash=sha256:" in entry for entry in entries.values())
    assert "appnope" not in entries or sys.platform == "darwin"


def test_this_environment_needs_no_change() -> None:
    locked = colab.parse(LOCK)
    assert colab.changes(locked, colab.installed()) == []


def test_a_second_copy_further_down_the_path_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = colab.installed()["packaging"]
    copy = tmp_path / "packaging-0.1.dist-info"
    copy.mkdir()
    (copy / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: packaging\nVersion: 0.1\n", "utf-8"
    )
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    assert colab.installed()["packaging"] == there


def test_what_differs_or_is_missing_is_installed_and_colabs_own_is_kept() -> None:
    locked = {
        name: f"{name}==2.0 ; python_version > '3' \\\n    --hash=sha256:00"
        for name in (
            "protobuf",
            "tfx",
            "ipywidgets",
            "jupyter-client",
            "attrs",
            "pytest",
            "pytest-xdist",
        )
    }
    there = {"protobuf": "1.0", "ipywidgets": "1.0", "jupyter-client": "1.0", "attrs": "2.0"}
    assert colab.changes(locked, there) == ["protobuf", "tfx", "pytest"]


def test_only_loaded_packages_ask_for_a_restart() -> None:
    owners = {"google": ["protobuf", "google-auth"], "sklearn": ["scikit-learn"], "attr": ["attrs"]}
    modules = ["google.protobuf.message", "sklearn.metrics", "os"]
    names = ["protobuf", "google-auth", "scikit-learn", "attrs"]
    assert colab.in_use(names, owners, modules) == ["protobuf", "scikit-learn"]
    assert colab.in_use(names, owners, ["os"]) == []


def test_a_restart_says_why_and_what_to_do() -> None:
    with pytest.raises(colab.Restarting, match=r"protobuf.*run all cells again"):
        colab.restart(["protobuf"])


def test_it_is_colab_where_its_module_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not colab.here()
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    assert colab.here()


def test_binders_image_is_spared_what_only_tests_need() -> None:
    def names(text: str) -> set[str]:
        return {colab.canonical(one.name) for one, _ in colab.requirements(text)}

    lean = colab.for_readers(LOCK)
    left_out = names(LOCK) - names(lean)
    assert {"playwright", "pytest-xdist", "hypothesis"} <= left_out
    assert names(lean) >= {"jupyterlab", "tfx", "witwidget", "nbval", "pytest"}
    assert all(colab.FOR_TESTS_ONLY.fullmatch(name) for name in left_out)
    assert sum(line.startswith("    --hash") for line in lean.splitlines()) == sum(
        entry.count("--hash") for _, entry in colab.requirements(lean)
    )
    assert "for_readers(" in (paths.ROOT / "postBuild").read_text(encoding="utf-8")


def test_what_an_exported_project_needs_is_there_on_colab_and_binder() -> None:
    needed = requirements.closure((*requirements.NEEDS, *requirements.TOOLS))
    assert not [name for name in needed if colab.FOR_TESTS_ONLY.fullmatch(name)]
