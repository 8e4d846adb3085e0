"""Logs that only repeat an error stay out of a notebook."""

from __future__ import annotations

import logging

from utils.session import quiet


def test_beam_does_not_log_a_failure_that_is_raised_anyway():
    quiet.after_imports()
    assert not logging.getLogger("apache_beam.runners.common").isEnabledFor(logging.ERROR)
    assert logging.getLogger("apache_beam.io").isEnabledFor(logging.ERROR)
