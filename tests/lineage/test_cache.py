"""Why the cache answered, or did not."""

from __future__ import annotations

from tests.lineage import stores
from utils.lineage import cache


def trainer(store, examples, state=stores.COMPLETE, **properties):
    number, _ = stores.step(store, "Trainer", {"examples": examples}, {}, state=state, **properties)
    return number


def test_the_first_run_has_nothing_to_compare_with():
    store = stores.empty()
    found = cache.explain(store, trainer(store, []))
    assert found.earlier is None
    assert "no earlier execution" in found.headline


def test_an_equal_execution_answers():
    store = stores.empty()
    first = trainer(store, [], epochs="3")
    found = cache.explain(store, trainer(store, [], stores.CACHED, epochs="3"))
    assert found.cached
    assert found.earlier == first
    assert found.differences == ()
    assert f"equals execution {first}" in found.headline


def test_a_property_that_changed_is_named_with_both_values():
    store = stores.empty()
    trainer(store, [], epochs="3", seed="1")
    found = cache.explain(store, trainer(store, [], epochs="5", seed="1"))
    (row,) = found.differences
    assert (row.what, row.name, row.earlier, row.now) == ("property", "epochs", "3", "5")
    assert found.data["name"].tolist() == ["epochs"]
    assert "epochs changed" in found.headline


def test_an_input_that_is_another_artifact_is_named():
    store = stores.empty()
    _, (one,) = stores.step(store, "ExampleGen", {}, {"examples": "Examples"})
    _, (two,) = stores.step(store, "ExampleGen", {}, {"examples": "Examples"})
    trainer(store, [one])
    (row,) = cache.explain(store, trainer(store, [two])).differences
    assert (row.what, row.name, row.earlier, row.now) == ("input", "examples", str(one), str(two))


def test_the_nearest_earlier_execution_is_compared_and_failed_ones_are_not():
    store = stores.empty()
    near = trainer(store, [], epochs="3", seed="1", rate="1")
    trainer(store, [], epochs="9", seed="9", rate="9")
    trainer(store, [], stores.RUNNING, epochs="4", seed="1", rate="1")
    found = cache.explain(store, trainer(store, [], epochs="4", seed="1", rate="1"))
    assert found.earlier == near


def test_a_run_with_the_cache_off_says_so():
    store = stores.empty()
    trainer(store, [])
    assert "the cache was off" in cache.explain(store, trainer(store, [])).headline


def test_of_several_equal_executions_the_one_is_named_whose_artifact_was_taken():
    store = stores.empty()
    first, (examples,) = stores.step(store, "ExampleGen", {}, {"examples": "Examples"})
    stores.step(store, "ExampleGen", {}, {"examples": "Examples"})
    cached, _ = stores.step(store, "ExampleGen", {}, {}, state=stores.CACHED, again=(examples,))
    assert cache.explain(store, cached).earlier == first
