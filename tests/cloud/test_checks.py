from __future__ import annotations

from pathlib import Path

import pytest

from tests.cloud import files
from utils.cloud import checks, terraform
from utils.cloud.errors import CloudError
from utils.cloud.terraform import Configuration


def test_the_right_files_pass(made: Configuration) -> None:
    assert checks.findings(made) == []


KEY = """resource "google_service_account_key" "easy" {
  service_account_id = google_service_account.nodes.name
}
"""

VIEWERS = """variable "viewers" {
  type    = list(string)
  default = ["user:a@example.org", "allUsers"]
}

resource "google_storage_bucket_iam_binding" "easy" {
  bucket = google_storage_bucket.root.name
  role   = var.viewers == "" ? "" : "roles/storage.objectViewer"
  GIVEN
}
"""

BROKEN = {
    "a misspelt resource": (
        *("storage.tf", "bucket = google_storage_bucket.root.name", "bucket = google_storage_bucket.rot.name"),
        "refers to google_storage_bucket.rot, which no file declares. Did you mean 'google_storage_bucket.root'?",
    ),
    "an undeclared variable": (
        *("storage.tf", "location                    = var.region", "location = var.regon"),
        "refers to var.regon, which no file declares. Did you mean 'var.region'?",
    ),
    "an unused variable": (
        *("pools.tf", "node_count = var.cpu_nodes", "node_count = 2"),
        "is declared and used nowhere: use it, or delete it.",
    ),
    "a variable without a type": (
        *("variables.tf", "  type    = string\n", ""),
        "has no type: say `type = string`, number or bool.",
    ),
    "a variable without a value": (
        *("variables.tf", '  default = "us-central1"\n', ""),
        "has neither a default nor a value: give one.",
    ),
    "a name used twice": (
        *("outputs.tf", 'output "models"', 'output "account"'),
        "is declared twice, the first time in ",
    ),
    "a circle": (
        *("project.tf", "project_id      = var.project", "project_id = google_storage_bucket.root.name"),
        "waits for itself: ",
    ),
    "a public bucket": (
        *("storage.tf", "enforced", "inherited"),
        'may be made public: say `public_access_prevention = "enforced"`.',
    ),
    "rights for single objects": (
        *("storage.tf", "uniform_bucket_level_access = true", "uniform_bucket_level_access = false"),
        "lets each object have rights of its own: say `uniform_bucket_level_access = true`.",
    ),
    "everybody": (
        *("storage.tf", "google_service_account.nodes.member", '"allAuthenticatedUsers"'),
        "gives a right to allAuthenticatedUsers, which is anyone on the internet: name an account.",
    ),
    **{
        f"everybody, as {name}": (
            *("storage.tf", "\nresource", f"\n{VIEWERS.replace('GIVEN', given)}\nresource"),
            "gives a right to allUsers, which is anyone on the internet: name an account.",
        )
        for name, given in {
            "a list": 'members = ["user:a@example.org", "allUsers"]',
            "a set": 'members = toset(["user:a@example.org", "allUsers"])',
            "a variable": "members = var.viewers",
            "a set of a variable": "members = toset(var.viewers)",
            "one of many": "for_each = toset(var.viewers)\n  member = each.value",
        }.items()
    },
    "an owner": (
        *("identity.tf", "roles/dataflow.developer", "roles/owner"),
        "grants roles/owner, which is far more than a pipeline needs: name a narrower role.",
    ),
    "an administrator of objects": (
        *("storage.tf", "objectUser", "objectAdmin"),
        "grants roles/storage.objectAdmin, which is far more than a pipeline needs: name a narrower role.",
    ),
    "a key": (
        *("storage.tf", "\nresource", f"\n{KEY}\nresource"),
        "makes a key that never expires, and keeps it in Terraform's state: use Workload Identity.",
    ),
    "a cluster that may go": (
        *("cluster.tf", "  deletion_protection      = true\n", ""),
        "does not say whether it may be deleted: set deletion_protection.",
    ),
    "nodes without an account": (
        *("pools.tf", "    service_account = google_service_account.nodes.email\n", ""),
        "runs as the project's default account, which may do nearly everything: set service_account.",
    ),
    "GPUs for everybody": (
        *("pools.tf", "taint {", "labels = {"),
        "has GPUs and no taint, so any pod may occupy it: add a taint.",
    ),
    "pods without an identity": (
        *("cluster.tf", "workload_identity_config {", "timeouts {"),
        "has no workload_identity_config, so pods would need key files.",
    ),
    "a late budget": (
        *("project.tf", "threshold_percent = 0.5", "threshold_percent = 0.8"),
        "tells nobody before half of the money is gone: add a threshold_rules block with 0.5.",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    """Each edited file under a name of its own; the parser takes a second to start, so all are read at once."""
    folder = tmp_path_factory.mktemp("edited")
    for number, (file, old, new, _) in enumerate(BROKEN.values()):
        text = files.right()[file]
        assert old in text
        (folder / f"{number}-{file}").write_text(text.replace(old, new, 1), encoding="utf-8")
    return terraform.read(folder)


@pytest.mark.parametrize("name", BROKEN)
def test_one_edit_is_told(made: Configuration, edited: Configuration, name: str) -> None:
    """The other blocks are those of the right files."""
    file, _, _, message = BROKEN[name]
    mine = f"{list(BROKEN).index(name)}-{file}"
    blocks = [one for one in made.blocks if one.file != file]
    blocks += [one for one in edited.blocks if one.file == mine]
    (found,) = checks.findings(Configuration(tuple(blocks), files.VALUES))
    assert found.what.startswith(message)
    if name not in ("an unused variable", "a circle"):
        assert f"({mine})" in found.where


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("variables.tf", "= 400", "=", r"cannot parse variables.tf: Unexpected token .* at line \d+"),
        ("pools.tf", "autoscaling {", "autoscaling", r"cannot parse pools.tf: Unexpected token .*Expected one of"),
    ],
)  # fmt: skip
def test_a_broken_line_is_told_in_the_parser_s_words(
    tmp_path: Path, file: str, old: str, new: str, message: str
) -> None:
    text = files.right()[file]
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CloudError, match=message):
        terraform.read(tmp_path / file)
