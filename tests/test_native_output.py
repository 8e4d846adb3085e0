"""What native code writes is held back, and told where the block fails."""

from __future__ import annotations

import os

import pytest

from utils.native_output import held


@pytest.mark.parametrize("descriptor", [1, 2])
def test_what_is_written_is_held_back_during_the_block_only(descriptor, capfd):
    with held(descriptor):
        os.write(descriptor, b"chatter")
    os.write(descriptor, b"afterwards")
    captured = capfd.readouterr()
    assert captured.out + captured.err == "afterwards"


def test_it_is_told_where_the_block_fails(capfd):
    with pytest.raises(ValueError), held(2):
        os.write(2, b"the reason")
        raise ValueError
    assert capfd.readouterr().err == "the reason"
