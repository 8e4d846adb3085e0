"""Vertex AI without an account: what a submission would send, and a submission that cannot happen by accident.

Source: ``google.cloud.aiplatform.PipelineJob``; https://cloud.google.com/vertex-ai/docs/pipelines/run-pipeline
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from google.auth.credentials import AnonymousCredentials
from google.cloud import aiplatform
from google.cloud.aiplatform.utils import gcs_utils
from google.protobuf import json_format

from utils.orchestration.errors import OrchestrationError
from utils.orchestration.kubeflow import ir

SWITCH = "SUBMIT_TO_VERTEX"
"""The environment variable that allows a submission: it must hold the name of the project that pays."""

KEY_FILE = "GOOGLE_APPLICATION_CREDENTIALS"
"""The environment variable that names a file with credentials, for all of Google's libraries."""

PRICES = "https://cloud.google.com/vertex-ai/pricing#pipelines"


@dataclass(frozen=True)
class Request:
    """What would have been sent to Vertex AI.

    Attributes:
        parent: The project and the region, as Vertex AI writes them.
        identifier: The name of the run, or empty for a schedule, which Vertex AI numbers itself.
        body: The job or the schedule, as plain dictionaries.
        bucket: The folder whose bucket would have been looked for, and made where there is none; empty for a schedule.
        service_account: In whose name the components would run; empty for the project's default.
    """

    parent: str
    identifier: str
    body: Mapping[str, Any]
    bucket: str
    service_account: str


class _Captured(BaseException):
    """Ends a submission at the point where it would send: no other code takes it for an error of the network."""


def capture(job: aiplatform.PipelineJob, **how: Any) -> Request:
    """Submit a job up to the point where it would be sent, and return what would have been.

    Args:
        job: The job; :class:`~google.auth.credentials.AnonymousCredentials` suffice.
        **how: Arguments of ``PipelineJob.submit``, for example ``service_account``.

    Returns:
        The request. Nothing leaves this machine.
    """
    sent: dict[str, Any] = {}
    buckets: dict[str, Any] = {}

    def create(**request: Any) -> None:
        sent.update(request)
        raise _Captured

    bucket = "create_gcs_bucket_for_pipeline_artifacts_if_it_does_not_exist"
    with (
        _quiet(),
        mock.patch.object(gcs_utils, bucket, lambda **asked: buckets.update(asked)),
        mock.patch.object(job.api_client, "create_pipeline_job", create),
        contextlib.suppress(_Captured),
    ):
        job.submit(**how)
    return Request(
        parent=sent["parent"],
        identifier=sent["pipeline_job_id"],
        body=_plain(sent["pipeline_job"]),
        bucket=buckets.get("output_artifacts_gcs_dir", ""),
        service_account=sent["pipeline_job"].service_account,
    )


def capture_schedule(job: aiplatform.PipelineJob, display_name: str, **how: Any) -> Request:
    """Create a schedule for a job up to the point where it would be sent, and return what would have been.

    Args:
        job: As for :func:`capture`.
        display_name: The schedule's name.
        **how: Arguments of ``PipelineJobSchedule.create``, for example ``cron``.

    Returns:
        The request. Nothing leaves this machine.
    """
    sent: dict[str, Any] = {}

    def create(**request: Any) -> None:
        sent.update(request)
        raise _Captured

    schedule = aiplatform.PipelineJobSchedule(
        pipeline_job=job,
        display_name=display_name,
        credentials=job.credentials,
        project=job.project,
        location=job.location,
    )
    with (
        _quiet(),
        mock.patch.object(schedule.api_client, "create_schedule", create),
        contextlib.suppress(_Captured),
    ):
        schedule.create(**how)
    run = sent["schedule"].create_pipeline_job_request.pipeline_job
    return Request(sent["parent"], "", _plain(sent["schedule"]), "", run.service_account)


def submit(job: aiplatform.PipelineJob, **how: Any) -> str:
    """Submit a job for real, if somebody has said so in so many words; say why not otherwise.

    Three things must come together: credentials of Google Cloud on this machine, a job that was built with them, and
    the environment variable :data:`SWITCH` with the name of the job's project.

    Args:
        job: The job.
        **how: Arguments of ``PipelineJob.submit``.

    Returns:
        A sentence that says what has happened, or what a submission would be billed for and how to allow it.

    Raises:
        Exception: What Vertex AI answers, where the job was sent.
    """
    here = credentials()
    if not here:
        return "Nothing was sent: there are no credentials of Google Cloud on this machine."
    if os.environ.get(SWITCH) != job.project:
        return (
            f"Nothing was sent, although there are credentials here: {here}. {cost(job)} To submit it, set "
            f"{SWITCH}={job.project} before the notebook starts."
        )
    if isinstance(job.credentials, AnonymousCredentials):
        return (
            "Nothing was sent: this job was built with AnonymousCredentials. Leave the argument `credentials` out, and "
            "Google's library takes those of this machine."
        )
    expected = cost(job)
    job.submit(**how)
    return f"Sent: {job.resource_name}. {expected}"


def credentials() -> str:
    """Say where on this machine there are credentials of Google Cloud, without asking the network.

    Returns:
        The place in a few words; empty where there are none.
    """
    named = os.environ.get(KEY_FILE)
    if named and Path(named).is_file():
        return f"the file that {KEY_FILE} names"
    config = os.environ.get("CLOUDSDK_CONFIG") or Path.home() / ".config" / "gcloud"
    if (Path(config) / "application_default_credentials.json").is_file():
        return "those of `gcloud auth application-default login`"
    return ""


def cost(job: aiplatform.PipelineJob) -> str:
    """Say what a run would be billed for.

    Args:
        job: The job.

    Returns:
        A sentence. It names no sum, for prices change and depend on the region.
    """
    compiled = ir.parse({"pipelineSpec": capture(job).body["pipelineSpec"]}, "The job")
    machines = sum(compiled.executor(task).HasField("container") for task in compiled.tasks)
    return (
        f"This would cost a fee for the run, the time of {machines} machines, one for each component that is a "
        f"container, and the storage of what they make ({PRICES})."
    )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Google's library from saying that it creates something."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)


def _plain(message: Any) -> dict[str, Any]:
    try:
        return json_format.MessageToDict(type(message).pb(message))
    except AttributeError as error:
        raise OrchestrationError(
            f"A {type(message).__name__} is no message of Vertex AI."
        ) from error
