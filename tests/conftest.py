"""Settings of all tests: no example has a deadline, and CI draws the same ones each time."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("workbook", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "workbook")
