"""The linters of workflow files, really run."""

from __future__ import annotations

import subprocess

import pytest

from utils import paths, side_environments
from utils.environments.decisions import SetupError
from utils.releasing import workflows
from utils.releasing.errors import ReleasingError

CHECKS = (paths.ROOT / ".github" / "workflows" / "checks.yml").read_text("utf-8")

SMALL = """\
---
name: Small
"on": {push: {branches: [main]}, pull_request: {}}
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v6.0.2
        with:
          persist-credentials: false
      - run: make test
"""


@pytest.fixture(autouse=True, scope="module")
def linters() -> None:
    try:
        side_environments.ensure(workflows.ENVIRONMENT)
    except SetupError as error:
        pytest.skip(f"needs check-jsonschema: {error}")


@pytest.mark.parametrize("text", [CHECKS, SMALL])
def test_a_right_file_has_no_findings(text: str) -> None:
    assert workflows.check(text) == ()


@pytest.mark.parametrize(
    ("old", "new", "tool", "what", "where"),
    [
        ("runs-on", "runs-in", "schema", "github-workflows", "$.jobs.test"),
        ("    timeout-minutes: 10\n", "", "schema", "github-workflows-require-timeout", "$.jobs.test"),
        ("pull_request:", "pull_request_target:", "zizmor", "dangerous-triggers", "line 3"),
        ("make test", "echo ${{ github.event.pull_request.title }}", "zizmor", "template-injection", "line 14"),
        ("v6.0.2", "main", "pin", "moving-version", "line 11"),
        ("v6.0.2", "v6", "pin", "moving-version", "line 11"),
        ("jobs:", "jobs: [", "schema", "no YAML", "the file"),
    ],
)  # fmt: skip
def test_a_fault_is_found_and_placed(old: str, new: str, tool: str, what: str, where: str) -> None:
    first = workflows.check(SMALL.replace(old, new))[0]
    assert (first.tool, first.what, first.where) == (tool, what, where)
    assert first.said


def test_a_linter_without_an_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object, **__: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 2, "", "out of memory")

    monkeypatch.setattr(subprocess, "run", silent)
    with pytest.raises(ReleasingError, match=r"check-jsonschema gave no answer: out of memory"):
        workflows.check(SMALL)


def test_without_a_network_the_message_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(name: str) -> None:
        raise SetupError("The network was not reached.")

    monkeypatch.setattr(side_environments, "ensure", offline)
    with pytest.raises(ReleasingError, match=r"(?s)could not be installed.*not reached"):
        workflows.check(SMALL)
