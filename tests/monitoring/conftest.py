"""Prometheus' programs, and a Prometheus that watches itself."""

from __future__ import annotations

import json

import pytest

from utils.monitoring import programs, prometheus
from utils.monitoring.errors import MonitoringError

CONFIG = """\
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [alerts*.yml]
scrape_configs:
  - job_name: itself
    file_sd_configs: [{files: [targets.json]}]
"""


@pytest.fixture(scope="session")
def installed():
    """The folder of the programs."""
    try:
        return programs.install()
    except MonitoringError as error:
        pytest.skip(f"needs Prometheus: {error.what}")


@pytest.fixture(scope="session")
def watching(installed, tmp_path_factory):
    """A Prometheus whose one target is itself."""
    folder = tmp_path_factory.mktemp("watching")
    config = folder / "prometheus.yml"
    config.write_text(CONFIG)
    with prometheus.start(config) as running:
        mine = [{"targets": [running.url.removeprefix("http://")]}]
        (folder / "targets.json").write_text(json.dumps(mine))
        running.wait(lambda: running.value("up") == 1, "the first read of itself")
        yield running
