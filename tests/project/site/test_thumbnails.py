from __future__ import annotations

from tests.project.site import sample
from utils.project.site import thumbnails
from utils.project.site.chapters import read


def test_a_picture_takes_the_place_of_the_drawn_one() -> None:
    chapter = read("01_beginning", sample.first())
    cover = (
        '<img src="_static/thumbnails/01_beginning.svg" alt="" width="640">'
        '<img src="_static/thumbnails/02_other.svg" alt="" width="640">'
    )
    placed = thumbnails.place(cover, chapter, 'A "view"')
    assert 'src="_static/thumbnails/01_beginning.png" alt="A &quot;view&quot;"' in placed
    assert "02_other.svg" in placed
