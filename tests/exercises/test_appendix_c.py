"""What the checks of appendix C say where the notebook's copy does not ask; and files that real schemas refuse."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import tensorflow_data_validation as tfdv
import yaml

from tests.notebooks.reading import chapter, written_files
from utils import manifests, side_environments
from utils.environments.decisions import SetupError
from utils.exercises import appendix_c, reading
from utils.operating.disk import Item
from utils.validation import statistics

ITEMS = [Item(1, "Model", Path("model"), 2**20, True)]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["tfx", "pipeline", "update"], "Missing option"),
        (["tfx", "pipeline", "update", "--help"], "updates nothing"),
        (["pipeline", "update", "--engine=beam", "--pipeline-path=x"], "not beam"),
        (["pipeline", "update", "--engine=local", "--pipeline-path=x"], "called nightly_runner.py"),
    ],
)
def test_tfx_s_own_parser_reads_the_words(words, reason):
    assert reason in appendix_c.an_update(words, None).reason


def test_other_kinds_of_answers_are_refused_with_what_was_expected():
    for check in (appendix_c.an_update, appendix_c.a_claim, appendix_c.a_runbook):
        given = {"items": []} if check is appendix_c.a_claim else {}
        given |= {"folder": Path()} if check is appendix_c.a_runbook else {}
        with pytest.raises(reading.AnswerForm):
            check(7, None, **given)


def test_a_claim_is_measured_by_what_runs_take(folder):
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "pipeline-root"},
        "spec": {"accessModes": ["ReadWriteMany"]},
    }
    for storage, reason in (("29Mi", "30 runs take 30 Mi"), ("1Gi", "which somebody pays for")):
        claim["spec"]["resources"] = {"requests": {"storage": storage}}
        assert reason in appendix_c.a_claim(claim, None, items=ITEMS).reason
    claim["spec"]["resources"] = {"requests": {"storage": "60Mi"}}
    assert appendix_c.a_claim(claim, None, items=ITEMS)
    claim["spec"]["resources"] = {"requests": None}
    assert "asks for 0 Mi" in appendix_c.a_claim(claim, None, items=ITEMS).reason
    nameless = claim | {"metadata": None}
    assert "schema refuses it" in appendix_c.a_claim(nameless, None, items=ITEMS).reason


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    try:
        side_environments.ensure(manifests.ENVIRONMENT)
    except SetupError as error:
        pytest.skip(f"needs kubernetes-validate: {error}")
    return tmp_path_factory.mktemp("files")


BROKEN = {
    "a kind of access": (
        "claim_file",
        "[ReadWriteMany]",
        "ReadWriteMany",
        "is not of type 'array'",
    ),
    "a misspelt field": ("claim_file", "accessModes", "accessMode", "'accessMode' was unexpected"),
    "a word for a number": ("job_file", "backoffLimit: 1", "backoffLimit: one", "is not of type"),
    "a pod without containers": (
        "job_file",
        "containers:",
        "container:",
        "'containers' is a required",
    ),
    "a mount without a path": ("job_file", ", mountPath: /pipeline/data", "", "is a required"),
    "a recipe without a version": ("image_file", "tfx:1.16.0", "tfx", "DL3006"),
    "a relative folder": ("image_file", "WORKDIR /pipeline", "WORKDIR pipeline", "DL3000"),
}
"""By what is wrong: a file of the notebook's, an edit of it, and what the tool says."""


@pytest.mark.parametrize(("variable", "old", "new", "message"), BROKEN.values(), ids=BROKEN)
def test_one_edit_makes_a_file_that_is_refused(folder, variable, old, new, message):
    right = written_files(chapter("C"))[variable]
    assert right.count(old) == 1
    file = folder / ("Dockerfile" if variable == "image_file" else "file.yaml")
    file.write_text(right.replace(old, new))
    tool = (
        ["hadolint", "--no-color"]
        if variable == "image_file"
        else ["kubernetes-validate", "--strict"]
    )
    with pytest.raises(manifests.ManifestError, match=message):
        manifests.check(*tool, file.name, folder=folder)


def test_the_job_s_command_is_in_the_image_and_its_folders_are_on_the_volume():
    files = written_files(chapter("C"))
    (container,) = yaml.safe_load(files["job_file"])["spec"]["template"]["spec"]["containers"]
    runner = container["command"][1]
    assert f"COPY {runner} ./" in files["image_file"]
    installed = importlib.metadata.distribution("tfx").locate_file("tfx")
    template = Path(str(installed)) / "experimental/templates/penguin"
    folders = set(re.findall(r"'(data|tfx_\w+)'", (template / runner).read_text("utf-8")))
    mounts = container["volumeMounts"]
    assert {one["mountPath"] for one in mounts} == {f"/pipeline/{name}" for name in folders}
    assert len({one["subPath"] for one in mounts}) == len(folders) == 3


def test_a_domain_that_lets_others_pass_is_no_wider_domain(tmp_path):
    came = statistics.of_frame(pd.DataFrame({"product": ["Loan"] * 9 + ["Virtual currency"]}))
    (tmp_path / "Split-train").mkdir()
    (tmp_path / "Split-train/FeatureStats.pb").write_bytes(came.SerializeToString())
    schema = tfdv.infer_schema(came, infer_feature_shape=False)
    del tfdv.get_domain(schema, "product").value[:]
    tfdv.get_domain(schema, "product").value.append("Loan")
    tfdv.write_schema_text(schema, str(tmp_path / "schema.pbtxt"))
    made = SimpleNamespace(get=lambda: [SimpleNamespace(uri=str(tmp_path))])
    component = SimpleNamespace(outputs={"statistics": made, "schema": made})

    def ask(answer):
        return appendix_c.a_wider_schema(answer, None, statistics=component, before=component)

    assert "TFDV still finds" in ask(schema).reason
    tfdv.get_feature(schema, "product").distribution_constraints.min_domain_mass = 0.5
    assert "'Virtual currency' has come" in ask(schema).reason
    tfdv.get_feature(schema, "product").ClearField("distribution_constraints")
    tfdv.get_domain(schema, "product").value.append("Virtual currency")
    assert ask(schema)
