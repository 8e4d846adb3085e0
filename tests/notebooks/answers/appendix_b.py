"""Wrong answers to the exercises of appendix B."""

_ACCOUNT = """resource "google_service_account" "server" {
  account_id = "model-server"
}
"""
_BUCKET = """resource "google_storage_bucket" "models" {
  name                        = "${google_project.this.project_id}-models"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
}
"""
_RIGHT = """resource "google_storage_bucket_iam_member" "server" {
  bucket = google_storage_bucket.models.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.server.member
}
"""
_PROJECT = """resource "google_project_iam_member" "server" {
  project = google_project.this.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.server.member
}
"""

_POOL = """resource "google_container_node_pool" "training" {
  name    = "training"
  cluster = google_container_cluster.this.id
  autoscaling {
    min_node_count = 0
    max_node_count = 2
  }
  node_config {
    machine_type    = "e2-standard-8"
    spot            = true
    disk_size_gb    = 50
    service_account = google_service_account.nodes.email
    taint {
      key    = "work"
      value  = "training"
      effect = "NO_SCHEDULE"
    }
  }
}
"""

_SERVICE_ACCOUNT = """---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: runner
  namespace: {namespace}
  annotations:
    iam.gke.io/gcp-service-account: {account}
"""

_ARGS = """my_args = [
    "--runner=DataflowRunner",
    "--project=complaints-4711",
    "--region=us-central1",
    f"--temp_location={root}/tmp",
    f"--service_account_email={cluster.output('account')}",
    "--machine_type=n1-standard-4",
    "--max_num_workers=7",
]
"""


def _bucket(*parts: str) -> str:
    return f"my_bucket = {''.join(parts)!r}"


def _pool(old: str, new: str) -> str:
    assert old in _POOL
    return f"my_pool = {_POOL.replace(old, new)!r}"


def _args(old: str, new: str) -> str:
    assert old in _ARGS
    return _ARGS.replace(old, new)


WRONG = {
    "B.1": [
        (
            _bucket(_ACCOUNT, _BUCKET, _RIGHT.replace("objectViewer", "objectAdmin")),
            "far more than a pipeline needs",
        ),
        (_bucket(_ACCOUNT, _BUCKET, _PROJECT), "in a wider place than the one bucket"),
        (
            _bucket(_ACCOUNT, _BUCKET.replace('"enforced"', '"inherited"'), _RIGHT),
            "may be made public",
        ),
        (_bucket(_ACCOUNT, _BUCKET, _RIGHT.replace("models.name", "model.name")), "Did you mean"),
        (_bucket(_ACCOUNT, _BUCKET, _RIGHT[:-2]), "python-hcl2 cannot parse mine.tf"),
    ],
    "B.2": [
        (_pool("    spot            = true\n", ""), "not spot machines"),
        (_pool("min_node_count = 0", "min_node_count = 1"), "even when there is nothing to do"),
        (_pool("disk_size_gb    = 50", "disk_size_gb    = 2000"), "look at the size"),
        (_pool("e2-standard-8", "e2-standard-4"), "fewer than 8 processors"),
    ],
    "B.3": [
        (
            f"my_account = {_SERVICE_ACCOUNT!r}.format(\n"
            "    namespace='default', account=cluster.output('account')\n)",
            "cluster.tf lets pipelines/runner act",
        ),
        (
            f"my_account = {_SERVICE_ACCOUNT!r}.format(\n"
            "    namespace='pipelines', account=cluster.value('${google_service_account.nodes.email}')\n)",
            "is not the account that cluster.tf lets it act as",
        ),
        (f"my_account = {_SERVICE_ACCOUNT.replace('name: runner', 'name: [runner]')!r}", "a fault"),
    ],
    "B.4": [
        (_args("--machine_type", "--machine_tpye"), "would pass over it"),
        (_args("--max_num_workers=7", "--max_num_workers=20"), "an hour of 20 workers costs"),
        (_args('    "--project=complaints-4711",\n', ""), "Missing required option: project"),
        (_args("{root}/tmp", "/tmp"), "in the pipeline's bucket"),
    ],
    "B.5": [
        (
            'my_leftovers = ["google_storage_bucket.root", "google_container_node_pool.cpu"]',
            "goes with the cluster",
        ),
        (
            'my_leftovers = ["google_storage_bucket.root", "google_artifact_registry_repository.images"]',
            "ordered outside the cluster",
        ),
        ('my_leftovers = ["load balancers", "volume claims"]', "resource of its own in the files"),
        ('my_leftovers = ["the cluster"]', "has no line"),
    ],
}
