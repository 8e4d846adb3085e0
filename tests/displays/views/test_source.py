"""Code is shown as it stands in its file, and cannot end its own fence."""

import json

import pytest

from utils.displays import views
from utils.displays.views.source import Source


def test_a_function_without_its_documentation():
    shown = views.source(views.source)
    assert shown.where.startswith("utils/displays/views/source.py, line ")
    assert shown.code.startswith("def source(")
    assert "Show the code" not in shown.code
    assert "Show the code" in views.source(views.source, docstring=True).code
    assert shown._repr_mimebundle_()["text/plain"] == shown.text()


def test_a_function_of_a_package():
    assert "json" in views.source(json.dumps).where


def test_a_fence_inside_the_code_does_not_end_it():
    bundle = Source('x = """\n```\n<b>\n"""')._repr_mimebundle_()
    assert bundle["text/markdown"].startswith("````python\n")
    assert bundle["text/markdown"].endswith("\n````")


def test_what_has_no_code():
    with pytest.raises(ValueError, match="give a function, class or module"):
        views.source(3)


def test_a_decorated_function_is_shown_where_it_was_written():
    import functools

    @functools.lru_cache
    def decorated():
        return 1

    assert "test_source.py" in views.source(decorated).where
