from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from utils import paths
from utils.project.launch_links import (
    FRONT,
    PAGES,
    UNPUBLISHED,
    UNTIL,
    Repository,
    front,
    main,
    origin,
    parse,
    problems,
    read,
    rewrite,
    rewrite_pyproject,
    update,
)

OLD = Repository("your--account/tfx-workbook")
NEW = Repository("me/my.fork", "next")
NOTEBOOK = "notebooks/01_introduction.ipynb"


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/me/my.fork",
        "https://github.com/me/my.fork/",
        "https://github.com/me/my.fork.git",
        "http://www.github.com/me/my.fork",
        "git@github.com:me/my.fork.git",
        "ssh://git@github.com/me/my.fork",
        " github.com/me/my.fork\n",
    ],
)
def test_every_form_of_an_address_is_understood(address: str) -> None:
    assert parse(address) == "me/my.fork"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "me/my.fork",
        "https://gitlab.com/me/fork",
        "https://github.com/me",
        "https://github.com/your--account/tfx-workbook",
        "https://github.com/-me/fork",
        "https://github.com/me/fork/tree/main",
        "https://github.com/me/..",
        "https://github.com/me/a fork",
        "https://github.com.evil.example/me/fork",
        'https://github.com/me/fork"onload=',
    ],
)
def test_what_is_no_github_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"REPO=https://github\.com/you/your-copy"):
        parse(address)


def page(repository: Repository) -> str:
    links = f"[Colab]({repository.colab(NOTEBOOK)}) [Binder]({repository.binder(NOTEBOOK)})"
    code = f'REPOSITORY = \\"{repository.address}\\"'
    return f"{links} {code} [upstream](https://github.com/tensorflow/tfx) {repository.address}-two"


def test_links_and_address_move_and_others_stay() -> None:
    moved = rewrite(page(OLD), OLD, NEW)
    assert problems(moved, NOTEBOOK, NEW) == []
    assert moved.count(NEW.address) == 1
    assert "https://github.com/tensorflow/tfx" in moved
    assert f"{OLD.address}-two" in moved
    assert rewrite(moved, NEW, OLD) == page(OLD)
    assert rewrite(moved, NEW, NEW) == moved


def test_the_set_up_cell_fetches_what_the_links_lead_to() -> None:
    text = (
        page(OLD)
        + 'x ADDRESS, BRANCH = \\"https://github.com/your--account/tfx-workbook\\", \\"main\\" y'
    )
    moved = rewrite(text, OLD, NEW)
    assert 'ADDRESS, BRANCH = \\"https://github.com/me/my.fork\\", \\"next\\"' in moved
    assert problems(moved, NOTEBOOK, NEW) == []
    assert any("fetches something else" in one for one in problems(text, NOTEBOOK, NEW))
    assert rewrite(moved, NEW, OLD) == text


def test_links_that_lead_nowhere_say_so_until_they_lead_somewhere() -> None:
    text = page(OLD).replace(" code", "") + UNTIL
    assert problems(text, NOTEBOOK, OLD) == []
    assert any("lead nowhere" in one for one in problems(page(OLD), NOTEBOOK, OLD))
    moved = rewrite(text, OLD, NEW)
    assert UNTIL not in moved
    assert problems(moved, NOTEBOOK, NEW) == []
    assert any("do not work yet" in one for one in problems(moved + UNTIL, NOTEBOOK, NEW))


def test_the_readme_marks_its_links_while_they_lead_nowhere() -> None:
    here = read((paths.ROOT / "pyproject.toml").read_text("utf-8"))
    text = (paths.ROOT / "README.md").read_text("utf-8")
    assert (UNTIL in text) == here.placeholder
    assert UNTIL not in rewrite(text, here, NEW)


@pytest.mark.parametrize(
    ("slug", "site"),
    [
        ("me/my.fork", "https://me.github.io/my.fork/"),
        ("Me-Too/Fork", "https://me-too.github.io/Fork/"),
        ("Me/me.github.io", "https://me.github.io/"),
    ],
)
def test_the_site_has_an_address_of_its_own(slug: str, site: str) -> None:
    assert Repository(slug).site == site


def test_badge_and_site_stand_in_the_front_once_there_is_an_address() -> None:
    shown = front(Repository("me/my.fork", "topic/links"))
    checks = "https://github.com/me/my.fork/actions/workflows/checks.yml"
    assert f"[![Checks]({checks}/badge.svg?branch=topic%2Flinks)]({checks})" in shown
    assert "(https://me.github.io/my.fork/)" in shown
    assert front(OLD) == UNPUBLISHED
    assert "http" not in UNPUBLISHED, "no picture that is broken, no link that leads nowhere"


@pytest.mark.parametrize("inside", ["", f"{UNPUBLISHED}\n", "[![Checks](x)](y)\n\nsomething\n"])
def test_the_front_moves_and_comes_back(inside: str) -> None:
    text = f"before\n<!-- front -->\n{inside}<!-- /front -->\nafter\n"
    moved = rewrite(text, OLD, NEW)
    assert moved == f"before\n<!-- front -->\n{front(NEW)}\n<!-- /front -->\nafter\n"
    assert rewrite(moved, NEW, NEW) == moved
    back = rewrite(moved, NEW, OLD)
    assert back == f"before\n<!-- front -->\n{UNPUBLISHED}\n<!-- /front -->\nafter\n"


