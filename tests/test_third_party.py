"""What the workbook uses of other packages beyond their public interface is there, and its absence is told."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from importlib import metadata
from typing import Any

import pytest

from utils import displays, paths, third_party
from utils.third_party import PRIVATE, NameMissingError, Private

ALL: list[Any] = [
    pytest.param(one, name, id=f"{file}:{name}")
    for file, listed in PRIVATE.items()
    for one in listed
    for name in one.names
]


@pytest.fixture(autouse=True)
def enabled() -> Iterator[None]:
    """The What-If Tool's package can be imported beside TFX only while the displays are on."""
    displays.enable()
    yield
    displays.disable()


def owner_of(one: Private) -> Any:
    module, _, name = one.owner.partition(":")
    found = importlib.import_module(module)
    return getattr(found, name) if name else found


def is_set_in(kind: type, name: str) -> bool:
    """Whether a method of the class, or of one that it extends, sets the attribute of an object."""
    sources = [inspect.getsource(one) for one in kind.__mro__ if one.__module__ != "builtins"]
    return any(re.search(rf"\.{name}(, \w+)? = ", source) for source in sources)


@pytest.mark.parametrize(("one", "name"), ALL)
def test_the_installed_package_has_the_private_name(one: Private, name: str) -> None:
    owner = owner_of(one)
    assert hasattr(owner, name) or is_set_in(owner, name)


@pytest.mark.parametrize(
    ("one", "name"), [case for case in ALL if case.values[0].parameters is not None]
)
def test_it_takes_what_the_workbook_passes(one: Private, name: str) -> None:
    owner = owner_of(one)
    parameters = list(inspect.signature(getattr(owner, name)).parameters.values())
    parameters = parameters[1:] if inspect.isclass(owner) else parameters
    passed = list(one.parameters or ())
    assert [each.name for each in parameters[: len(passed)]] == passed
    assert all(each.default is not each.empty for each in parameters[len(passed) :])


@pytest.mark.parametrize("file", sorted(PRIVATE))
def test_the_list_is_what_the_file_uses(file: str) -> None:
    code = ast.unparse(ast.parse((paths.ROOT / "utils" / file).read_text(encoding="utf-8")))
    listed = {name for one in PRIVATE[file] for name in one.names}
    assert listed <= set(re.findall(r"\w+", code))


def asked_for() -> dict[str, set[str]]:
    """By file below ``utils``, the names that it asks :func:`third_party.private` for."""
    found: dict[str, set[str]] = {}
    for file in (paths.ROOT / "utils").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("private"):
                place = file.relative_to(paths.ROOT / "utils").as_posix()
                found.setdefault(place, set()).add(ast.literal_eval(node.args[1]))
    return found


def test_whoever_asks_for_a_private_name_lists_it() -> None:
    asked = asked_for()
    assert len(asked) > 5
    for file, names in asked.items():
        assert names <= {name for one in PRIVATE.get(file, ()) for name in one.names}, file


def test_the_absence_of_a_name_is_told_in_one_sentence() -> None:
    import anywidget

    version = metadata.version("anywidget")
    with pytest.raises(NameMissingError) as caught:
        third_party.private(anywidget.AnyWidget, "_gone")
    assert caught.value.what == (
        f"The installed anywidget {version} has no anywidget.widget.AnyWidget._gone, "
        "which this workbook relies on."
    )
    assert "requirements.txt" in caught.value.cure
    assert f"anywidget {version} has no anywidget._gone," in str(
        third_party.missing("anywidget._gone")
    )
