"""What is written into the folder, and when nothing is."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys

import pytest

from utils import exporting, paths, side_environments
from utils.environments.decisions import SetupError
from utils.exporting import rendering
from utils.exporting.__main__ import main
from utils.flink.arguments import parsed
from utils.pipeline import components

PLAIN = {"PYTHONPATH": "", "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
"""What a command in the project finds around it."""


def command(project: exporting.Project, *line: str) -> str:
    """Run a module of this Python in the project; fails with what it says."""
    done = subprocess.run(
        [sys.executable, "-m", *line], cwd=project.folder, env=PLAIN, capture_output=True, text=True
    )
    assert not done.returncode, done.stdout + done.stderr
    return done.stdout


def modules(project: exporting.Project) -> dict[str, ast.Module]:
    """The project's modules, by their place."""
    return {
        str(file): ast.parse((project.folder / file).read_text("utf-8"))
        for file in project.files
        if file.suffix == ".py"
    }


def texts(project: exporting.Project) -> dict[str, str]:
    """The project's files, all but its data."""
    return {
        str(file): (project.folder / file).read_text("utf-8")
        for file in project.files
        if file.parts[0] != "data"
    }


def test_the_layout_is_that_of_tfx(project):
    wanted = {
        *("pipeline/configs.py", "pipeline/pipeline.py"),
        *("models/features.py", "models/preprocessing.py", "models/model.py"),
        *("local_runner.py", "beam_runner.py", "airflow_runner.py", "kubeflow_v2_runner.py"),
        *("README.md", "Makefile", "Dockerfile", "pyproject.toml", "requirements.txt"),
        *("requirements-airflow.txt", ".airflowignore"),
        *(".gitignore", ".github/workflows/checks.yml", "tests/test_pipeline.py"),
        "data/S1/complaints.csv",
    }
    assert wanted <= {str(file) for file in project.files}
    assert not any("S2" in str(file) for file in project.files)
    assert "├── models/\n" in repr(project)


def test_nothing_of_the_workbook_is_left(project):
    for place, tree in modules(project).items():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == "utils" for name in names), place
    for place, text in texts(project).items():
        found = re.search(r"workbook|chapter|notebook context|utils/|\{\{|\}\}", text, re.I)
        allowed = place == ".github/workflows/checks.yml" and "${{" in text
        assert allowed or found is None or place.startswith("requirements"), (place, found)
        assert str(paths.ROOT) not in text, place


def test_every_public_function_says_what_it_does(project):
    for place, tree in modules(project).items():
        assert ast.get_docstring(tree), place
        classes = [
            node
            for node in tree.body
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        ]
        for node in [*tree.body, *(one for each in classes for one in each.body)]:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith(("_", "test_")):
                assert ast.get_docstring(node), f"{place}: {node.name}"
                assert node.returns is not None, f"{place}: {node.name}"


def test_it_is_linted(project):
    command(project, "ruff", "check", "--no-cache", ".")
    command(project, "ruff", "format", "--check", "--no-cache", ".")


def test_its_types_hold(project):
    assert "no issues found" in command(project, "mypy", "--cache-dir", os.devnull)


def test_it_has_the_values_of_the_configuration(project, config):
    show = "import json; from models import features; from pipeline import configs as c; print(json.dumps("
    said = subprocess.check_output(
        [
            sys.executable,
            "-c",
            f"{show}[c.PIPELINE_NAME, features.SPECIFICATION, c.MODEL, c.SPLITS, c.SLICES, c.SPAN, c.SEED]))",
        ],
        cwd=project.folder,
        env=PLAIN,
        text=True,
    )
    assert json.loads(said) == [
        "my-pipeline",
        {**config.features.as_dict(), "numeric": []},
        config.model.as_dict(),
        dict(config.splits),
        [["product"], ["product", "coast"]],
        1,
        7,
    ]


