"""An object store that is really started, and asked by boto3."""

from __future__ import annotations

import psutil
import pytest

from utils import side_environments
from utils.environments.decisions import SetupError
from utils.serving import object_store
from utils.serving.errors import ServingError

ROUND_TRIP = """
import sys
import boto3
client = boto3.client("s3")
client.create_bucket(Bucket="models")
client.put_object(Bucket="models", Key="half/1/saved_model.pb", Body=b"a model")
(one,) = client.list_objects_v2(Bucket="models", Prefix="half/")["Contents"]
print(sys.argv[1], one["Key"], client.get_object(Bucket="models", Key=one["Key"])["Body"].read())
"""


@pytest.fixture(scope="module")
def running():
    try:
        side_environments.ensure(object_store.ENVIRONMENT)
    except SetupError as error:
        pytest.skip(f"needs moto: {error}")
    with object_store.start() as store:
        yield store


def test_what_is_put_is_got_by_a_program_that_knows_no_address(running, tmp_path):
    program = tmp_path / "round_trip.py"
    program.write_text(ROUND_TRIP)
    assert running.run(program, 7) == "7 half/1/saved_model.pb b'a model'"
    assert running.url in str(running)


def test_it_listens_on_this_machine_only(running):
    held = psutil.Process(running.service.pid).net_connections("tcp")
    assert {one.laddr.ip for one in held if one.status == psutil.CONN_LISTEN} == {"127.0.0.1"}


def test_a_program_that_fails_is_quoted(running, tmp_path):
    program = tmp_path / "fails.py"
    program.write_text("raise SystemExit('no such bucket')")
    with pytest.raises(RuntimeError, match="no such bucket"):
        running.run(program)


def test_the_same_key_is_the_same_store(running):
    with object_store.start(key="one") as store:
        assert object_store.start(key="one").service is store.service
        assert store.service is not running.service


def test_without_a_network_the_message_says_so(monkeypatch):
    def offline(name):
        raise SetupError("The network was not reached.")

    monkeypatch.setattr(side_environments, "ensure", offline)
    with pytest.raises(ServingError, match=r"(?s)could not be installed.*not reached") as caught:
        object_store.start()
    assert "network" in caught.value.cure
