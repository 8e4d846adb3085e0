"""Prometheus' programs, from the package and from the PATH."""

from __future__ import annotations

import shutil

import pytest

from utils.monitoring import programs
from utils.monitoring.errors import MonitoringError


def test_both_programs_are_there_and_are_found_again(installed):
    assert all((installed / name).is_file() for name in programs.PROGRAMS)
    assert programs.install() == installed
    assert "version" in programs.promtool("--version")


def test_a_fault_is_quoted(installed, tmp_path):
    file = tmp_path / "prometheus.yml"
    file.write_text("scrape_configs: [{job: x}]\n")
    with pytest.raises(
        MonitoringError, match=r"(?s)check config found a fault.*field job not found"
    ):
        programs.promtool("check", "config", file)


def test_without_apt_the_message_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path))
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(MonitoringError, match="not on this machine") as caught:
        programs.install()
    assert "brew install prometheus" in caught.value.cure
    assert not (tmp_path / "side").exists()


@pytest.mark.skipif(not shutil.which("apt-get"), reason="only Debian and Ubuntu have apt")
def test_a_package_that_cannot_be_had_leaves_nothing_half_done(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(programs, "PROGRAMS", ("prometheus-of-nowhere", "promtool-of-nowhere"))
    with pytest.raises(MonitoringError, match="could not be unpacked") as caught:
        programs.install()
    assert "network" in caught.value.cure
    assert not [
        one for one in (tmp_path / "side").iterdir() if one.suffix not in (".part", ".lock")
    ]
