"""Stands in for Colab's module in the simulated Colab: only its presence and :mod:`.output` are used."""

from . import output

__all__ = ["output"]
