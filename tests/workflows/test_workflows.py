"""Public CI, the forms for issues, the citation and the development container, checked offline, and not run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from utils import paths, side_environments
from utils.environments.decisions import SetupError
from utils.project.run_tests import choose

GITHUB = paths.ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted(
    set((GITHUB / "ISSUE_TEMPLATE").glob("*.yml")) - {GITHUB / "ISSUE_TEMPLATE" / "config.yml"}
)
CONTAINER = paths.ROOT / ".devcontainer" / "devcontainer.json"
SCHEMA = Path(__file__).with_name("devcontainer.schema.json")


@pytest.fixture(scope="module", autouse=True)
def linters() -> None:
    """Installs the linters on first use, and says so where that cannot be done."""
    try:
        side_environments.ensure("lint")
    except SetupError as error:
        pytest.fail(
            f"The linters are fetched from the network once, and could not be: {error}",
            pytrace=False,
        )


def lint(*command: object) -> str:
    """Runs a linter of the side environment; raises if it finds anything."""
    return side_environments.run("lint", [str(part) for part in command], cwd=paths.ROOT).stdout


def test_the_workflows_are_valid() -> None:
    assert [file.stem for file in WORKFLOWS] == ["checks", "nightly", "pages"]
    lint("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)
    lint(
        "check-jsonschema",
        "--builtin-schema",
        "custom.github-workflows-require-timeout",
        *WORKFLOWS,
    )
    lint("check-jsonschema", "--builtin-schema", "vendor.dependabot", GITHUB / "dependabot.yml")


def test_a_broken_workflow_is_found(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text(WORKFLOWS[0].read_text("utf-8").replace("runs-on:", "runs-in:"), "utf-8")
    with pytest.raises(RuntimeError, match=r"broken\.yml"):
        lint("check-jsonschema", "--builtin-schema", "vendor.github-workflows", broken)


def test_the_workflows_are_safe() -> None:
    lint("zizmor", "--offline", "--quiet", "--config", GITHUB / "zizmor.yml", GITHUB)


def test_an_unsafe_workflow_is_found(tmp_path: Path) -> None:
    unsafe = tmp_path / "unsafe.yml"
    step = "run: echo ${{ github.event.pull_request.title }}\n      - run: make test"
    unsafe.write_text(WORKFLOWS[0].read_text("utf-8").replace("run: make test", step), "utf-8")
    with pytest.raises(RuntimeError, match="template-injection"):
        lint("zizmor", "--offline", "--quiet", "--config", GITHUB / "zizmor.yml", unsafe)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.stem)
def test_actions_are_pinned_by_their_exact_version(workflow: Path) -> None:
    used = re.findall(r"uses: (\S+)", workflow.read_text("utf-8"))
    assert used
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+@v\d+\.\d+\.\d+", action) for action in used)


def test_both_generations_and_all_systems_are_tried() -> None:
    for name in ("checks", "nightly"):
        text = (GITHUB / "workflows" / f"{name}.yml").read_text("utf-8")
        tried = re.findall(r'system: ([\w.-]+), python: "([\d.]+)", stack: "([\d.]+)"', text)
        assert ("ubuntu-22.04", "3.10", "1.16") in tried
        assert ("ubuntu-24.04", "3.12", "1.21") in tried
        assert any(system.startswith("macos") for system, _, _ in tried)


def test_workflows_call_what_there_is() -> None:
    targets = set(re.findall(r"^([a-z]+):", (paths.ROOT / "Makefile").read_text("utf-8"), re.M))
    for workflow in WORKFLOWS:
        text = workflow.read_text("utf-8")
        called = set(re.findall(r"run: make (\w+)", text))
        assert called
        assert called <= targets, workflow.name
        for parts in re.findall(r'(?:PART=|part: )"([\w ]+)"', text):
            assert choose(parts) == parts.split(), workflow.name


def test_the_long_proofs_run_every_night() -> None:
    nightly = (GITHUB / "workflows" / "nightly.yml").read_text("utf-8")
    assert 'run: make test PART=browser,heavy STACK="$STACK"' in nightly
    assert choose("heavy") == ["heavy"]


def test_the_forms_for_issues_are_valid() -> None:
    assert {form.stem for form in FORMS} == {"fault", "clarification", "wish"}
    lint("check-jsonschema", "--builtin-schema", "vendor.github-issue-forms", *FORMS)
    chooser = GITHUB / "ISSUE_TEMPLATE" / "config.yml"
    lint("check-jsonschema", "--builtin-schema", "vendor.github-issue-config", chooser)


def test_a_mistaken_form_is_found(tmp_path: Path) -> None:
    mistaken = tmp_path / "fault.yml"
    mistaken.write_text(FORMS[0].read_text("utf-8").replace("type: input", "type: inptu"), "utf-8")
    with pytest.raises(RuntimeError, match=r"fault\.yml"):
        lint("check-jsonschema", "--builtin-schema", "vendor.github-issue-forms", mistaken)


def test_the_citation_is_valid() -> None:
    citation = paths.ROOT / "CITATION.cff"
    lint("check-jsonschema", "--builtin-schema", "vendor.citation-file-format", citation)


def test_the_development_container_is_valid() -> None:
    lint("check-jsonschema", "--schemafile", SCHEMA, CONTAINER)
    told = json.loads(CONTAINER.read_text("utf-8"))
    interpreter = told["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert interpreter.endswith("build/env-1.21/bin/python")


def test_a_mistaken_container_is_found(tmp_path: Path) -> None:
    mistaken = tmp_path / "devcontainer.json"
    mistaken.write_text(CONTAINER.read_text("utf-8").replace("postCreate", "postCreated"), "utf-8")
    with pytest.raises(RuntimeError, match="postCreatedCommand"):
        lint("check-jsonschema", "--schemafile", SCHEMA, mistaken)
