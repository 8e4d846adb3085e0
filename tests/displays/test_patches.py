"""Every patch of another package: its target is there, it can be undone, and its absence is told."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from utils import displays, paths
from utils.displays import hooks
from utils.displays.registry import Hooks, Patch
from utils.third_party import NameMissingError

PATCHES = [patch for provided in hooks.provided() for patch in provided.patches]
ABSENT = object()


@pytest.fixture(autouse=True)
def off_again() -> Iterator[None]:
    """The What-If Tool's package can be imported beside TFX only while the displays are on."""
    displays.enable()
    for patch in PATCHES:
        importlib.import_module(patch.module)
    displays.disable()
    yield
    displays.disable()


def target(patch: Patch) -> Any:
    """What stands in the place of a patch, a class's own attribute only."""
    owner: Any = importlib.import_module(patch.module)
    *parents, name = patch.attribute.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    return vars(owner).get(name, ABSENT)


def found(patch: Patch) -> Any:
    """The attribute as whoever uses it finds it."""
    owner: Any = importlib.import_module(patch.module)
    for name in patch.attribute.split("."):
        owner = getattr(owner, name, ABSENT)
    return owner


def patch_id(patch: Patch) -> str:
    return f"{patch.module}.{patch.attribute}"


def test_no_target_is_patched_twice() -> None:
    names = [patch_id(patch) for patch in PATCHES]
    assert len(names) > 30
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("patch", PATCHES, ids=patch_id)
def test_its_target_is_there(patch: Patch) -> None:
    assert (found(patch) is not ABSENT) or patch.absent


@pytest.mark.parametrize("patch", PATCHES, ids=patch_id)
def test_what_replaces_a_function_takes_the_same_arguments(patch: Patch) -> None:
    genuine = found(patch)
    displays.enable()
    ours = found(patch)
    assert ours is not ABSENT
    if inspect.isfunction(genuine) and not patch.attribute.endswith("__new__"):
        assert ours is not genuine
        of_a_class = "." in patch.attribute
        taken, known = (
            [(one.name, one.default) for one in inspect.signature(each).parameters.values()]
            for each in (ours, genuine)
        )
        assert taken[of_a_class:] == known[of_a_class:]


def test_everything_is_undone_any_number_of_times() -> None:
    before = [target(patch) for patch in PATCHES]
    for _ in range(2):
        displays.enable()
        displays.disable()
        after = [target(patch) for patch in PATCHES]
        assert [a is b for a, b in zip(after, before, strict=True)] == [True] * len(PATCHES)


def test_what_was_imported_while_they_were_on_is_undone_too() -> None:
    code = """
from utils import displays
displays.enable()
import tensorflow_data_validation as tfdv
from tensorflow_data_validation.utils import display_util
import tensorflow_model_analysis, witwidget
displays.disable()
print(tfdv.visualize_statistics.__module__, tfdv.visualize_statistics is display_util.visualize_statistics)
print("__new__" in vars(witwidget.WitWidget))
"""
    run = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(run, cwd=paths.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        "tensorflow_data_validation.utils.display_util",
        "True",
        "False",
    ]


def test_a_widget_is_genuine_again_afterwards() -> None:
    from witwidget.notebook.visualization import WitConfigBuilder, WitWidget

    displays.enable()
    assert hasattr(WitWidget(WitConfigBuilder([])), "snapshot")
    displays.disable()
    assert type(WitWidget(WitConfigBuilder([]))) is WitWidget


def test_a_function_kept_from_then_is_the_genuine_one_afterwards() -> None:
    import tensorflow_data_validation as tfdv
    from tensorflow_metadata.proto.v0 import statistics_pb2

    statistics = statistics_pb2.DatasetFeatureStatisticsList()
    statistics.datasets.add(num_examples=1)
    displays.enable()
    kept = tfdv.get_statistics_html
    assert "workbook-frame" in kept(statistics)
    displays.disable()
    assert "workbook-frame" not in kept(statistics)
    assert "facets_iframe" in kept(statistics)


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        (Patch("tensorflow_data_validation", "show_all", lambda _: _), "show_all"),
        (Patch("tensorflow_data_validation.gone", "show", lambda _: _), "gone"),
        (Patch("tensorflow_data_validation", "Gone.show", lambda _: _), "Gone.show"),
        (Patch("tensorflow_data_validation", "load_schema_text.gone", lambda _: _), "gone"),
    ],
)
def test_a_missing_target_is_told_and_nothing_stays_hooked(
    patch: Patch, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib import metadata

    before = [target(one) for one in PATCHES]
    provided = hooks.provided()
    monkeypatch.setattr(hooks, "provided", lambda: [*provided, Hooks(patches=[patch])])
    version = metadata.version("tensorflow-data-validation")
    with pytest.raises(
        NameMissingError, match=f"tensorflow-data-validation {version} has no .*{said}"
    ):
        displays.enable()
    assert not displays.enabled()
    assert all(target(one) is then for one, then in zip(PATCHES, before, strict=True))


def test_a_target_missing_from_what_is_imported_later_is_told_at_its_import() -> None:
    code = """
from utils import displays
from utils.displays import hooks, registry
provided = hooks.provided()
more = registry.Hooks(patches=[registry.Patch("tensorflow_data_validation", "gone", lambda _: _)])
hooks.provided = lambda: [*provided, more]
displays.enable()
try:
    import tensorflow_data_validation
except Exception as error:
    print(type(error).__name__, error)
"""
    run = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(run, cwd=paths.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("NameMissingError The installed tensorflow-data-validation ")
    assert "has no tensorflow_data_validation.gone," in done.stdout


def test_what_may_be_absent_is_added_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    import tensorflow_data_validation as tfdv

    added = Patch("tensorflow_data_validation", "added", lambda original: original or 1, "a test")
    monkeypatch.setattr(hooks, "provided", lambda: [Hooks(patches=[added])])
    displays.enable()
    assert tfdv.added == 1
    displays.disable()
    assert not hasattr(tfdv, "added")
