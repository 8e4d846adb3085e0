"""The tools that check a deployment's files, really run."""

from __future__ import annotations

import pytest

from utils import manifests, side_environments
from utils.environments.decisions import SetupError

SERVICE = """\
---
apiVersion: v1
kind: Service
metadata:
  name: complaints
spec:
  ports:
    - {port: 8500}
"""


@pytest.fixture
def folder(tmp_path):
    try:
        side_environments.ensure(manifests.ENVIRONMENT)
    except SetupError as error:
        pytest.skip(f"needs kubernetes-validate: {error}")
    (tmp_path / "service.yaml").write_text(SERVICE)
    return tmp_path


def test_a_right_manifest_passes(folder):
    said = manifests.check("kubernetes-validate", "--strict", "service.yaml", folder=folder)
    assert "passed for resource service/complaints" in said
    assert manifests.check("yamllint", "service.yaml", folder=folder) == ""


def test_a_wrong_type_and_an_unknown_field_are_named(folder):
    file = folder / "service.yaml"
    file.write_text(SERVICE.replace("8500", "high"))
    with pytest.raises(
        manifests.ManifestError, match=r"found a fault: ERROR .*'high' is not of type"
    ):
        manifests.check("kubernetes-validate", "service.yaml", folder=folder)
    file.write_text(SERVICE.replace("spec:", "spec:\n  selectors: {}"))
    assert "passed" in manifests.check("kubernetes-validate", "service.yaml", folder=folder)
    with pytest.raises(manifests.ManifestError, match="'selectors' was unexpected"):
        manifests.check("kubernetes-validate", "--strict", "service.yaml", folder=folder)


def test_a_dockerfile_is_read(folder):
    (folder / "Dockerfile").write_text("FROM python:latest\n")
    with pytest.raises(manifests.ManifestError, match="DL3007"):
        manifests.check("hadolint", "--no-color", "Dockerfile", folder=folder)


def test_without_a_network_the_message_says_so(monkeypatch, tmp_path):
    def offline(name):
        raise SetupError("The network was not reached.")

    monkeypatch.setattr(side_environments, "ensure", offline)
    with pytest.raises(
        manifests.ManifestError, match=r"(?s)yamllint could not be installed.*not reached"
    ):
        manifests.check("yamllint", "service.yaml", folder=tmp_path)
