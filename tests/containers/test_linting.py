"""The linters really run: right files pass, and every single edit is refused in the linter's own words."""

from __future__ import annotations

import pytest

from utils import manifests, side_environments
from utils.containers import linting
from utils.containers.errors import ContainerError
from utils.environments.decisions import SetupError

DOCKERFILE = """\
FROM python:3.10-slim-trixie AS packages
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt /tmp/
RUN python -m venv /opt/venv \\
    && pip install --no-cache-dir --require-hashes --requirement /tmp/requirements.txt

FROM python:3.10-slim-trixie
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY data_checks.py run.py ./
EXPOSE 8500
USER 1000
ENTRYPOINT ["python", "run.py"]
"""

MANIFEST = """\
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: complaints
spec:
  replicas: 3
  selector:
    matchLabels: {app: complaints}
  template:
    metadata:
      labels: {app: complaints}
    spec:
      containers:
        - name: server
          image: registry.example.org/server:1
          ports:
            - {name: rest, containerPort: 8501}
"""


@pytest.fixture(autouse=True, scope="module")
def _installed():
    try:
        side_environments.ensure(manifests.ENVIRONMENT)
    except SetupError as error:
        pytest.skip(f"needs hadolint and kubernetes-validate: {error}")


def test_the_right_files_pass():
    assert linting.hadolint(DOCKERFILE) == []
    assert linting.kubernetes(MANIFEST) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("python:3.10-slim-trixie AS", "python AS", "DL3006 line 1: Always tag the version"),
        ("3.10-slim-trixie AS", "latest AS", "DL3007 line 1: Using latest is prone to errors"),
        ("--no-cache-dir ", "", "DL3042 line 4: Avoid use of cache directory with pip"),
        ("--from=packages", "--from=package", "DL3022 line 8: `COPY --from` should reference"),
        ("WORKDIR /app", "WORKDIR app", "DL3000 line 9: Use absolute WORKDIR"),
        ("COPY data", "ADD data", "DL3020 line 10: Use COPY instead of ADD"),
        ("8500", "85000", "DL3011 line 11: Valid UNIX ports range"),
        ("USER 1000", "USER root", "DL3002 line 12: Last USER should not be root"),
        ('["python", "run.py"]', "python run.py", "DL3025 line 13: Use arguments JSON notation"),
        ("WORKDIR", "WORKFOLDER", "DL1000 line 9: unexpected 'W'"),
    ],
)
def test_hadolint_refuses_an_edit(old, new, said):
    (tried,) = linting.break_each(DOCKERFILE, {"edit": (old, new)}, linting.hadolint)
    assert str(tried.findings[0]).startswith(said)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("replicas: 3", "replicas: three", "ERROR spec.replicas: 'three' is not of type 'integer'"),
        ("replicas: 3", "replica: 3", "ERROR spec: Additional properties are not allowed"),
        ("  selector:\n    matchLabels: {app: complaints}\n", "", "'selector' is a required"),
        ("8501", "'8501'", "spec.template.spec.containers.0.ports.0.containerPort: '8501' is not"),
        ("- {name: rest", "{name: rest", "ports: {'name': 'rest', 'containerPort': 8501} is not"),
        (
            "- name: server\n          image",
            "- image",
            "containers.0: 'name' is a required property",
        ),
        ("containerPort: 8501}", "containerPort: 8501", "expected ',' or '}'"),
        ("kind: Deployment", "kind: Deploymnt", "Couldn't find schema for kind Deploymnt"),
    ],
)
def test_the_schemas_refuse_an_edit(old, new, said):
    (tried,) = linting.break_each(MANIFEST, {"edit": (old, new)}, linting.kubernetes)
    assert said in str(tried.findings[0])
    assert len(tried.findings) == 1


def test_an_edit_has_to_be_one():
    with pytest.raises(ContainerError, match="is there 2 times"):
        linting.edited(DOCKERFILE, "3.10", "3.11")
    with pytest.raises(ContainerError, match="is there 0 times"):
        linting.edited(DOCKERFILE, "ruby", "3.11")
