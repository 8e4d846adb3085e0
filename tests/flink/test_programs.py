"""What a cluster is made of, and the sums of its jars."""

import hashlib
import re
import xml.etree.ElementTree as ET

import pytest

from utils.flink import FlinkError, programs
from utils.flink.cluster import resources


def java(folder, version):
    program = folder / f"java-{version}" / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}.0.1\"' >&2\n", "utf-8")
    program.chmod(0o755)
    return program


def test_the_java_that_flink_knows_best_is_taken(tmp_path, monkeypatch):
    found = [java(tmp_path, version) for version in (25, 21, 11, 17)]
    monkeypatch.setattr(programs, "_javas", lambda: found)
    programs.java.cache_clear()
    assert programs.java() == found[-1]
    programs.java.cache_clear()


def test_a_java_that_is_too_new_is_named_with_the_cure(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "_javas", lambda: [java(tmp_path, 25)])
    programs.java.cache_clear()
    with pytest.raises(FlinkError, match=r"there is Java 25.*\n.*apt install maven"):
        programs.java()


def test_every_version_in_the_pom_is_pinned_and_its_jars_have_sums():
    names = {"m": "http://maven.apache.org/POM/4.0.0"}
    sums = programs.committed()
    for one in ET.parse(programs.POM).getroot().iterfind(".//m:dependency", names):
        artifact, version = (
            one.findtext(f"m:{tag}", "", names) for tag in ("artifactId", "version")
        )
        assert f"{artifact}-{version}.jar" in sums
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in sums.values())


def test_a_changed_jar_is_refused_by_name(tmp_path, monkeypatch):
    jar = tmp_path / "a.jar"
    jar.write_bytes(b"once")
    sums = tmp_path / "sums"
    sums.write_text(f"{hashlib.sha256(b'once').hexdigest()}  a.jar\n", "utf-8")
    monkeypatch.setattr(programs, "SUMS", sums)
    programs.check(tmp_path)
    jar.write_bytes(b"then")
    with pytest.raises(FlinkError, match=r"1 of the jars .*: a\.jar"):
        programs.check(tmp_path)


def test_the_division_of_memory_is_read_from_what_flink_prints():
    said = (
        "INFO something\nBASH_JAVA_UTILS_EXEC_RESULT:-Xmx1g -Xms1g\n"
        "BASH_JAVA_UTILS_EXEC_RESULT:-D a=1b -D b=2b\n"
    )
    assert resources(said) == (["-Xmx1g", "-Xms1g"], ["-D", "a=1b", "-D", "b=2b"])
    assert resources("Exception") == ([], [])
