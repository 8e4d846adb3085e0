"""Fixtures of the display tests: evaluations by TFMA, displays that are off again afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.displays import evaluations
from utils import displays
from utils.displays import frame


@pytest.fixture(scope="session")
def evaluation() -> Callable[[str], Any]:
    """Loads one of the evaluations by its name; see ``evaluations.ensure``."""
    import tensorflow_model_analysis as tfma

    loaded: dict[str, Any] = {}

    def load(name: str) -> Any:
        if name not in loaded:
            loaded[name] = tfma.load_eval_result(str(evaluations.ensure(name)))
        return loaded[name]

    return load


@pytest.fixture
def enabled() -> Iterator[None]:
    """Switches the displays on for one test."""
    displays.enable()
    yield
    displays.disable()


@pytest.fixture(autouse=True)
def fresh_carriers() -> Iterator[None]:
    """Lets every test begin with no output shown yet."""
    frame.CARRIERS.forget()
    yield
    frame.CARRIERS.forget()
