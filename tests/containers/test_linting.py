"""The linters really run on the reader's files: these pass, and every single edit is refused in the linter's words."""

from __future__ import annotations

import pytest

from tests.notebooks.reading import chapter, written_files
from utils import manifests, side_environments
from utils.containers import linting
from utils.containers.errors import ContainerError
from utils.environments.decisions import SetupError

FILES = written_files(chapter("A"))
"""What appendix A lets its reader write, by variable."""

DOCKERFILE, MANIFEST = FILES["docker_file"], FILES["deployment_file"]


@pytest.fixture(autouse=True, scope="module")
def _installed():
    try:
        side_environments.ensure(manifests.ENVIRONMENT)
    except SetupError as error:
        pytest.skip(f"needs hadolint and kubernetes-validate: {error}")


def test_the_right_files_pass(tmp_path):
    images = [text for text in FILES.values() if "FROM " in text and "ENV " in text]
    objects = [text for text in FILES.values() if text.startswith("---")]
    described = [text for text in objects if "kind: Kustomization" not in text]
    assert (len(images), len(described)) == (2, 8)
    assert [linting.hadolint(text) for text in images] == [[], []]
    assert linting.kubernetes("".join(described)) == []
    for at, text in enumerate(objects):
        (tmp_path / f"{at}.yaml").write_text(text)
    assert manifests.check("yamllint", "--strict", ".", folder=tmp_path) == ""


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("python:${PYTHON}-slim-trixie AS", "python AS", "DL3006", "Always tag the version"),
        ("${PYTHON}-slim-trixie AS", "latest AS", "DL3007", "Using latest is prone to errors"),
        ("# hadolint ignore=DL3008\n", "", "DL3008", "Pin versions in apt get install"),
        ("--no-install-recommends ", "", "DL3015", "Avoid additional packages"),
        ("--no-cache-dir ", "", "DL3042", "Avoid use of cache directory with pip"),
        ("--from=packages", "--from=package", "DL3022", "`COPY --from` should reference"),
        ("WORKDIR /app", "WORKDIR app", "DL3000", "Use absolute WORKDIR"),
        ("COPY data_checks.py", "ADD data_checks.py", "DL3020", "Use COPY instead of ADD"),
        ("USER 1000", "USER 0", "DL3002", "Last USER should not be root"),
        ('["python", "run.py"]', "python run.py", "DL3025", "Use arguments JSON notation"),
        ("WORKDIR", "WORKFOLDER", "DL1000", "unexpected 'W'"),
    ],
)
def test_hadolint_refuses_an_edit(old, new, code, said):
    (tried,) = linting.break_each(DOCKERFILE, {"edit": (old, new)}, linting.hadolint)
    assert tried.findings[0].code == code
    assert tried.findings[0].message.startswith(said)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("replicas: 3", "replicas: three", "ERROR spec.replicas: 'three' is not of type 'integer'"),
        ("replicas: 3", "replica: 3", "ERROR spec: Additional properties are not allowed"),
        ("  selector:\n    matchLabels: {app: complaints}\n", "", "'selector' is a required"),
        ("rest, containerPort: 8501", "rest, containerPort: '8501'", "'8501' is not of type"),
        ("- {name: config, mountPath", "{name: config, mountPath", "is not of type 'array'"),
        ("- name: server\n          image", "- image", "'name' is a required property"),
        ("      containers:", "     containers:", "Couldn't parse YAML: while parsing"),
        ("kind: Deployment", "kind: Deploymnt", "Couldn't find schema for kind Deploymnt"),
    ],
)
def test_the_schemas_refuse_an_edit(old, new, said):
    (tried,) = linting.break_each(MANIFEST, {"edit": (old, new)}, linting.kubernetes)
    assert said in str(tried.findings[0])
    assert len(tried.findings) == 1


def test_a_program_that_fails_by_itself_finds_nothing(monkeypatch):
    def broken(*_: object, **__: object) -> str:
        raise manifests.ManifestError("it found a fault: Traceback (most recent call last): …", "")

    monkeypatch.setattr(manifests, "check", broken)
    with pytest.raises(manifests.ManifestError, match="Traceback"):
        linting.kubernetes(MANIFEST)


def test_an_edit_has_to_be_one():
    with pytest.raises(ContainerError, match="is there 2 times"):
        linting.edited(DOCKERFILE, "FROM ", "FRUM ")
    with pytest.raises(ContainerError, match="is there 0 times"):
        linting.edited(DOCKERFILE, "ruby", "python")