def test_the_readme_s_front_is_that_of_its_repository() -> None:
    here = read((paths.ROOT / "pyproject.toml").read_text("utf-8"))
    text = (paths.ROOT / "README.md").read_text("utf-8")
    assert len(FRONT.findall(text)) == 1
    assert rewrite(text, here, here) == text, "cure: make links"


def test_the_badge_and_the_site_are_those_of_workflows_that_there_are() -> None:
    workflows = paths.ROOT / ".github" / "workflows"
    assert (workflows / NEW.checks.rpartition("/")[2]).is_file()
    assert "actions/deploy-pages" in (workflows / "pages.yml").read_text("utf-8")


def test_a_link_to_a_file_follows_the_branch() -> None:
    link = f"[Source]({OLD.address}/blob/main/{NOTEBOOK})"
    moved = rewrite(link, OLD, NEW)
    assert moved == f"[Source](https://github.com/me/my.fork/blob/next/{NOTEBOOK})"
    assert rewrite(moved, NEW, OLD) == link


def test_every_file_at_the_front_is_led_elsewhere(tmp_path: Path) -> None:
    shutil.copy(paths.ROOT / "pyproject.toml", tmp_path)
    here = read((paths.ROOT / "pyproject.toml").read_text("utf-8"))
    forms = ".github/ISSUE_TEMPLATE"
    shutil.copytree(paths.ROOT / forms, tmp_path / forms)
    for page in PAGES:
        shutil.copy(paths.ROOT / page, tmp_path)
    changed = {path.name for path in update(tmp_path, NEW)}
    assert {"README.md", "CITATION.cff", "config.yml"} <= changed
    left = [path for path in tmp_path.rglob("*.*") if path.is_file()]
    assert [path.name for path in left if here.address in path.read_text("utf-8")] == []


def test_links_of_another_copy_are_brought_into_line() -> None:
    foreign = page(Repository("somebody/else", "dev"))
    assert problems(rewrite(foreign, OLD, NEW), NOTEBOOK, NEW) == []


def test_missing_and_foreign_links_are_named() -> None:
    found = problems(page(OLD), NOTEBOOK, NEW)
    assert len(found) == 4
    assert any("lacks its Colab link" in problem for problem in found)
    assert any(OLD.binder(NOTEBOOK) in problem for problem in found)
    assert len(problems("no links at all", NOTEBOOK, NEW)) == 2
    other = page(OLD).replace("01_introduction", "02_tfx")
    assert problems(other, NOTEBOOK, OLD), "a link to another chapter is wrong"


def test_a_branch_with_a_slash_comes_and_goes() -> None:
    branch = Repository("me/fork", "topic/links/two")
    there = rewrite(page(OLD), OLD, branch)
    assert problems(there, NOTEBOOK, branch) == []
    assert rewrite(there, branch, OLD) == page(OLD)
    assert problems(rewrite(there, OLD, NEW), NOTEBOOK, NEW) == []


def test_without_git_the_address_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main([]) == 1
    said = capsys.readouterr().err
    assert "git is not installed here, so give the address as REPO=https://github.com/you" in said


def test_a_branch_with_a_slash_is_quoted_for_binder() -> None:
    branch = Repository("me/fork", "topic/links")
    assert "/topic%2Flinks?" in branch.binder(NOTEBOOK)


def test_pyproject_is_changed_in_its_two_lines_only() -> None:
    text = (paths.ROOT / "pyproject.toml").read_text("utf-8")
    changed = rewrite_pyproject(text, NEW)
    assert read(changed) == NEW
    differing = sum(a != b for a, b in zip(text.splitlines(), changed.splitlines(), strict=True))
    assert differing == 2
    assert rewrite_pyproject(changed, read(text)) == text
    with pytest.raises(ValueError, match=r"tool\.workbook"):
        read("[project]\n")


def test_a_checkout_is_led_elsewhere_and_back(tmp_path: Path) -> None:
    shutil.copy(paths.ROOT / "pyproject.toml", tmp_path)
    here = read((paths.ROOT / "pyproject.toml").read_text("utf-8"))
    (tmp_path / "notebooks").mkdir()
    notebook = tmp_path / NOTEBOOK
    notebook.write_text(page(here), "utf-8")
    assert set(update(tmp_path, NEW)) == {tmp_path / "pyproject.toml", notebook}
    assert update(tmp_path, NEW) == []
    update(tmp_path, here)
    assert notebook.read_text("utf-8") == page(here)


def test_the_address_comes_from_git(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    with pytest.raises(ValueError, match="no git remote named origin"):
        origin(tmp_path)
    add = ["git", "-C", str(tmp_path), "remote", "add", "origin", "git@github.com:me/fork.git"]
    subprocess.run(add, check=True)
    assert parse(origin(tmp_path)) == "me/fork"


def test_the_projects_notebooks_lead_to_its_own_repository() -> None:
    repository = read((paths.ROOT / "pyproject.toml").read_text("utf-8"))
    found = [
        problem
        for notebook in sorted(paths.NOTEBOOKS.glob("*.ipynb"))
        for problem in problems(
            notebook.read_text("utf-8"), f"notebooks/{notebook.name}", repository
        )
    ]
    assert found == []
