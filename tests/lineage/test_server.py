"""The server's files, and the stand-in."""

from __future__ import annotations

import pytest
import yaml
from ml_metadata import errors
from ml_metadata.metadata_store import MetadataStore

from tests.lineage import stores
from utils.lineage import provenance, server
from utils.lineage.errors import LineageError


@pytest.fixture
def served():
    store = stores.empty()
    made = stores.pipeline(store)
    with server.StandIn(store) as stand_in:
        yield stand_in, store, made


def test_the_files_fit_the_protos_and_each_other():
    config = server.server_config(server.text("server.pbtxt")).connection_config.mysql
    client = server.client_config(server.text("client.pbtxt"))
    compose = yaml.safe_load(server.text("compose.yaml"))["services"]
    database, metadata = compose["database"]["environment"], compose["metadata"]
    assert config.host in compose
    assert config.database == database["MYSQL_DATABASE"]
    assert (config.user, config.password) == (
        database["MYSQL_USER"],
        database["MYSQL_PASSWORD"],
    )
    assert metadata["ports"] == [f"{client.host}:{client.port}:8080"]
    assert metadata["environment"]["METADATA_STORE_SERVER_CONFIG_FILE"] in metadata["volumes"][0]


def test_a_client_gets_the_same_answers(served):
    stand_in, store, made = served
    remote = MetadataStore(stand_in.config)
    mine = provenance.made_from(store, made["pushed"])
    assert provenance.made_from(remote, made["pushed"]).equals(mine)
    assert "GetEventsByArtifactIDs" in stand_in.calls


def test_it_only_reads(served):
    stand_in, _, made = served
    remote = MetadataStore(stand_in.config)
    with pytest.raises(errors.UnimplementedError, match="write through the SQLite store"):
        remote.put_artifacts(remote.get_artifacts_by_id([made["model"]]))


def test_an_error_of_the_store_arrives_as_itself(served):
    stand_in, _, _ = served
    with pytest.raises(errors.NotFoundError):
        MetadataStore(stand_in.config).get_artifact_type("Nothing")


def test_it_listens_on_this_machine_only(served):
    assert served[0].config.host == "127.0.0.1"


def test_after_closing_nobody_answers():
    stand_in = server.StandIn(stores.empty())
    stand_in.close()
    stand_in.close()
    with pytest.raises(errors.UnavailableError):
        MetadataStore(stand_in.config).get_artifacts()


@pytest.mark.parametrize(
    ("written", "cure"),
    [
        (
            'connection_config { mysql { hostname: "x" } }',
            "no field 'hostname' .*; it has host, port",
        ),
        ("connection_config { mysql", "Mend line 1"),
        ("connection_config {}", "names no database"),
        ('connection_config { mysql { host: "x" } }', "lacks user: add it"),
    ],
)
def test_a_wrong_server_configuration(written, cure):
    with pytest.raises(LineageError, match=cure):
        server.server_config(written)


@pytest.mark.parametrize("written", ['host: "x"', "port: 8080", 'host: "x" port: 80800'])
def test_a_wrong_client_configuration(written):
    with pytest.raises(LineageError, match="a port from 1 to 65535"):
        server.client_config(written)


def test_a_file_that_is_not_there():
    with pytest.raises(LineageError, match=r"there are compose\.yaml"):
        server.text("server.yaml")
