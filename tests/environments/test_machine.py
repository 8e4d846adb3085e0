from __future__ import annotations

from pathlib import Path

import pytest

from utils.environments import machine


def test_this_machine_is_seen_as_it_is(tmp_path: Path) -> None:
    here = machine.look(tmp_path / "not" / "there")
    assert here.system in ("Linux", "Darwin")
    assert here.architecture in ("x86_64", "arm64")
    assert here.free_bytes > 0
    assert (here.glibc is None) == (here.system == "Darwin")


def test_os_release_loses_its_quotes() -> None:
    text = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n# a comment\nVERSION_ID="12"\n'
    release = machine.os_release(text)
    assert (release["ID"], release["VERSION_ID"]) == ("debian", "12")


@pytest.mark.parametrize(
    ("system", "said", "arm_mac", "expected"),
    [
        ("Linux", "x86_64", False, "x86_64"),
        ("Linux", "aarch64", False, "arm64"),
        ("Windows", "AMD64", False, "x86_64"),
        ("Darwin", "x86_64", True, "arm64"),
        ("Darwin", "x86_64", False, "x86_64"),
        ("Linux", "riscv64", False, "riscv64"),
    ],
)
def test_architectures_have_one_name_each(
    system: str, said: str, arm_mac: bool, expected: str
) -> None:
    assert machine.architecture(system, said, arm_mac) == expected


def test_a_named_browser_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_CHROMIUM", "/opt/my-chromium")
    assert machine.browser() == "/opt/my-chromium"


@pytest.mark.parametrize(
    ("root", "distribution", "expected"),
    [
        (True, "debian", True),
        (True, "ubuntu", True),
        (True, "fedora", False),
        (False, "debian", False),
    ],
)
def test_apt_is_for_root_on_debian_and_ubuntu(
    root: bool, distribution: str, expected: bool
) -> None:
    assert machine.Machine(root=root, distribution=distribution).apt is expected
