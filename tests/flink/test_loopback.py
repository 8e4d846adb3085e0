"""The change of Beam's class, on a class made for it."""

import struct

import pytest

from utils.flink import FlinkError, loopback

TEXTS = (
    "Server", "java/net/InetSocketAddress", "getPort", "()I", "Builder", "forPort", "(I)LBuilder;", "most",
)  # fmt: skip


def made(code=b"\x2b\xb6\x00\x0f\xb8\x00\x10"):
    """A class file's constants, and the code of ``Builder.forPort(address.getPort())``."""
    pool = [b"\x01" + struct.pack(">H", len(text)) + text.encode() for text in TEXTS]
    # 9 and 10 are classes, 11 to 13 names with their descriptors (13 shares one), 14 a long that takes two places.
    pool += [b"\x07\x00\x02", b"\x07\x00\x05", b"\x0c\x00\x03\x00\x04", b"\x0c\x00\x06\x00\x07"]
    pool += [b"\x05" + bytes(8), b"\x0a\x00\x09\x00\x0b", b"\x0a\x00\x0a\x00\x0c"]
    pool += [b"\x0c\x00\x08\x00\x07"]
    head = b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + struct.pack(">H", len(pool) + 2)
    return head + b"".join(pool) + b"CODE" + code + b"END"


def test_a_server_is_made_by_its_address():
    content = made()
    changed = loopback.mended(content)
    assert b"\x2b\x00\x00\x00\xb8\x00\x10" in changed
    assert changed.endswith(b"END")
    count = struct.unpack_from(">H", content, 8)[0]
    assert struct.unpack_from(">H", changed, 8)[0] == count + 2
    assert b"\x0c" + struct.pack(">HH", count, count + 1) in changed
    assert b"\x01\x00\x0aforAddress\x01\x00\x23(Ljava/net/SocketAddress;)LBuilder;CODE" in changed
    assert b"\x0c\x00\x08\x00\x07" in changed  # who shares the descriptor keeps it


@pytest.mark.parametrize("code", [b"", b"\xb6\x00\x0f\xb8\x00\x10" * 2])
def test_another_class_is_refused(code):
    with pytest.raises(FlinkError, match="do not make their servers"):
        loopback.mended(made(code))
