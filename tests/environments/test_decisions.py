from __future__ import annotations

import pytest

from utils.environments.decisions import (
    DISK_BYTES,
    PYTHONS,
    SetupError,
    check_compiler,
    check_disk,
    choose,
    explain_failure,
    missing_packages,
    no_python,
)
from utils.environments.machine import Machine

OLD = Machine(glibc=(2, 36), root=True, distribution="debian", release="12")
NEW = Machine(glibc=(2, 39), distribution="ubuntu", release="24.04")
SILICON = Machine(system="Darwin", architecture="arm64", glibc=None)
INTEL = Machine(system="Darwin", architecture="x86_64", glibc=None)


@pytest.mark.parametrize(
    ("machine", "wanted", "stack", "userland"),
    [
        (OLD, "", "1.16", False),
        (OLD, "1.16", "1.16", False),
        (OLD, "1.21", "1.21", True),
        (NEW, "", "1.21", False),
        (NEW, " 1.21 ", "1.21", False),
        (NEW, "1.16", "1.16", False),
        (Machine(glibc=(2, 38)), "", "1.16", False),
        (Machine(glibc=(2, 41)), "", "1.21", False),
        (SILICON, "", "1.21", False),
        (INTEL, "", "1.16", False),
    ],
)
def test_each_machine_gets_the_newest_stack_it_can_run(
    machine: Machine, wanted: str, stack: str, userland: bool
) -> None:
    choice = choose(machine, wanted)
    assert (choice.stack, choice.userland) == (stack, userland)
    assert choice.reason


def test_the_reason_names_the_glibc() -> None:
    assert choose(OLD).reason == "glibc is 2.36, and TFX 1.21 needs 2.39 or newer"


@pytest.mark.parametrize(
    ("machine", "wanted", "wrong", "cure"),
    [
        (Machine(system="Windows", glibc=None), "", "Windows", "wsl --install"),
        (Machine(system="FreeBSD", glibc=None), "", "FreeBSD", "Binder"),
        (Machine(architecture="arm64"), "", "Arm processors", "x86-64"),
        (Machine(architecture="riscv64"), "", "riscv64", "x86-64"),
        (Machine(glibc=None), "", "Alpine", "Debian"),
        (Machine(glibc=(2, 12)), "", "2.12", "newer Linux"),
        (SILICON, "1.16", "Apple silicon", "leave STACK out"),
        (INTEL, "1.21", "Intel", "leave STACK out"),
        (Machine(glibc=(2, 35), distribution="ubuntu"), "1.21", "2.35", "leave STACK out"),
        (Machine(glibc=(2, 36), distribution="debian"), "1.21", "2.36", "As root"),
        (NEW, "1.15", "STACK=1.15", "1.16 and 1.21"),
    ],
)
def test_a_machine_that_cannot_is_told_why_and_what_to_do(
    machine: Machine, wanted: str, wrong: str, cure: str
) -> None:
    with pytest.raises(SetupError) as caught:
        choose(machine, wanted)
    assert wrong in str(caught.value)
    assert cure in str(caught.value)


def test_root_on_debian_gets_what_is_missing() -> None:
    bare = Machine(root=True, distribution="debian", compiler=False)
    assert missing_packages(bare, "3.13", browser=True) == ["g++", "python3.13-dev", "chromium"]
    assert missing_packages(bare, None, browser=False) == ["g++"]
    complete = Machine(distribution="debian", browser="/usr/bin/chromium")
    assert missing_packages(complete, None, browser=True) == []


def test_ubuntu_gets_no_chromium_because_its_package_is_a_snap() -> None:
    assert missing_packages(Machine(root=True, distribution="ubuntu"), None, browser=True) == []


@pytest.mark.parametrize(
    ("machine", "cure"),
    [
        (Machine(compiler=False, distribution="debian"), "sudo apt install g++"),
        (Machine(compiler=False, distribution="fedora", root=True), "package manager"),
        (Machine(system="Darwin", compiler=False), "xcode-select --install"),
    ],
)
def test_no_compiler_and_no_way_to_install_one(machine: Machine, cure: str) -> None:
    with pytest.raises(SetupError, match="No C\\+\\+ compiler") as caught:
        check_compiler(machine)
    assert cure in str(caught.value)


def test_a_compiler_that_set_up_can_install_is_no_problem() -> None:
    check_compiler(Machine(compiler=False, root=True, distribution="debian"))
    check_compiler(Machine(compiler=True))


def test_too_little_disk_names_both_amounts_and_the_cure() -> None:
    with pytest.raises(
        SetupError, match=r"needs 5\.0 GB of disk in /b, and 1\.2 GB are free"
    ) as caught:
        check_disk(Machine(free_bytes=1_200_000_000), DISK_BYTES, "/b")
    assert "WORKBOOK_BUILD" in str(caught.value)
    check_disk(Machine(free_bytes=DISK_BYTES), DISK_BYTES, "/b")


@pytest.mark.parametrize("stack", sorted(PYTHONS))
def test_no_python_names_the_versions_and_what_was_seen(stack: str) -> None:
    text = str(
        no_python(
            f"TFX {stack}",
            PYTHONS[stack],
            ["/usr/bin/python3.10 (3.10.1) was built without ssl"],
            root=False,
        )
    )
    assert all(version in text for version in PYTHONS[stack])
    assert "without ssl" in text
    assert "sudo apt install" in text
    assert "sudo" not in str(no_python("TFX", PYTHONS[stack], [], root=True))


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (
            "error: error sending request for url\n  dns error: failed to lookup address",
            "network was not",
        ),
        ("<urlopen error [Errno -3] Temporary failure in name resolution>", "network was not"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("first\nlast words", "last words"),
    ],
)
def test_a_failure_is_explained(output: str, expected: str) -> None:
    text = str(explain_failure("installing the packages", output))
    assert expected in text
    assert "installing the packages" in text
