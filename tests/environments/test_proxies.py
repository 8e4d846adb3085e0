"""A proxy is named without its password, and nobody asks it for this machine."""

from __future__ import annotations

import urllib.request

import pytest

from utils.environments import proxies
from utils.environments.decisions import explain_failure
from utils.environments.environment import child_variables


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({}, ""),
        ({"HTTPS_PROXY": ""}, ""),
        (
            {"HTTPS_PROXY": "http://proxy.example:3128/"},
            "proxy.example:3128, which HTTPS_PROXY names",
        ),
        ({"http_proxy": "http://me:secret@10.0.0.1:8"}, "10.0.0.1:8, which http_proxy names"),
        ({"HTTPS_PROXY": "http://me:sec/ret@proxy:3128"}, "proxy:3128, which HTTPS_PROXY names"),
        ({"HTTPS_PROXY": "http://me:s#c?r@proxy:3128/x"}, "proxy:3128, which HTTPS_PROXY names"),
        ({"HTTPS_PROXY": "http://me:pa[ss@proxy:3128"}, "proxy:3128, which HTTPS_PROXY names"),
        ({"HTTPS_PROXY": "http://[::1:3128"}, "[::1:3128, which HTTPS_PROXY names"),
        ({"ALL_PROXY": "me:secret@proxy.example:1"}, "proxy.example:1, which ALL_PROXY names"),
        ({"ALL_PROXY": "proxy.example:1"}, "proxy.example:1, which ALL_PROXY names"),
        ({"ALL_PROXY": "http://[::1:1"}, "[::1:1, which ALL_PROXY names"),
        ({"ALL_PROXY": "http://me:sec/ret@p.example:1"}, "p.example:1, which ALL_PROXY names"),
        ({"ALL_PROXY": "http://"}, "?, which ALL_PROXY names"),
    ],
)
def test_it_is_named_as_a_reader_knows_it(env: dict[str, str], said: str) -> None:
    assert proxies.named(env) == said


def test_this_machine_is_asked_past_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxies.past_this_machine({"NO_PROXY": "x"}) == {}, "without a proxy nothing changes"
    env = {"http_proxy": "http://127.0.0.1:9", "no_proxy": "a.example, localhost"}
    past = proxies.past_this_machine(env)
    assert past["no_proxy"] == past["NO_PROXY"] == "a.example,localhost,127.0.0.1,::1"
    for name, value in {**env, **past}.items():
        monkeypatch.setenv(name, value)
    assert urllib.request.proxy_bypass("127.0.0.1")
    assert urllib.request.proxy_bypass("a.example")
    assert not urllib.request.proxy_bypass("b.example")


def test_notebooks_and_tests_get_these_variables(tmp_path) -> None:
    given = child_variables(tmp_path, tmp_path, {"HTTPS_PROXY": "http://127.0.0.1:9"})
    assert "127.0.0.1" in given["no_proxy"]
    assert "no_proxy" not in child_variables(tmp_path, tmp_path, {})


@pytest.mark.parametrize(
    "said",
    [
        "cause: tunnel error: failed to create underlying connection",
        "OSError('Tunnel connection failed: 407 Proxy Authentication Required')",
    ],
)
def test_set_up_says_which_proxy_to_look_at(said: str) -> None:
    told = str(explain_failure("fetching uv", said, {"HTTPS_PROXY": "http://me:secret@p:1"}))
    assert "The network was not reached" in told
    assert "the proxy p:1, which HTTPS_PROXY names" in told
    assert "secret" not in told
    assert "behind a proxy set HTTPS_PROXY" in str(explain_failure("fetching uv", said, {}))
