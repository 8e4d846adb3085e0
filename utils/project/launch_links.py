"""``make links``: the repository's address, and what is made from it: links to Colab, Binder and the site, a badge."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from utils import paths

OWNER = r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}"
NAME = r"[A-Za-z0-9._-]{1,100}?"
ADDRESS = re.compile(
    r"(?:(?:https?://|ssh://git@|git@)?(?:www\.)?github\.com[/:])"
    rf"(?P<owner>{OWNER})/(?P<name>{NAME})(?:\.git)?/?"
)
SLUG = r"[\w.-]+/[\w.-]+"
CELL = re.compile(rf'ADDRESS, BRANCH = \\"https://github\.com/({SLUG})\\", \\"([^"\\]+)\\"')
"""The line of a notebook's set-up cell that names the repository, as it stands in the file's JSON."""


FRONT = re.compile(r"(<!-- front -->\n)(?:.*?\n)?(<!-- /front -->)", re.S)
"""What the README shows of the repository on GitHub: the badge of its checks, and the link to its site."""

UNPUBLISHED = (
    "Once a copy of this repository is on GitHub, it publishes the chapters as a site, executed and with their live\n"
    "views, and `make links` puts the link here. In a clone, `make site` makes that site after `make run`."
)
"""What stands in the place of badge and link while the address belongs to nobody."""

ISSUES = ".github/ISSUE_TEMPLATE"
"""The folder of the forms for issues, one of which links pages by their address."""

PAGES = ("README.md", "CONTRIBUTING.md", "INSTRUCTORS.md", "FAQ.md", "CHANGELOG.md", "CITATION.cff")
"""The files at the root that may name the repository, besides ``pyproject.toml``."""

UNTIL = " (these links work once `make links` has put your copy's address into them)"
"""What stands beside the launch links while they lead to the address that belongs to nobody."""


@dataclass(frozen=True)
class Repository:
    """A repository on GitHub.

    Attributes:
        slug: ``owner/name``.
        branch: The branch that links lead to.
    """

    slug: str
    branch: str = "main"

    @property
    def address(self) -> str:
        """Its page."""
        return f"https://github.com/{self.slug}"

    @property
    def placeholder(self) -> bool:
        """Whether the address belongs to nobody: GitHub allows no account with two hyphens in a row."""
        return "--" in self.slug.partition("/")[0]

    @property
    def site(self) -> str:
        """Where the workflow ``pages.yml`` publishes the executed chapters."""
        owner, _, name = self.slug.partition("/")
        own = name.lower() == f"{owner}.github.io".lower()
        return f"https://{owner.lower()}.github.io/" + ("" if own else f"{name}/")

    @property
    def checks(self) -> str:
        """The page of the workflow that checks each change; with ``/badge.svg`` behind it, a picture of its state."""
        return f"{self.address}/actions/workflows/checks.yml"

    def colab(self, notebook: str) -> str:
        """Return the address that opens a notebook in Colab.

        Args:
            notebook: The notebook's path in the repository, such as
                ``notebooks/01_introduction.ipynb``.
        """
        return f"https://colab.research.google.com/github/{self.slug}/blob/{self.branch}/{notebook}"

    def binder(self, notebook: str) -> str:
        """Return the address that opens a notebook in JupyterLab on Binder.

        Args:
            notebook: As for :meth:`colab`.
        """
        branch = quote(self.branch, safe="")
        return f"https://mybinder.org/v2/gh/{self.slug}/{branch}?urlpath=lab/tree/{notebook}"


def parse(address: str) -> str:
    """Return the slug of a GitHub address.

    Args:
        address: Such as ``https://github.com/me/fork``, ``git@github.com:me/fork.git``.

    Returns:
        ``owner/name``.

    Raises:
        ValueError: If it is no address of a repository on GitHub.
    """
    found = ADDRESS.fullmatch(address.strip())
    if not found or found["name"] in (".", ".."):
        raise ValueError(
            f"{address!r} is not the address of a repository on GitHub, which Colab and Binder "
            "need. Give it as REPO=https://github.com/you/your-copy."
        )
    return f"{found['owner']}/{found['name']}"


def read(pyproject: str) -> Repository:
    """Return the repository that ``pyproject.toml`` names.

    Args:
        pyproject: The file's text.

    Returns:
        The repository.

    Raises:
        ValueError: If ``[tool.workbook]`` names none.
    """
    section = pyproject.partition("\n[tool.workbook]\n")[2].partition("\n[")[0]
    address = re.search(rf'^repository = "https://github\.com/({SLUG})"$', section, re.M)
    branch = re.search(r'^branch = "([^"]+)"$', section, re.M)
    if not address:
        raise ValueError(
            'pyproject.toml has no line `repository = "https://github.com/…"` in [tool.workbook].'
        )
    return Repository(address[1], branch[1] if branch else "main")


def rewrite_pyproject(text: str, new: Repository) -> str:
    """``pyproject.toml`` with another repository.

    Args:
        text: The file's text.
        new: The repository.

    Returns:
        The text, otherwise unchanged.

    Raises:
        ValueError: If ``[tool.workbook]`` names none so far.
    """
    old = read(text)
    before, mark, rest = text.partition("\n[tool.workbook]\n")
    section, bracket, after = rest.partition("\n[")
    section = section.replace(f'repository = "{old.address}"', f'repository = "{new.address}"')
    section = section.replace(f'branch = "{old.branch}"', f'branch = "{new.branch}"')
    return before + mark + section + bracket + after


def rewrite(text: str, old: Repository, new: Repository) -> str:
    """Return a notebook or a page with its launch links, and the repository's own address, led elsewhere.

    Args:
        text: The file's text.
        old: The repository so far. Launch links of any other repository's copy are rewritten too.
        new: The repository.

    Returns:
        The text, otherwise unchanged.
    """
    colab = rf"(https://colab\.research\.google\.com/github/){SLUG}/blob/[^\s\"')]+?/(?=notebooks/)"
    binder = rf"(https://mybinder\.org/v2/gh/){SLUG}/[^?\s\"')]+(?=\?urlpath=lab)"
    text = re.sub(colab, lambda found: f"{found[1]}{new.slug}/blob/{new.branch}/", text)
    text = re.sub(binder, lambda found: f"{found[1]}{new.slug}/{quote(new.branch, safe='')}", text)
    files = f"{old.address}/blob/{old.branch}/"
    text = text.replace(files, f"{new.address}/blob/{new.branch}/")
    text = re.sub(rf"https://github\.com/{re.escape(old.slug)}(?![\w-])", new.address, text)
    text = FRONT.sub(lambda found: f"{found[1]}{front(new)}\n{found[2]}", text)
    text = text if new.placeholder else text.replace(UNTIL, "")
    return CELL.sub(lambda found: cell(new), text)


def front(repository: Repository) -> str:
    """Return what the README shows of the repository on GitHub.

    Args:
        repository: The repository.

    Returns:
        In Markdown: the badge of the checks and a link to the published chapters; a sentence instead of both while the
        address belongs to nobody.
    """
    if repository.placeholder:
        return UNPUBLISHED
    picture = f"{repository.checks}/badge.svg?branch={quote(repository.branch, safe='')}"
    return (
        f"[![Checks]({picture})]({repository.checks})\n\n"
        f"**[Read the chapters]({repository.site})** as they were executed, with their live views: nothing to install."
    )


def cell(repository: Repository) -> str:
    """Return the line of a notebook's set-up cell that names the repository, as it stands in the file's JSON."""
    return f'ADDRESS, BRANCH = \\"{repository.address}\\", \\"{repository.branch}\\"'


def problems(text: str, notebook: str, repository: Repository) -> list[str]:
    """Return what is wrong with a notebook's launch links.

    Args:
        text: The notebook's text.
        notebook: Its path in the repository.
        repository: The repository.

    Returns:
        One sentence for each missing or foreign link; nothing when all is well.
    """
    wanted = {"Colab": repository.colab(notebook), "Binder": repository.binder(notebook)}
    missing = [
        f"{notebook} lacks its {site} link, {link} (cure: make links)"
        for site, link in wanted.items()
        if link not in text
    ]
    launch = re.findall(
        r"https://(?:colab\.research\.google\.com/github|mybinder\.org/v2/gh)/[^\s\"'\\)]+", text
    )
    foreign = [
        f"{notebook} has a launch link of something else: {link}"
        for link in launch
        if link not in wanted.values()
    ]
    fetched = [
        f"{notebook} fetches something else on Colab: {found[0]} (cure: make links)"
        for found in CELL.finditer(text)
        if found[0] != cell(repository)
    ]
    marked = UNTIL in text
    said = [
        f"{notebook} {'says that its links do not work yet' if marked else 'does not say that its links lead nowhere'}"
        " (cure: make links)"
    ]
    return missing + foreign + fetched + (said if marked != repository.placeholder else [])


def origin(root: Path) -> str:
    """Return the address of the git remote ``origin``.

    Args:
        root: The repository.

    Raises:
        ValueError: If there is none, or no git to ask.
    """
    line = ["git", "config", "--get", "remote.origin.url"]
    try:
        done = subprocess.run(line, cwd=root, capture_output=True, text=True)
    except FileNotFoundError:
        raise ValueError(
            "git is not installed here, so give the address as REPO=https://github.com/you/your-copy."
        ) from None
    if done.returncode:
        raise ValueError(
            "This checkout has no git remote named origin to take the address from. Give it as "
            "REPO=https://github.com/you/your-copy."
        )
    return done.stdout.strip()


def update(root: Path, new: Repository) -> list[Path]:
    """Lead all links of a checkout to another repository.

    Args:
        root: The repository's folder.
        new: The repository.

    Returns:
        The files that were changed.

    Raises:
        ValueError: If ``pyproject.toml`` names no repository.
    """
    pyproject = root / "pyproject.toml"
    old = read(pyproject.read_text("utf-8"))
    texts = {pyproject: rewrite_pyproject(pyproject.read_text("utf-8"), new)}
    pages = [
        *sorted((root / "notebooks").glob("*.ipynb")),
        *(root / page for page in PAGES),
        *sorted((root / ISSUES).glob("*.yml")),
    ]
    texts |= {page: rewrite(page.read_text("utf-8"), old, new) for page in pages if page.exists()}
    changed = [page for page, text in texts.items() if text != page.read_text("utf-8")]
    for page in changed:
        part = page.with_name(page.name + ".part")
        part.write_text(texts[page], "utf-8")
        part.replace(page)
    return changed


def main(argv: list[str]) -> int:
    """Run the command line.

    Args:
        argv: ``[--branch BRANCH] [ADDRESS]``.

    Returns:
        0, or 1 with a message if the address is none.
    """
    parser = argparse.ArgumentParser(prog="make links", description=__doc__)
    parser.add_argument(
        "address", nargs="?", default="", help="address on GitHub; that of git's origin by default"
    )
    parser.add_argument(
        "--branch", default="", help="the branch that links lead to; the present one by default"
    )
    arguments = parser.parse_args(argv)
    try:
        present = read((paths.ROOT / "pyproject.toml").read_text("utf-8"))
        slug = parse(arguments.address or origin(paths.ROOT))
        new = Repository(slug, arguments.branch or present.branch)
        changed = update(paths.ROOT, new)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"Launch links lead to {new.address} (branch {new.branch}): {len(changed)} files changed.\n"
        f"The README's link to the executed chapters leads to {new.site}, which the workflow Pages publishes "
        "(on GitHub: Settings, Pages, Source: GitHub Actions)."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
