"""A change of one call in Beam's Java libraries, so that their servers listen on this machine only.

Beam's job server, and the servers by which a TaskManager talks to its Python workers, make an address on the loopback
interface, take only its port (``NettyServerBuilder.forPort(address.getPort())``), and so open that port to every
network. No option changes it. The call becomes ``NettyServerBuilder.forAddress(address)``, in a copy of the one class
that holds it.

Source: ``org.apache.beam.sdk.fn.server.ServerFactory``; https://docs.oracle.com/javase/specs/jvms/se17/html/jvms-4.html
"""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

from utils.flink.errors import FlinkError

JAR = "beam-sdks-java-core-*.jar"
"""The jar with the class."""

CLASS = "org/apache/beam/sdk/fn/server/ServerFactory$InetSocketAddressServerFactory.class"
"""The class that makes servers."""

_GET_PORT, _FOR_PORT, _FOR_ADDRESS = b"getPort", b"forPort", b"forAddress"
_ADDRESS = b"(Ljava/net/SocketAddress;)"

# Bytes of a constant after its tag, by the tag; texts (1) say their own length.
_LENGTHS = {
    3: 4,
    4: 4,
    5: 8,
    6: 8,
    7: 2,
    8: 2,
    9: 4,
    10: 4,
    11: 4,
    12: 4,
    15: 3,
    16: 2,
    17: 4,
    18: 4,
    19: 2,
    20: 2,
}
_TEXT, _LONG, _METHOD, _NAME = 1, (5, 6), 10, 12
_INVOKE_VIRTUAL, _INVOKE_STATIC, _NO_OPERATION = b"\xb6", b"\xb8", b"\x00"


def mend(jars: Path) -> None:
    """Change the call in the jar that has it.

    Args:
        jars: The folder of the jars, checked before; the jar is replaced.

    Raises:
        FlinkError: If the call is not there, once, as in the version that was chosen.
    """
    (jar,) = jars.glob(JAR)
    part = jar.with_suffix(".part")
    with zipfile.ZipFile(jar) as old, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in {entry.filename: entry for entry in old.infolist()}.values():
            content = old.read(entry)
            new.writestr(entry, mended(content) if entry.filename == CLASS else content)
    part.replace(jar)


def mended(content: bytes) -> bytes:
    """Return a class in which a server is made by its address, where it was made by its port.

    Args:
        content: The compiled class.

    Raises:
        FlinkError: If the call is not there, once.
    """
    places, end = _constants(content)
    count = len(places)

    def text(index: int) -> bytes:
        at = places[index]
        return content[at + 3 : at + 3 + _number(content, at + 1)]

    def calls(name: bytes) -> list[int]:
        found = []
        for index, at in enumerate(places):
            if at and content[at] == _METHOD:
                pair = places[_number(content, at + 3)]
                if text(_number(content, pair + 1)) == name:
                    found.append(index)
        return found

    for port in calls(_GET_PORT):
        for made in calls(_FOR_PORT):
            asked = _INVOKE_VIRTUAL + struct.pack(">H", port)
            call = _INVOKE_STATIC + struct.pack(">H", made)
            if content.count(asked + call) != 1:
                continue
            pair = places[_number(content, places[made] + 3)]
            returned = text(_number(content, pair + 3)).partition(b")")[2]
            named = _constant(_FOR_ADDRESS) + _constant(_ADDRESS + returned)
            head = content[:8] + struct.pack(">H", count + 2) + content[10 : pair + 1]
            head += struct.pack(">HH", count, count + 1) + content[pair + 5 : end] + named
            return head + content[end:].replace(asked + call, 3 * _NO_OPERATION + call)
    raise FlinkError(
        "Beam's libraries do not make their servers as they did in the version that was chosen.",
        "Look into ServerFactory whether they now listen on this machine only.",
    )


def _constants(content: bytes) -> tuple[list[int], int]:
    """Return where each constant of a class begins, 0 where an index has none, and where they end."""
    places, at = [0], 10
    while len(places) < _number(content, 8):
        tag = content[at]
        places.append(at)
        if tag in _LONG:
            places.append(0)
        at += 3 + _number(content, at + 1) if tag == _TEXT else 1 + _LENGTHS[tag]
    return places, at


def _constant(text: bytes) -> bytes:
    return bytes([_TEXT]) + struct.pack(">H", len(text)) + text


def _number(content: bytes, at: int) -> int:
    return int(struct.unpack_from(">H", content, at)[0])
