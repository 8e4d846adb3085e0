"""Lineage from a real ML Metadata store that is made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from ml_metadata.metadata_store import metadata_store
from ml_metadata.proto import metadata_store_pb2 as mlmd

from utils.lineage import views

HOSTILE = "</script><img src=x onerror=alert(1)>"


@pytest.fixture
def store() -> Any:
    config = mlmd.ConnectionConfig()
    config.fake_database.SetInParent()
    return metadata_store.MetadataStore(config)


def step(
    store: Any,
    component: str,
    takes: list[int],
    makes: str,
    state: int = mlmd.Execution.COMPLETE,
) -> tuple[int, int]:
    """Puts one execution with its node context into the store; returns its id and its artifact's."""
    kind = store.put_execution_type(mlmd.ExecutionType(name=f"tfx.components.{component}"))
    artifact_kind = store.put_artifact_type(mlmd.ArtifactType(name=makes))
    node = store.put_context_type(mlmd.ContextType(name="node"))
    name = f"pipeline.{component}"
    known = store.get_context_by_type_and_name("node", name)
    context = known or mlmd.Context(type_id=node, name=name)
    execution = mlmd.Execution(type_id=kind, last_known_state=state)
    events = [
        (store.get_artifacts_by_id([one])[0], mlmd.Event(type=mlmd.Event.INPUT)) for one in takes
    ]
    events.append(
        (
            mlmd.Artifact(type_id=artifact_kind, uri=f"/store/{makes}"),
            mlmd.Event(type=mlmd.Event.OUTPUT),
        )
    )
    number, artifacts, _ = store.put_execution(execution, events, [context])
    return number, artifacts[-1]


def test_a_model_knows_where_it_comes_from(store: Any) -> None:
    _, examples = step(store, "CsvExampleGen", [], "Examples")
    _, schema = step(store, "SchemaGen", [examples], "Schema", mlmd.Execution.CACHED)
    _, model = step(store, "Trainer", [examples, schema], "Model")
    step(store, "Pusher", [model], "PushedModel")
    frame = views.lineage(store, model).data
    assert frame["Component"].tolist() == ["CsvExampleGen", "SchemaGen", "Trainer"]
    assert frame["State"].tolist() == ["complete", "cached", "complete"]
    assert frame["Took"].tolist()[2] == f"Examples {examples}, Schema {schema}"
    assert frame["Made"].tolist()[2] == f"Model {model}"


def test_two_components_of_one_class_are_told_apart_by_their_ids(store: Any) -> None:
    kind = store.put_execution_type(
        mlmd.ExecutionType(name="module.Trainer", properties={"component_id": mlmd.STRING})
    )
    execution = mlmd.Execution(type_id=kind, last_known_state=mlmd.Execution.COMPLETE)
    execution.properties["component_id"].string_value = "OldTrainer"
    made = mlmd.Artifact(type_id=store.put_artifact_type(mlmd.ArtifactType(name="Model")))
    event = mlmd.Event(type=mlmd.Event.OUTPUT)
    _, (model,), _ = store.put_execution(execution, [(made, event)], [])
    view = views.lineage(store, model)
    assert view.data["Component"].tolist() == ["OldTrainer"]
    assert "OldTrainer" in view.picture


def test_it_is_drawn_and_its_facts_are_in_the_text(store: Any) -> None:
    _, examples = step(store, "CsvExampleGen", [], "Examples")
    made = views.lineage(store, examples)
    assert "✓ complete" in made.picture
    assert "/store/Examples" in made.text()
    assert made.title == f"Lineage of Examples {examples}"


def test_the_latest_execution_of_each_component_counts(store: Any) -> None:
    step(store, "Trainer", [], "Model", mlmd.Execution.FAILED)
    step(store, "Trainer", [], "Model", mlmd.Execution.COMPLETE)
    found = views.states(store, ["Trainer", "Pusher"])
    assert found["Trainer"][0] == "complete"
    assert found["Pusher"] == ("not run", "")
    assert list(views.states(store)) == ["Trainer"]


def test_executions_of_an_interactive_context_are_found_too(store: Any) -> None:
    kind = store.put_execution_type(
        mlmd.ExecutionType(name="Tuner", properties={"component_id": mlmd.STRING})
    )
    execution = mlmd.Execution(type_id=kind, last_known_state=mlmd.Execution.CACHED)
    execution.properties["component_id"].string_value = "Tuner"
    store.put_executions([execution])
    assert views.states(store)["Tuner"][0] == "cached"


def test_a_long_history_is_cut_and_says_so(store: Any) -> None:
    _, last = step(store, "Step0", [], "Thing")
    for number in range(1, 40):
        _, last = step(store, f"Step{number}", [last], "Thing")
    made = views.lineage(store, last)
    assert "nearest nodes" in made.text()
    assert 20 <= len(made.data) <= 60


def test_an_unknown_artifact_is_a_clear_error(store: Any) -> None:
    with pytest.raises(ValueError, match="holds no artifact 7"):
        views.lineage(store, 7)


def test_hostile_names_are_only_shown(store: Any) -> None:
    _, artifact = step(store, HOSTILE, [], HOSTILE)
    assert "<img" not in views.lineage(store, artifact).html()