@pytest.mark.heavy
def test_one_variable_sends_beams_work_to_a_cluster(project):
    show = "from pipeline.pipeline import create_pipeline as c; print(c().beam_pipeline_args)"
    given = '--runner=FlinkRunner --environment_config=\'{"command": "boot"}\''
    done = subprocess.run(
        [sys.executable, "-c", show],
        cwd=project.folder,
        env={**PLAIN, "PIPELINE_BEAM_ARGS": given},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip().splitlines()[-1] == str(
        ["--runner=FlinkRunner", '--environment_config={"command": "boot"}']
    )


def test_the_readmes_line_for_a_cluster_is_what_beam_understands(project):
    readme = (project.folder / "README.md").read_text("utf-8")
    (line,) = re.findall(r'PIPELINE_BEAM_ARGS="(.*?)"', readme)
    assert {"flink_master", "environment_type", "sdk_container_image"} <= set(parsed(line.split()))


@pytest.mark.parametrize("with_uv", [True, False])
def test_uv_makes_the_environment_where_there_is_one(changed, tmp_path, with_uv):
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("uv", "python") if with_uv else ("python",):
        lines = (
            "#!/bin/sh",
            f'echo {name} "$@" >> "{tmp_path}/said"',
            "mkdir -p .venv/bin",
            'test -e .venv/bin/python || cp "$0" .venv/bin/python',
        )
        (programs / name).write_text("\n".join(lines))
        (programs / name).chmod(0o755)
    line = ["make", f"BASE_PYTHON={programs / 'python'}", ".venv/.installed"]
    subprocess.run(
        line,
        cwd=changed,
        env={"PATH": f"{programs}:/usr/bin:/bin"},
        check=True,
        capture_output=True,
    )
    first, second = (tmp_path / "said").read_text().splitlines()
    installer = "uv" if with_uv else "python"
    assert first.split()[:2] == ([installer, "venv"] if with_uv else [installer, "-m"])
    assert second.startswith(installer) and "--require-hashes" in second


def test_a_schema_that_is_kept_takes_the_place_of_a_new_one(changed):
    settings = changed / "pipeline" / "configs.py"
    settings.write_text(settings.read_text().replace("None = None\n", 'None = "schema.pbtxt"\n'))

    def schema_gen():
        nodes = {node.id: node for node in exporting.pipeline(changed).components}
        assert "SchemaGen" not in nodes
        return nodes["ImportSchemaGen"].exec_properties

    kept = changed / "data" / "schema.pbtxt"
    kept.write_text("")
    first = schema_gen()
    assert first["schema_file"] == str(kept)
    kept.write_text("feature {}")
    assert schema_gen()["version"] != first["version"]


def test_an_edit_below_the_models_is_noticed(changed):
    def code():
        nodes = {node.id: node for node in exporting.pipeline(changed).components}
        return json.loads(nodes["Trainer"].exec_properties["custom_config"])["code"]

    before = code()
    (changed / "models" / "layers").mkdir()
    (changed / "models" / "layers" / "wide.py").write_text("UNITS = 8\n")
    assert code() != before


def test_its_components_are_those_of_the_notebook(project, config):
    built = {node.id: node for node in exporting.pipeline(project.folder).components}
    ours = {node.id: node for node in components.build(config).values()}
    assert set(built) == set(ours)
    for name, node in ours.items():
        assert set(built[name].inputs) == set(node.inputs), name
        for key, channel in node.inputs.items():
            mine = built[name].inputs[key]
            for part in ("producer_component_id", "output_key"):
                assert getattr(mine, part, None) == getattr(channel, part, None), (name, key)
    first, second = (
        json.loads(nodes["Evaluator"].exec_properties["eval_config"]) for nodes in (built, ours)
    )
    assert first["slicing_specs"] == second["slicing_specs"]
    metrics = [
        sorted(json.dumps(one, sort_keys=True) for one in each["metrics_specs"][0]["metrics"])
        for each in (first, second)
    ]
    assert metrics[0] == metrics[1]
    assert "pipeline.pipeline" not in sys.modules


def test_a_project_that_cannot_be_built_is_named(changed):
    (changed / "pipeline" / "pipeline.py").write_text("import nowhere\n")
    with pytest.raises(exporting.ExportError, match="No module named 'nowhere'"):
        exporting.pipeline(changed)
    with pytest.raises(exporting.ExportError, match="There is no project"):
        exporting.pipeline(changed / "data")


def test_the_packages_are_those_of_this_environment(project):
    from importlib import metadata

    text = (project.folder / "requirements.txt").read_text("utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.M))
    assert {"tfx", "tensorflow", "pytest", "ruff", "mypy", "dill"} <= set(pins)
    assert "jupyter-server-proxy" not in pins
    assert all(metadata.version(name) == version for name, version in pins.items())
    blocks = re.split(r"^(?=\w)", text, flags=re.M)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text


def test_several_spans_and_the_latest_are_exported(config, tmp_path):
    both = exporting.write(tmp_path / "both", config.replace(span=(1, 2)))
    assert {f"data/S{span}/complaints.csv" for span in (1, 2)} <= set(map(str, both.files))
    assert "S[1-2]/*.csv" in (both.folder / "pipeline" / "configs.py").read_text()
    latest = exporting.write(tmp_path / "latest", config.replace(span=None))
    assert [str(file) for file in latest.files if file.parts[0] == "data"] == [
        "data/S2/complaints.csv"
    ]


def test_a_folder_that_is_not_empty_is_refused(config, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(exporting.ExportError, match=r"is not empty.*\nName a folder"):
        exporting.write(tmp_path, config)
    with pytest.raises(exporting.ExportError, match="is a file"):
        exporting.write(tmp_path / "mine.txt", config)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_an_error_leaves_nothing_behind(config, tmp_path, monkeypatch):
    with pytest.raises(exporting.ExportError, match="No file matches"):
        exporting.write(tmp_path / "one", config.replace(span=5))
    with pytest.raises(exporting.ExportError, match="labelled_only=True"):
        exporting.write(tmp_path / "one", config.replace(labelled_only=False))
    monkeypatch.setattr(rendering.requirements, "NEEDS", ("tfx", "no-such-package"))
    with pytest.raises(exporting.ExportError, match="no-such-package"):
        exporting.write(tmp_path / "one", config)
    (tmp_path / "file").write_text("")
    with pytest.raises(exporting.ExportError, match="cannot be written"):
        exporting.write(tmp_path / "file" / "one", config)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_the_command_takes_a_configuration_from_a_file(config, tmp_path, capsys):
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config.as_dict()))
    assert main(["--to", str(tmp_path / "one"), "--config", str(file)]) == 0
    assert "make run" in capsys.readouterr().out
    assert main(["--to", str(tmp_path / "one"), "--config", str(file)]) == 1
    assert "is not empty" in capsys.readouterr().err
    file.write_text("{")
    assert main(["--to", str(tmp_path / "two"), "--config", str(file)]) == 1
    assert "cannot be read as a configuration" in capsys.readouterr().err
    assert not (tmp_path / "two").exists()


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ("kubernetes", "hadolint --no-color Dockerfile"),
        ("kubernetes", "yamllint --strict -d {extends: default,rules: {line-length: {max: 120}}}"),
        ("lint", "check-jsonschema --builtin-schema vendor.github-workflows"),
        ("lint", "check-jsonschema --builtin-schema custom.github-workflows-require-timeout"),
        ("lint", "zizmor --offline --quiet --config CONFIG"),
    ],
)
def test_dockerfile_and_workflow_pass_the_linters(project, environment, line):
    try:
        side_environments.ensure(environment)
    except SetupError as error:
        pytest.skip(f"needs {line.split()[0]}: {error}")
    words = line.split(" ", 3) if "yamllint" in line else line.split()
    words = [str(paths.ROOT / ".github/zizmor.yml") if one == "CONFIG" else one for one in words]
    if environment == "lint" or "yamllint" in line:
        words.append(".github/workflows/checks.yml")
    side_environments.run(environment, words, cwd=project.folder)
