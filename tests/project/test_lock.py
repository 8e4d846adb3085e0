"""The lock's first lines, and that it is complete for every system that the README names."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from utils import colab, paths, side_environments
from utils.environments import uv
from utils.project import lock as module
from utils.project.lock import body, header, sources

LINUX = {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"}
APPLE_SILICON = {
    "sys_platform": "darwin",
    "platform_system": "Darwin",
    "platform_machine": "arm64",
}
INTEL_MAC = {**APPLE_SILICON, "platform_machine": "x86_64"}
SYSTEMS = [
    (LINUX, "3.10", "1.16.0"),
    *((LINUX, python, "1.21.0") for python in ("3.11", "3.12", "3.13")),
    *((APPLE_SILICON, python, "1.21.0") for python in ("3.11", "3.12", "3.13")),
    (INTEL_MAC, "3.10", "1.16.0"),
]
"""Ubuntu 24.04, Colab, Binder and Windows' WSL are Linux with one of its Python versions."""

NAMED = (
    *("jupyterlab", "tensorflow", "tensorflow-data-validation", "tensorflow-model-analysis"),
    *("fairness-indicators", "witwidget", "nbval"),
)


def pinned(system: dict[str, str], python: str) -> dict[str, list[str]]:
    """By package the versions that the lock gives a system; entries without a hash are refused."""
    environment = {
        **system,
        "python_version": python,
        "python_full_version": f"{python}.1",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "os_name": "posix",
    }
    found: dict[str, list[str]] = defaultdict(list)
    text = (paths.ROOT / "requirements.txt").read_text(encoding="utf-8")
    for requirement, entry in colab.requirements(text):
        if requirement.marker is None or requirement.marker.evaluate(environment):
            assert "--hash=sha256:" in entry, requirement
            (version,) = requirement.specifier
            found[requirement.name].append(version.version)
    return found


@pytest.mark.parametrize(("system", "python", "tfx"), SYSTEMS)
def test_one_version_of_everything_on_every_system(
    system: dict[str, str], python: str, tfx: str
) -> None:
    found = pinned(system, python)
    assert found["tfx"] == [tfx]
    assert [name for name in NAMED if name not in found] == []
    assert {name: many for name, many in found.items() if len(many) > 1} == {}


def test_the_first_lines_say_how_to_install() -> None:
    lines = header("pyproject.toml", "requirements.txt").splitlines()
    assert all(line.startswith("#") for line in lines)
    assert any("uv pip install --no-deps --require-hashes -r requirements.txt" in x for x in lines)
    assert any("pip install --no-deps --require-hashes -r requirements.txt" in x for x in lines)


def test_only_requirements_remain_of_a_body() -> None:
    text = "# old header\none==1 \\\n    --hash=sha256:ab\n    # via two\n"
    assert body(text) == "one==1 \\\n    --hash=sha256:ab\n"
    assert body(header("a", "b")) == ""


def test_what_the_disk_refuses_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*given: object) -> bool:
        raise PermissionError(13, "Permission denied", "requirements.txt.part")

    monkeypatch.setattr(uv, "ensure", lambda *given: Path("uv"))
    monkeypatch.setattr(module, "lock", refuse)
    assert module.main([]) == 1
    assert "Permission denied: 'requirements.txt.part'" in capsys.readouterr().err


def test_every_side_environment_is_locked_too() -> None:
    assert [source.stem for source in sources()] == side_environments.names()
