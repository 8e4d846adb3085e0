"""Dockerfiles, contexts and layers."""

from __future__ import annotations

import pytest

from utils.containers import contexts, dockerfiles, layers, views
from utils.containers.errors import ContainerError

TEXT = """\
# syntax comments are no instructions
ARG PYTHON=3.10
FROM python:${PYTHON} AS packages
COPY requirements.txt /tmp/
RUN pip install \\
    # a comment in between
    --requirement /tmp/requirements.txt

FROM python:${PYTHON}
COPY --from=packages --chown=1000 /opt/venv /opt/venv
COPY ["run.py", "my app", "./"]
"""
FILES = {"requirements.txt": "1", "run.py": "2", "my app/one.py": "3"}


def test_instructions_stages_and_sources():
    read = dockerfiles.read(TEXT)
    assert [one.line for one in read] == [2, 3, 4, 5, 9, 10, 11]
    assert read[3].rest == "pip install --requirement /tmp/requirements.txt"
    first, last = dockerfiles.stages(read)
    assert (first.alias, last.alias) == ("packages", "")
    assert last.instructions[1].flags == {"from": "packages", "chown": "1000"}
    assert dockerfiles.copied(read) == ["requirements.txt", "run.py", "my app"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("RUN ls\nFROM a", "nothing comes before FROM"), ("", "no FROM"), ("FROM", "no instruction")],
)
def test_no_dockerfile(text, said):
    with pytest.raises(ContainerError, match=said):
        dockerfiles.stages(dockerfiles.read(text))


def kept(**changes: str) -> list[str]:
    before, after = layers.keys(TEXT, FILES), layers.keys(TEXT, {**FILES, **changes})
    assert len(views.layers(before, after).data) == len(after)
    same = layers.kept(before, after)
    return [one.instruction.name for one, is_kept in zip(after, same, strict=True) if not is_kept]


def test_an_edit_reaches_what_is_built_on_it():
    assert kept() == []
    assert kept(**{"run.py": "edited"}) == ["COPY"]
    assert kept(**{"my app/one.py": "edited"}) == ["COPY"]
    assert kept(**{"other.txt": "new"}) == []
    assert kept(**{"requirements.txt": "edited"}) == ["COPY", "RUN", "COPY", "COPY"]


def test_what_cannot_be_copied():
    with pytest.raises(ContainerError, match="line 11 copies run"):
        layers.keys(TEXT, {"requirements.txt": "1"})
    with pytest.raises(ContainerError, match="no stage before it"):
        layers.keys(TEXT.replace("--from=packages", "--from=package"), FILES)


def test_what_is_sent(tmp_path):
    for name in ("run.py", ".env", "a/b.pyc", "Dockerfile"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert contexts.files(tmp_path) == [".env", "Dockerfile", "a/b.pyc", "run.py"]
    ignored = "# a comment\n\n*\n!run.py\n"
    assert contexts.files(tmp_path, ignored) == ["Dockerfile", "run.py"]
    (tmp_path / ".dockerignore").write_text("**/*.pyc\n.env")
    assert contexts.files(tmp_path) == [".dockerignore", "Dockerfile", "run.py"]
    assert set(contexts.digests(tmp_path)) == set(contexts.files(tmp_path))
    assert contexts.size(tmp_path, ["run.py", "a/b.pyc"]) == len("run.pya/b.pyc")
    assert contexts.matching("./a/", ["a/b", "ab", "a"]) == ["a/b", "a"]
    assert contexts.matching("*.py", ["a.py", "b.txt"]) == ["a.py"]
    assert contexts.matching(".", ["a", "b"]) == ["a", "b"]
