from __future__ import annotations

from pathlib import Path

import pytest

from utils.project.site import check


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://cdn.example.org/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example.org/x.css">',
        '<img src="near.png" srcset="near.png 1x, https://example.org/far.png 2x">',
        '<iframe src="http://example.org"></iframe>',
        "<style>@import 'https://example.org/fonts.css';</style>",
        '<div style="background: url(https://example.org/x.png)"></div>',
    ],
)
def test_a_page_that_loads_from_elsewhere_is_found(page: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(page)
    (found,) = check.problems(tmp_path)
    assert found.startswith("page.html loads from another machine:")
    assert "example.org" in found


def test_a_style_sheet_that_loads_from_elsewhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "x.css").write_text("@font-face { src: url('https://example.org/font.woff2') }")
    (found,) = check.problems(tmp_path)
    assert found.startswith("x.css loads from another machine")


def test_links_and_what_comes_along_are_fine(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        '<a href="https://example.org">x</a><img src="data:image/png;base64,AA=="><script src="x.js"></script>'
        '<link rel="canonical" href="https://example.org"><script>const text = "<img src=https://x.org>";</script>'
    )
    assert list(check.problems(tmp_path)) == []


def test_a_page_is_weighed_with_what_it_loads(tmp_path: Path) -> None:
    (tmp_path / "x.js").write_bytes(b"x" * 1000)
    page = tmp_path / "page.html"
    page.write_text('<script src="x.js?v=1"></script><script src="x.js"></script>')
    weight = check.weigh(page)
    assert weight.whole - weight.html == 1000


def test_a_page_that_is_too_heavy_is_found(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("x" * (check.HEAVIEST + 1))
    (found,) = check.problems(tmp_path)
    assert "weighs 8.0 MB" in found
