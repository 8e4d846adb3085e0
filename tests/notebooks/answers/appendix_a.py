"""Wrong answers to the exercises of appendix A."""

_BETTER = 'wasteful.replace("COPY . .\\nRUN pip", "COPY requirements.txt ./\\nRUN pip")'
_PROGRAM = '.replace("USER 1000", "COPY data_checks.py run.py ./\\nUSER 1000")'

_CHECKS = """
def my_checks(objects):
    said, pods = [], cluster.pods(objects)
    for one in objects:
        if one["kind"] == "Service":
            wanted = one["spec"]["selector"].items()
            if not any({selects} for pod in pods):
                said.append("a Service selects no pod")
    claims = [one["metadata"]["name"] for one in objects if one["kind"] == "PersistentVolumeClaim"]
    for pod in pods:
        for volume in pod.spec.get("volumes", []):
            claim = {claim}
            if claim and claim not in claims:
                said.append("a pod mounts what nobody claims")
    return {returned}
"""
_SUBSET = "wanted <= pod.labels.items()"
_CLAIM = 'volume.get("persistentVolumeClaim", {}).get("claimName")'

_CRON = """my_cron_job = {{
    "apiVersion": "batch/v1",
    "kind": {kind!r},
    "metadata": {{"name": "data-checks"}},
    "spec": {{"schedule": {schedule!r}, "concurrencyPolicy": {policy!r}, "jobTemplate": {{"spec": {spec}}}}},
}}"""


def _cron(
    kind: str = "CronJob",
    schedule: str = "15 3 * * *",
    policy: str = "Forbid",
    spec: str = 'job["spec"]',
) -> str:
    return _CRON.format(kind=kind, schedule=schedule, policy=policy, spec=spec)


WRONG = {
    "A.1": [
        ('my_ignore = "*"', "would not be sent, and the Dockerfile copies it"),
        ('my_ignore = ".git\\ndata\\nnotes.ipynb\\n"', ".env would be sent"),
        ('my_ignore = ".git\\n.env\\ndata\\n**/__pycache__\\n"', "notes.ipynb would still be sent"),
    ],
    "A.2": [
        (
            'my_docker_file = wasteful.replace("COPY . .", "COPY requirements.txt run.py ./")',
            "is built again: RUN pip install",
        ),
        (
            'my_docker_file = wasteful.replace("COPY . .\\n", "").replace("USER", "COPY . .\\nUSER")',
            "requirements.txt is not there yet",
        ),
        (f"my_docker_file = {_BETTER}", "does not hold run.py"),
        (
            f'my_docker_file = ({_BETTER}{_PROGRAM}).replace(" --no-cache-dir", "")',
            "hadolint says: DL3042",
        ),
        (f'my_docker_file = ({_BETTER}{_PROGRAM}).replace("USER 1000\\n", "")', "as root"),
    ],
    "A.3": [
        (_CHECKS.format(selects=_SUBSET, claim=_CLAIM, returned="said"), "a readiness probe asks"),
        (
            _CHECKS.format(selects=_SUBSET, claim="None", returned="said"),
            "a claim that nobody made",
        ),
        (
            _CHECKS.format(
                selects=_SUBSET,
                claim='volume["persistentVolumeClaim"]["claimName"]',
                returned="said",
            ),
            "stops with KeyError",
        ),
        (
            _CHECKS.format(selects=_SUBSET, claim=_CLAIM, returned="not said"),
            "return a list of sentences",
        ),
    ],
    "A.4": [
        (_cron(kind="Job"), "no CronJob"),
        (_cron(schedule="3 15 * * *"), "minute, hour, day"),
        (_cron(policy="Allow"), "would meet the next one"),
        (_cron(spec='{"template": {}}'), "something else would run"),
        (_cron().replace("concurrencyPolicy", "concurrency"), "Kubernetes would refuse it"),
    ],
    "A.5": [
        ('my_update = {"maxSurge": "25%", "maxUnavailable": 1}', "2 of 3 pods would answer"),
        ('my_update = {"maxSurge": 0, "maxUnavailable": 0}', "may not both be 0"),
        ('my_update = {"maxSurge": 3, "maxUnavailable": 0}', "Insufficient memory"),
        ('my_update = {"maxSurge": 1, "minReady": 0}', "minReady is no part of it"),
        ('my_update = {"maxSurge": 1.5, "maxUnavailable": 0}', "Kubernetes would refuse it"),
    ],
}
