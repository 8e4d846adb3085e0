"""What can be wrong with Terraform's files and be seen without the cloud: loose ends, open doors, forgotten guards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from utils.cloud import expressions
from utils.cloud.terraform import Block, Configuration
from utils.displays.views import Graph
from utils.errors import did_you_mean

EVERYBODY = ("allUsers", "allAuthenticatedUsers")
"""The members who stand for anyone on the internet."""

BASIC_ROLES = ("roles/owner", "roles/editor", "roles/viewer")
"""Roles from before roles were fine: each opens a whole project."""


@dataclass(frozen=True)
class Finding:
    """One thing that a rule objects to.

    Attributes:
        rule: The rule's name.
        where: The block's address and file.
        what: What is wrong, and the cure.
    """

    rule: str
    where: str
    what: str


Rule = Callable[[Configuration], Iterator[tuple[Block, str]]]


def _references_exist(made: Configuration) -> Iterator[tuple[Block, str]]:
    known = {one.address for one in made.blocks}
    for block in made.blocks:
        for name in expressions.references(block.body):
            if name.split(".")[0] != "module" and name not in known:
                kind = name.split(".")[0]
                near = [one for one in known if one.split(".")[0] == kind] or sorted(known)
                yield block, f"refers to {name}, which no file declares. {did_you_mean(name, near)}"


def _variables_are_used(made: Configuration) -> Iterator[tuple[Block, str]]:
    used = {name for one in made.blocks for name in expressions.references(one.body)}
    for block in [*made.of("variable"), *made.of("local")]:
        if block.address not in used:
            yield block, "is declared and used nowhere: use it, or delete it."


def _variables_have_values(made: Configuration) -> Iterator[tuple[Block, str]]:
    for block in made.of("variable"):
        name = block.address.removeprefix("var.")
        if "type" not in block.body:
            yield block, "has no type: say `type = string`, number or bool."
        if made.values and "default" not in block.body and name not in made.values:
            yield block, "has neither a default nor a value: give one."


def _names_are_unique(made: Configuration) -> Iterator[tuple[Block, str]]:
    seen: dict[str, Block] = {}
    for block in made.blocks:
        if block.kind not in ("terraform", "provider") and block.address in seen:
            yield block, f"is declared twice, the first time in {seen[block.address].file}."
        seen.setdefault(block.address, block)


def _no_cycle(made: Configuration) -> Iterator[tuple[Block, str]]:
    cycle = Graph.of(made.needs()).cycle()
    if cycle:
        yield made.find(cycle[0]), f"waits for itself: {' → '.join(cycle)}."


def _buckets_are_private(made: Configuration) -> Iterator[tuple[Block, str]]:
    for block in made.of("google_storage_bucket"):
        if made.value(block.body.get("public_access_prevention")) != "enforced":
            yield block, 'may be made public: say `public_access_prevention = "enforced"`.'
        if made.value(block.body.get("uniform_bucket_level_access")) is not True:
            yield (
                block,
                "lets each object have rights of its own: say `uniform_bucket_level_access = true`.",
            )


def _nobody_is_everybody(made: Configuration) -> Iterator[tuple[Block, str]]:
    for block in made.of("resource"):
        given = map(made.value, map(block.body.get, ("member", "members", "for_each")))
        for member in dict.fromkeys(text for one in given for text in expressions.texts(one)):
            if member in EVERYBODY:
                yield (
                    block,
                    f"gives a right to {member}, which is anyone on the internet: name an account.",
                )


def _least_privilege(made: Configuration) -> Iterator[tuple[Block, str]]:
    for block in made.of("resource"):
        if "_iam_" not in block.type:
            continue
        given = [block.body.get("role"), block.body.get("for_each")]
        for role in {text for one in map(made.value, given) for text in expressions.texts(one)}:
            if role in BASIC_ROLES or role.endswith(("/admin", "Admin", ".admin")):
                yield (
                    block,
                    f"grants {role}, which is far more than a pipeline needs: name a narrower role.",
                )


def _no_key_files(made: Configuration) -> Iterator[tuple[Block, str]]:
    for block in made.of("google_service_account_key"):
        yield (
            block,
            "makes a key that never expires, and keeps it in Terraform's state: use Workload Identity.",
        )


def _deletion_is_told(made: Configuration) -> Iterator[tuple[Block, str]]:
    told = {
        "google_container_cluster": "deletion_protection",
        "google_storage_bucket": "force_destroy",
        "google_project": "deletion_policy",
    }
    for type_, argument in told.items():
        for block in made.of(type_):
            if argument not in block.body:
                yield block, f"does not say whether it may be deleted: set {argument}."


def _nodes_have_an_account(made: Configuration) -> Iterator[tuple[Block, str]]:
    for block in made.of("google_container_node_pool"):
        for config in block.inner("node_config") or [{}]:
            if "service_account" not in config:
                yield (
                    block,
                    "runs as the project's default account, which may do nearly everything: set service_account.",
                )


def _gpus_are_kept_free(made: Configuration) -> Iterator[tuple[Block, str]]:
    for block in made.of("google_container_node_pool"):
        for config in block.inner("node_config"):
            if config.get("guest_accelerator") and not config.get("taint"):
                yield block, "has GPUs and no taint, so any pod may occupy it: add a taint."


def _workload_identity(made: Configuration) -> Iterator[tuple[Block, str]]:
    for block in made.of("google_container_cluster"):
        if made.value(block.body.get("enable_autopilot", False)) is True:
            continue
        if not block.inner("workload_identity_config"):
            yield block, "has no workload_identity_config, so pods would need key files."


def _a_budget_warns_early(made: Configuration) -> Iterator[tuple[Block, str]]:
    for block in made.of("google_billing_budget"):
        levels = [
            made.value(one.get("threshold_percent")) for one in block.inner("threshold_rules")
        ]
        if not any(isinstance(one, (int, float)) and one <= 0.5 for one in levels):
            yield (
                block,
                "tells nobody before half of the money is gone: add a threshold_rules block with 0.5.",
            )


RULES: dict[str, Rule] = {
    "references exist": _references_exist,
    "variables are used": _variables_are_used,
    "variables have values": _variables_have_values,
    "names are unique": _names_are_unique,
    "nothing waits for itself": _no_cycle,
    "buckets are private": _buckets_are_private,
    "nobody is everybody": _nobody_is_everybody,
    "least privilege": _least_privilege,
    "no key files": _no_key_files,
    "deletion is told": _deletion_is_told,
    "nodes have an account": _nodes_have_an_account,
    "GPUs are kept free": _gpus_are_kept_free,
    "Workload Identity": _workload_identity,
    "a budget warns early": _a_budget_warns_early,
}
"""Every rule by its name."""


def findings(made: Configuration) -> list[Finding]:
    """Ask every rule.

    Args:
        made: The configuration.

    Returns:
        What they object to, rule by rule; none where all is well.
    """
    return [
        Finding(name, f"{block.address} ({block.file})", what)
        for name, rule in RULES.items()
        for block, what in rule(made)
    ]
