"""Compiled pipelines are read whole or refused with a reason: hostile, broken and foreign files, and TFX's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.hostile import HOSTILE
from utils.orchestration.kubeflow import ir


def change(file: Path, target: Path, edit) -> Path:
    found = json.loads(file.read_text())
    edit(found)
    target.write_text(json.dumps(found))
    return target


def tasks(found):
    return found["pipelineSpec"]["root"]["dag"]["tasks"]


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_both_versions_of_the_schema_give_the_same_values(compiled_files, version):
    compiled = ir.read(compiled_files[version])
    assert compiled.name == "complaints"
    assert len(compiled.tasks) == 10
    assert compiled.executor("Trainer").container.image == "an/image:1"
    given = ir.constants(compiled.tasks["Transform"])
    assert given["disable_statistics"] == 1
    assert json.loads(given["custom_config"])["features"]["zip_code"] == ["zip_code"]
    assert ("examples", "Transform", "transformed_examples") in ir.taken(compiled.tasks["Trainer"])


def test_yaml_is_read_as_well(compiled_file, tmp_path):
    spec = json.loads(compiled_file.read_text())["pipelineSpec"]
    file = tmp_path / "complaints.yaml"
    file.write_text("# a comment\n" + yaml.safe_dump(spec) + "---\nplatforms: {}\n")
    compiled = ir.read(file)
    assert compiled.spec == ir.read(compiled_file).spec
    assert compiled.job == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "neither JSON nor YAML"),
        ("{", "neither JSON nor YAML"),
        ("a: [", "neither JSON nor YAML"),
        ("- a\n- b\n", "holds a list"),
        ("{}", "has no tasks"),
        ('{"pipelineSpec": 3}', "PipelineSpec refuses it"),
        ('{"pipelineSpec": {"root": {"dag": {"tasks": "none"}}}}', "PipelineSpec refuses it"),
        ('{"pipelineSpec": {}, "colour": "red"}', "PipelineSpec refuses it"),
        ("kind: Deployment\napiVersion: apps/v1\n", "PipelineSpec refuses it"),
        ("!!python/object/apply:os.system ['true']", "neither JSON nor YAML"),
    ],
)
def test_what_is_no_compiled_pipeline_is_refused_with_a_reason(tmp_path, text, reason):
    file = tmp_path / "complaints.json"
    file.write_text(text)
    with pytest.raises(ir.IRError, match=reason) as caught:
        ir.read(file)
    assert "complaints.json" in caught.value.what
    assert caught.value.cure


def test_a_file_that_is_not_there_or_is_no_text(tmp_path):
    with pytest.raises(ir.IRError, match="cannot be read"):
        ir.read(tmp_path / "missing.json")
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ir.IRError, match="cannot be read"):
        ir.read(binary)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda found: tasks(found).pop("Transform"), "waits for 'Transform', which is missing"),
        (
            lambda found: found["pipelineSpec"]["components"].pop("Pusher"),
            "a component 'Pusher', which is missing",
        ),
        (
            lambda found: found["pipelineSpec"]["deploymentSpec"]["executors"].pop(
                "Pusher_executor"
            ),
            "executed by 'Pusher_executor', which is missing",
        ),
    ],
)
def test_parts_that_refer_to_nothing_are_found(compiled_file, tmp_path, edit, reason):
    with pytest.raises(ir.IRError, match=reason):
        ir.read(change(compiled_file, tmp_path / "broken.json", edit))


def test_hostile_names_are_names(compiled_file, tmp_path):
    def edit(found):
        tasks(found)[HOSTILE] = tasks(found)["ExampleGen"]

    compiled = ir.read(change(compiled_file, tmp_path / "hostile.json", edit))
    assert compiled.executor(HOSTILE).container.image == "an/image:1"
    with pytest.raises(ir.IRError, match="no task 'Nobody'"):
        compiled.executor("Nobody")
