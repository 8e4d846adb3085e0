from __future__ import annotations

import base64
import gzip
import json
import re
import sys
from types import ModuleType
from typing import Any

import pytest

from tests.displays.evaluations import HOSTILE
from utils.displays.fallback import Table
from utils.displays.frame import Carriers, Frame, Library, script, squeeze, to_json

LIBRARY = Library("small", "<script>window.small = 1</script>")


def a_frame(data: object = None, title: str = "A view") -> Frame:
    return Frame(
        library=LIBRARY,
        body="<p></p>",
        start="frame.fit()",
        data=data,
        tables=[Table(["name", "value"], [["auc", 0.75]], "Facts")],
        title=title,
    )


def unsqueeze(text: str) -> str:
    plain = text.translate(str.maketrans(",./", "<>&"))
    return gzip.decompress(base64.b85decode(plain)).decode("utf-8")


def parts(page: str) -> dict[str, str]:
    found = re.findall(
        r'<script type="text/plain" data-workbook-(\w+)="([\w-]+)">(.*?)</script>', page
    )
    return {name if kind == "part" else kind: content for kind, name, content in found}


@pytest.mark.parametrize("text", ["", "a", "<script>é\u2028" * 999, "x" * 100_000])
def test_packed_texts_come_back(text: str) -> None:
    assert unsqueeze(squeeze(text)) == text
    assert not set(squeeze(text)) & set("<>&\"'\\\n")
    assert squeeze(text) == squeeze(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_json_cannot_end_its_script(text: str) -> None:
    written = to_json({"name": text, text: [text]})
    assert "<" not in written
    assert written.isascii()
    assert json.loads(written) == {"name": text, text: [text]}


def test_json_takes_what_tfma_and_numpy_hand_over() -> None:
    import numpy as np

    data = {
        "bytes": b"caf\xc3\xa9",
        "nan": float("nan"),
        "infinity": -np.inf,
        "array": np.array([[1, 2]]),
        "number": np.float32(0.5),
        "tuple": (1, None, True),
        b"key": {3},
    }
    assert json.loads(to_json(data)) == {
        "bytes": "café",
        "nan": "NaN",
        "infinity": "-Infinity",
        "array": [[1, 2]],
        "number": 0.5,
        "tuple": [1, None, True],
        "key": [3],
    }


def test_code_cannot_end_its_script() -> None:
    assert script('a = "</script>"; b = "<!--"').count("</script>") == 1
    assert "<!--" not in script('b = "<!--"')


def test_the_output_holds_library_data_and_facts() -> None:
    bundle = a_frame({"a": 1})._repr_mimebundle_()
    found = parts(bundle["text/html"])
    assert unsqueeze(found["library"]) == LIBRARY.head
    assert json.loads(found["data"]) == {"a": 1}
    assert json.loads(found["settings"])["title"] == "A view"
    for fact in ("A view", "auc", "0.75000"):
        assert fact in bundle["text/html"]
        assert fact in bundle["text/plain"]


def test_large_data_travels_compressed() -> None:
    data = {"rows": [[number, "name"] for number in range(5_000)]}
    found = parts(a_frame(data).html())
    assert json.loads(found["settings"])["packed"] is True
    assert json.loads(unsqueeze(found["data"])) == data
    assert len(found["data"]) < 30_000


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_and_data_add_no_elements(text: str) -> None:
    def elements(page: str) -> list[str]:
        bare = re.sub(r"<(script|style)[^>]*>.*?</\1>", r"<\1>", page, flags=re.DOTALL)
        return re.findall(r"<[a-z!/][^>]*?>", re.sub(r'"[^"]*"', "", bare))

    plain = a_frame("data", "title").html(embed=True)
    assert elements(a_frame(text, text[:200]).html(embed=True)) == elements(plain)


def test_outputs_share_the_library_of_the_first() -> None:
    assert "library" in parts(a_frame().html())
    assert "library" not in parts(a_frame().html())
    assert "library" in parts(a_frame().html(embed=True))


@pytest.mark.parametrize("place", ["colab", "vscode"])
def test_frames_of_their_own_each_carry_the_library(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if place == "colab":
        monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    else:
        monkeypatch.setenv("VSCODE_PID", "1")
    assert "library" in parts(a_frame().html())
    assert "library" in parts(a_frame().html())


def run(carriers: Carriers, cells: str, start: int = 1) -> str:
    """Shows a view in cell after cell; returns the cells whose output carried the library."""
    return "".join(
        cell
        for execution, cell in enumerate(cells, start)
        if carriers.carries("small", cell, execution)
    )


@pytest.mark.parametrize(
    ("cells", "carried"),
    [
        ("abcd", "a"),
        ("abcdabcd", "aa"),
        ("aaa", "aaa"),
        ("abcbcb", "abb"),
        ("abcc", "ac"),
        ("abcbabc", "abb"),
    ],
)
def test_running_a_cell_again_repairs_it(cells: str, carried: str) -> None:
    assert run(Carriers(), cells) == carried


def test_two_views_in_one_cell_carry_the_library_once() -> None:
    carriers = Carriers()
    assert [carriers.carries("small", "a", 1), carriers.carries("small", "a", 1)] == [True, False]


def test_each_library_has_its_own_carriers() -> None:
    carriers = Carriers()
    assert carriers.carries("small", "a", 1)
    assert carriers.carries("other", "a", 1)


def test_the_cell_is_told_by_its_id_or_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    import IPython

    from utils.displays import frame

    class Shell:
        execution_count = 7

        def __init__(self) -> None:
            self.parent: dict[str, Any] = {
                "metadata": {"cellId": "c1"},
                "content": {"code": "view"},
            }

        def get_parent(self) -> dict[str, Any]:
            return self.parent

    shell = Shell()
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    assert frame.current_cell() == ("c1", 7)
    shell.parent = {"content": {"code": "view"}}
    assert frame.current_cell() == ("view", 7)


def test_a_fingerprint_names_the_very_library() -> None:
    other = Library("small", LIBRARY.head + " ")
    assert LIBRARY.fingerprint == Library("small", LIBRARY.head).fingerprint
    assert LIBRARY.fingerprint != other.fingerprint
