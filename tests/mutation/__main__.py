"""``make mutate``: change the modules that compute, a line at a time, and see whether their tests notice.

What no test notices is listed, but for what ``tests/mutation/equivalent.json`` says to change no behaviour.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Mapping
from typing import Any

from tests.benchmarks import report, results
from tests.mutation import equivalent, running
from tests.mutation.modules import MODULES
from tests.mutation.running import MutationError, Outcome
from utils import paths

WANTED = 0.9
"""The share of the mutants that change behaviour which tests have to notice."""


def record(outcome: Outcome) -> dict[str, Any]:
    """Return what is kept of a module.

    Args:
        outcome: What became of its mutants.

    Returns:
        As :func:`judged`.
    """
    drawn = len(outcome.noticed) + len(outcome.survived)
    return judged(
        {
            "module": outcome.module,
            "made": outcome.made,
            "mutants": drawn,
            "noticed": len(outcome.noticed),
            "hung": len(outcome.hung),
            "open": [
                {"function": one.function, "before": one.before, "after": one.after}
                for one in outcome.survived
            ],
        }
    )


def judged(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with the survivors told apart, by the list as it is now.

    Args:
        found: A record.

    Returns:
        ``module``, ``made`` and ``mutants``, of which so many were ``noticed``, ``equivalent`` and ``survived``; of the
        first, ``hung`` by tests that did not end; and in ``open`` the survivors that do not stand in the list.
    """
    known = {one[:4] for one in equivalent.known()}
    still = [
        one
        for one in found["open"]
        if (found["module"], one["function"], one["before"], one["after"]) not in known
    ]
    return {
        **{name: found[name] for name in ("module", "made", "mutants", "noticed")},
        "hung": found.get("hung", 0),
        "equivalent": found["mutants"] - found["noticed"] - len(still),
        "survived": len(still),
        "open": still,
    }


def main(argv: list[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: Its arguments; None for the process's.

    Returns:
        0; 1 if tests notice fewer mutants than they have to, or a module cannot be mutated.
    """
    parser = argparse.ArgumentParser(
        prog="make mutate", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "--module",
        default="",
        help="only modules whose path holds this; of the others what was kept stays",
    )
    parser.add_argument(
        "--recount", action="store_true", help="run nothing: count again, by the list as it is now"
    )
    asked = parser.parse_args(argv)
    wanted = [module for module in MODULES if asked.module in module]
    if not wanted:
        parser.error(f"no module's path holds {asked.module!r}; there are: {', '.join(MODULES)}")
    speed, failed = results.loop(), False
    for module in wanted if not asked.recount else ():
        folder = paths.build() / "mutation" / module.removesuffix(".py").replace("/", ".")
        started = time.monotonic()
        try:
            outcome = running.test(module, folder)
        except MutationError as error:
            print(f"{module}: {error}", file=sys.stderr)
            failed = True
            continue
        shutil.rmtree(folder)
        found = record(outcome)
        results.write("mutation", speed, [found], by=("module",))
        print(
            f"{module}: {found['noticed']} of {found['mutants']} noticed, {found['equivalent']} change nothing, "
            f"{found['survived']} survived ({time.monotonic() - started:.0f} s)",
            flush=True,
        )
        for one in outcome.hung:
            print(f"    hung: {one.function}: {one.before}  →  {one.after}", flush=True)
        for line in found["open"]:
            print(
                f"    {line['function']}: {line['before'] or '(nothing)'}  →  {line['after'] or '(nothing)'}",
                flush=True,
            )
    kept = results.read("mutation")
    if kept is None:
        return 1
    # What stands in the list of those that change nothing may be new since a module was measured.
    whole = [{**one, **judged(one)} for one in kept.records]
    results.write("mutation", speed, whole, by=("module",))
    report.write()
    return 1 if failed or report.strength(whole) < WANTED else 0


if __name__ == "__main__":
    sys.exit(main())
