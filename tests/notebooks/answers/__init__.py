"""Plausible wrong answers to every exercise, with a word that the hint for each must hold.

A chapter's are in a module of their own, ``chapter_01`` and so on. The right answers are not here: the tests take them
from the solutions that the notebooks print.
"""

import importlib
import pkgutil

WRONG: dict[str, list[tuple[str, str]]] = {
    number: answers
    for module in pkgutil.iter_modules(__path__)
    for number, answers in importlib.import_module(f"{__name__}.{module.name}").WRONG.items()
}
