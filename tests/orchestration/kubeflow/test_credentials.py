"""Credentials are found wherever they are planted, and names of secrets are no credentials."""

from __future__ import annotations

import json

import pytest
from google.protobuf import json_format

from utils.orchestration.kubeflow import credentials, ir
from utils.pipeline import custom_config


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_what_is_planted_is_found_where_it_is(compiled_files, tmp_path, version):
    clean = compiled_files[version]
    assert credentials.find(ir.read(clean)) == []
    places = set()
    for seed in range(8):
        place = credentials.plant(clean, tmp_path / "suspect.json", seed)
        (found,) = credentials.find(ir.read(tmp_path / "suspect.json"))
        assert (found.task, found.place) == place
        assert found.shown.endswith("******") and len(found.shown) == credentials.SHOWN + 6
        places.add(place)
    assert len(places) > 2


@pytest.mark.parametrize(
    "value",
    [
        "-----BEGIN RSA PRIVATE KEY-----\nabc",
        "postgresql://reader:hunter2secret@db/complaints",
        "AKIA" + "A1B2C3D4E5F6G7H8",
        "AIza" + "x" * 35,
        "ghp_" + "a" * 36,
        '{"db_password": "hunter2"}',
        "api_key=abcdef123",
        "--token=abcdef123",
        "password=TrueBlue42",
        "token=nonesuch99",
        "password=/Xk29secret",
        "postgresql://u:Falsework1@db",
        r'"{\"password\": \"hunter22\"}"',
        json_format.MessageToJson(custom_config.pack({"options": {"password": "hunter22"}})),
    ],
)
def test_the_forms_that_are_known(compiled_file, value):
    assert credentials.find(given(compiled_file, value))


@pytest.mark.parametrize(
    "value",
    [
        "gs://your-bucket/data@v1",
        "https://example.org:8080/path",
        '{"password": "projects/1/secrets/db/versions/3"}',
        '{"password": "${DB_PASSWORD}"}',
        '{"token": null}',
        '{"token": "null"}',
        r'"{\"token\": null}"',
        r'"{\"token\": \"none\"}"',
        r'"{\"password\": \"projects/1/secrets/db\"}"',
        json.dumps(json.dumps(json.dumps(json.dumps({"token": None, "password": "$DB"})))),
        "token=/var/run/secrets/token",
        "token=gs://bucket/token",
        "someone@example.org",
    ],
)
def test_names_of_secrets_and_plain_addresses_are_none(compiled_file, value):
    assert credentials.find(given(compiled_file, value)) == []


def test_arguments_environment_and_values_of_the_run_are_looked_at(compiled_file):
    found = json.loads(compiled_file.read_text())
    address = "postgresql://reader:hunter2@db/complaints"
    container = found["pipelineSpec"]["deploymentSpec"]["executors"]["Pusher_executor"]["container"]
    container["args"].append(f"--db={address}")
    container["env"] = [{"name": "DB", "value": address}]
    found["runtimeConfig"] = {"parameterValues": {"db": address}}
    places = {(one.task, one.place) for one in credentials.find(ir.parse(found))}
    assert places == {("Pusher", "args"), ("Pusher", "env DB"), ("", "db")}


def given(file, value):
    found = json.loads(file.read_text())
    tasks = found["pipelineSpec"]["root"]["dag"]["tasks"]
    tasks["Trainer"]["inputs"]["parameters"]["run_fn"]["runtimeValue"]["constant"] = value
    return ir.parse(found)
