"""Requests to Vertex AI are captured whole, nothing is sent, and a submission needs three things at once."""

from __future__ import annotations

import json
import logging
import socket

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import aiplatform

from utils.orchestration.kubeflow import vertex

ACCOUNT = "pipelines@your-project.iam.gserviceaccount.com"


@pytest.fixture
def job(compiled_file, monkeypatch, tmp_path):
    for name in (vertex.SWITCH, vertex.KEY_FILE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    return aiplatform.PipelineJob(
        display_name="complaints",
        template_path=str(compiled_file),
        project="your-project",
        location="europe-west4",
        credentials=AnonymousCredentials(),
    )


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("somebody has reached out")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_the_whole_request_is_captured(job, compiled_file):
    request = vertex.capture(job, service_account=ACCOUNT)
    assert request.parent == "projects/your-project/locations/europe-west4"
    assert request.identifier.startswith("complaints-")
    assert request.bucket == "gs://bucket/pipeline"
    assert request.service_account == request.body["serviceAccount"] == ACCOUNT
    assert request.body["pipelineSpec"] == json.loads(compiled_file.read_text())["pipelineSpec"]
    assert not logging.root.manager.disable


def test_a_schedule_is_captured_with_its_job(job):
    request = vertex.capture_schedule(job, "weekly", cron="0 6 * * 1", max_concurrent_run_count=1)
    assert request.body["cron"] == "0 6 * * 1"
    assert request.body["displayName"] == "weekly"
    inner = request.body["createPipelineJobRequest"]["pipelineJob"]
    assert len(inner["pipelineSpec"]["root"]["dag"]["tasks"]) == 10


def test_nothing_is_sent_without_credentials(job, monkeypatch):
    monkeypatch.setenv(vertex.SWITCH, "your-project")
    assert "no credentials" in vertex.submit(job)
    monkeypatch.setenv(vertex.KEY_FILE, "/nowhere/key.json")
    assert "no credentials" in vertex.submit(job)


def test_with_credentials_the_cost_and_the_switch_are_told(job, monkeypatch, tmp_path):
    key = tmp_path / "key.json"
    key.write_text("{}")
    monkeypatch.setenv(vertex.KEY_FILE, str(key))
    for switch in ("", "1", "true", "another-project"):
        monkeypatch.setenv(vertex.SWITCH, switch)
        said = vertex.submit(job)
        assert said.startswith("Nothing was sent")
        assert "8 machines" in said and "SUBMIT_TO_VERTEX=your-project" in said
    monkeypatch.setenv(vertex.SWITCH, "your-project")
    assert "AnonymousCredentials" in vertex.submit(job)


def test_gcloud_s_own_credentials_are_seen(job, tmp_path):
    (tmp_path / "gcloud").mkdir()
    (tmp_path / "gcloud" / "application_default_credentials.json").write_text("{}")
    assert "gcloud auth" in vertex.credentials()
