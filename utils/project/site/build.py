"""``make site``: makes the site, takes its pictures, checks it, and only then puts it in the old one's place."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from utils import files, folders, paths, side_environments
from utils.environments import machine
from utils.environments.console import say
from utils.environments.decisions import SetupError
from utils.errors import WorkbookError
from utils.project import launch_links
from utils.project.site import check, thumbnails
from utils.project.site.chapters import executed
from utils.project.site.source import lay_out


@dataclass(frozen=True)
class Site:
    """A finished site.

    Attributes:
        folder: Where it is; ``index.html`` is its cover.
        weights: How heavy its chapters are.
        pictures: Names of the chapters whose picture on the cover was taken from their page.
    """

    folder: Path
    weights: tuple[check.Weight, ...]
    pictures: tuple[str, ...]


def make(notebooks: Path, to: Path, chromium: str | None) -> Site:
    """Make a site.

    Args:
        notebooks: The folder of the executed notebooks.
        to: Where the site goes; an earlier site there is replaced when the new one is complete.
        chromium: The browser that takes the pictures; without one they are drawn.

    Returns:
        The site.

    Raises:
        ValueError: If there are no executed notebooks, or the site breaks a rule of :mod:`utils.project.site.check`.
        RuntimeError: If Sphinx fails.
        utils.files.FileError: If ``to`` holds something that is not a site.
        utils.folders.FolderError: If nothing can be written beside it.
        utils.environments.decisions.SetupError: If Sphinx cannot be installed.
    """
    if to != paths.build() / "site":
        files.check_disposable(to)
    repository = launch_links.read((paths.ROOT / "pyproject.toml").read_text("utf-8"))
    found = executed(notebooks)
    with tempfile.TemporaryDirectory(prefix="new-site-", dir=folders.make(to.parent)) as name:
        scratch = Path(name)
        source, made = scratch / "source", scratch / "site"
        chapters = lay_out(found, paths.DATA / "README.md", repository, source)
        command = ["sphinx-build", "--quiet", "--fail-on-warning", "--keep-going", "-b", "html"]
        side_environments.run(
            "site", [*command, "-d", str(scratch / "doctrees"), str(source), str(made)], cwd=scratch
        )
        taken = thumbnails.take_all(made, chapters, chromium) if chromium else []
        wrong = list(check.problems(made))
        if wrong:
            raise ValueError("The site is not right:\n" + "\n".join(f"  {one}" for one in wrong))
        weights = tuple(check.weigh(made / chapter.page) for chapter in chapters)
        files.mark(made)
        shutil.rmtree(to, ignore_errors=True)
        made.replace(to)
    return Site(to, weights, tuple(taken))


def browser() -> str | None:
    """Return the Chromium that set-up has found, or one on the path; None where there is none."""
    return os.environ.get("WORKBOOK_CHROMIUM") or machine.browser()


def main(argv: list[str]) -> int:
    """Run the command line.

    Args:
        argv: ``[--executed FOLDER] [--to FOLDER]``.

    Returns:
        0; 1 with a message if the site could not be made.
    """
    parser = argparse.ArgumentParser(prog="make site", description=__doc__)
    parser.add_argument(
        "--executed", type=Path, default=paths.build() / "executed", help="the executed notebooks"
    )
    parser.add_argument("--to", type=Path, default=paths.build() / "site", help="the site's folder")
    arguments = parser.parse_args(argv)
    chromium = browser()
    say("Making pages from the executed notebooks …")
    try:
        site = make(arguments.executed.absolute(), arguments.to.absolute(), chromium)
    except (ValueError, RuntimeError, SetupError, WorkbookError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    for weight in site.weights:
        print(
            f"{weight.page}: {weight.html / 1e6:.1f} MB, {weight.whole / 1e6:.1f} MB with what it loads"
        )
    if chromium is None:
        print("There is no Chromium to take the cover's pictures with: they are drawn.")
    print(f"The site is complete. Open {site.folder / 'index.html'}")
    return 0
