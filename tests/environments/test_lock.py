from __future__ import annotations

from utils.environments.lock import body, header


def test_the_first_lines_say_how_to_install() -> None:
    lines = header("pyproject.toml", "requirements.txt").splitlines()
    assert all(line.startswith("#") for line in lines)
    assert any("uv pip install --no-deps --require-hashes -r requirements.txt" in x for x in lines)
    assert any("pip install --no-deps --require-hashes -r requirements.txt" in x for x in lines)


def test_only_requirements_remain_of_a_body() -> None:
    text = "# old header\none==1 \\\n    --hash=sha256:ab\n    # via two\n"
    assert body(text) == "one==1 \\\n    --hash=sha256:ab\n"
    assert body(header("a", "b")) == ""
