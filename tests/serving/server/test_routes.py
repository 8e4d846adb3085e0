"""Paths of the REST interface."""

from __future__ import annotations

import pytest

from utils.serving.server.routes import Target
from utils.serving.server.status import StatusError


@pytest.mark.parametrize(
    ("method", "path", "target"),
    [
        ("GET", "/v1/models", Target(is_known=True)),
        ("GET", "/v1/models/half", Target("half", is_known=True)),
        ("GET", "/V1/Models/half/Versions/7", Target("half", 7, is_known=True)),
        ("GET", "/v1/models/half/labels/stable", Target("half", label="stable", is_known=True)),
        ("GET", "/v1/models/a%20b/metadata", Target("a b", metadata=True, is_known=True)),
        ("POST", "/v1/models/half:predict", Target("half", method="predict", is_known=True)),
        (
            "POST",
            "/v1/models/half/versions/007:REGRESS",
            Target("half", 7, "", "regress", False, True),
        ),
        (
            "POST",
            "/v1/models/half/labels/a%2Fb:classify",
            Target("half", None, "a/b", "classify", False, True),
        ),
    ],
)
def test_what_a_path_means(method, path, target):
    assert Target.parse(method, path) == target


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/foo"),
        ("POST", "/v1/foo"),
        ("GET", "/v1/models/debug/model_name"),
        ("POST", "/v1/models"),
        ("GET", "/v1/models/half:predict"),
        ("POST", "/v1/models/half/version/50:regress"),
        ("POST", "/v1/models/half/versions/HELLO:regress"),
        ("POST", "/v1/models/half/metadata"),
        ("POST", "/v1/models/half/versions/50/labels/stable:regress"),
        ("PUT", "/v1/models/half"),
    ],
)
def test_what_means_nothing(method, path):
    assert not Target.parse(method, path).is_known


def test_a_number_that_is_too_large():
    with pytest.raises(StatusError, match="Failed to convert version: 18446744073709551615"):
        Target.parse("POST", f"/v1/models/half/versions/{2**64 - 1}:regress")


def test_the_same_in_a_message():
    spec = Target("half", label="stable").spec()
    assert (spec.name, spec.version_label, spec.HasField("version")) == ("half", "stable", False)
    assert Target("half", 7).spec().version.value == 7


def test_a_number_of_thousands_of_digits():
    with pytest.raises(StatusError, match="Failed to convert version"):
        Target.parse("GET", "/v1/models/half/versions/" + "9" * 5000)
    assert Target.parse("GET", "/v1/models/half/versions/" + "0" * 5000 + "7").version == 7
    assert Target.parse("GET", "/v1/models/half/versions/000").version == 0
