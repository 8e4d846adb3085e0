from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.disks import USERLAND, must_mount
from utils.environments.machine import Machine
from utils.project import userland

TARGETS = """\
http://mirror.example/debian-security/|bookworm-security|main|Debian|Debian-Security
http://mirror.example/debian/|bookworm-updates|main|Debian|Debian
http://mirror.example/debian/|bookworm|contrib|Debian|Debian
http://mirror.example/debian/|bookworm|main|Debian|Debian
https://other.example/apt/|cloud|main|Other|Other
"""


def test_the_mirror_is_that_of_the_main_archive() -> None:
    assert userland.pick_mirror(TARGETS) == "http://mirror.example/debian"
    assert userland.pick_mirror(TARGETS.splitlines()[0]) is None
    assert userland.pick_mirror("") is None


def test_the_inside_gets_only_what_fits_it() -> None:
    outside = {
        "CI": "true",
        "HOME": "/home/me",
        "PATH": "/opt",
        "SSL_CERT_FILE": "/x",
        "SECRET": "s",
    }
    inside = userland.inner_variables(outside)
    assert inside["CI"] == "true"
    assert inside["HOME"] == "/root"
    assert inside["SSL_CERT_FILE"] == userland.CERTIFICATES
    assert "SECRET" not in inside


def test_the_command_binds_in_a_namespace_of_its_own() -> None:
    line = userland.entry(Path("/b/debian13"), [("/r", "/r")], {"A": "1 2"}, ["echo", "a b"])
    assert line[:4] == ["unshare", "--mount", "--propagation", "private"]
    tail = ["/b/debian13", "/r", "/r", "rw", "--", "/usr/bin/env", "-i", "A=1 2", "echo", "a b"]
    assert line[-len(tail) :] == tail
    line = userland.entry(Path("/b/debian13"), [], {}, ["true"], read_only=["/p"])
    tail = ["/b/debian13", "/p", "/p", "ro", "--", "/usr/bin/env", "-i", "true"]
    assert line[-len(tail) :] == tail


def test_the_stamp_belongs_to_the_recipe(tmp_path: Path) -> None:
    assert not userland.is_ready(tmp_path)
    stamp = tmp_path / userland.STAMP
    stamp.parent.mkdir()
    stamp.write_text(json.dumps({"recipe": "an older one"}))
    assert not userland.is_ready(tmp_path)
    stamp.write_text(json.dumps({"recipe": userland.recipe()}))
    assert userland.is_ready(tmp_path)
    stamp.write_text("[]")
    assert not userland.is_ready(tmp_path)


def test_mounts_in_a_folder_are_seen() -> None:
    mounts = (
        "22 1 254:0 / / rw - ext4 /dev/vda rw\n30 22 0:5 / /b/debian13/proc rw - proc proc rw\n"
    )
    assert userland.mounts_below(Path("/b/debian13"), mounts) == ["/b/debian13/proc"]
    assert userland.mounts_below(Path("/b/debian1"), mounts) == []


def test_nothing_is_deleted_through_a_mount(tmp_path: Path) -> None:
    folder = tmp_path / "debian13"
    (folder / "etc").mkdir(parents=True)
    userland.remove(folder)
    assert not folder.exists()
    userland.remove(folder)


def test_without_the_right_to_mount_a_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = subprocess.CompletedProcess([], returncode=1)
    monkeypatch.setattr(userland, "quiet", lambda command: refused)
    with pytest.raises(userland.SetupError, match="no mount namespace"):
        userland.ensure(Machine(), tmp_path)


def test_the_entry_script_mounts_inside_its_namespace_only(tmp_path: Path) -> None:
    if USERLAND:
        pytest.skip("a userland is entered from outside")
    must_mount()
    root, precious = tmp_path / "root", tmp_path / "precious"
    for name in ("proc", "dev", "sys"):
        (root / name).mkdir(parents=True)
    precious.mkdir()
    (precious / "file").write_text("kept")
    script = userland.ENTER.replace('exec chroot "$root" "$@"', 'exec cat "$root/inside/file"')
    line = userland.entry(root, [(str(precious), "/inside")], {}, [])
    line[line.index(userland.ENTER)] = script
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert done.stdout == "kept"
    assert list((root / "inside").iterdir()) == [], "the mount is gone with its namespace"
    assert userland.mounts_below(root, Path("/proc/self/mountinfo").read_text()) == []
