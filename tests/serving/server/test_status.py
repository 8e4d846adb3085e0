"""Errors keep the code that clients are told, whatever raised them."""

from __future__ import annotations

import pytest
import tensorflow as tf

from utils.serving.server import status
from utils.serving.server.status import Code, StatusError


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (StatusError(Code.NOT_FOUND, "x"), "NOT_FOUND: x"),
        (tf.errors.InvalidArgumentError(None, None, "x"), "INVALID_ARGUMENT: x"),
        (tf.errors.DataLossError(None, None, "x"), "DATA_LOSS: x"),
        (MemoryError("x"), "RESOURCE_EXHAUSTED: Out of memory: x"),
        (KeyError("x"), "INTERNAL: KeyError: 'x'"),
    ],
)
def test_what_an_error_means(raised, said):
    assert str(status.of(raised)) == said


def test_codes_in_http():
    codes = {code: status.HTTP.get(code, 500) for code in Code}
    assert codes[Code.OK] == 200
    assert codes[Code.INVALID_ARGUMENT] == codes[Code.FAILED_PRECONDITION] == 400
    assert codes[Code.NOT_FOUND] == 404
    assert codes[Code.UNAVAILABLE] == 503
    assert codes[Code.DEADLINE_EXCEEDED] == 504
    assert codes[Code.INTERNAL] == codes[Code.UNKNOWN] == codes[Code.DATA_LOSS] == 500
