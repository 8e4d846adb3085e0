"""Logs that only repeat an error stay out of a notebook."""

from __future__ import annotations

import logging
import os
import subprocess

import pytest

from utils.session import quiet


def test_beam_does_not_log_a_failure_that_is_raised_anyway():
    quiet.after_imports()
    assert not logging.getLogger("apache_beam.runners.common").isEnabledFor(logging.ERROR)
    assert logging.getLogger("apache_beam.io").isEnabledFor(logging.ERROR)


def test_native_chatter_of_an_import_is_held_back(capfd):
    with quiet.imports():
        os.write(2, b"no GPU here")
    os.write(2, b"afterwards")
    assert capfd.readouterr().err == "afterwards"


def test_it_is_told_where_the_import_fails(capfd):
    with pytest.raises(ImportError), quiet.imports():
        os.write(2, b"libcuda is torn")
        raise ImportError("tensorflow")
    assert capfd.readouterr().err == "libcuda is torn"


def test_what_other_programs_print_is_held_back_and_python_s_own_is_not(capfd):
    with quiet.programs():
        subprocess.run(["sh", "-c", "echo out; echo err >&2"], check=True)
    os.write(1, b"afterwards")
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("afterwards", "")


def test_what_other_programs_print_is_told_where_the_block_fails(capfd):
    with pytest.raises(RuntimeError), quiet.programs():
        subprocess.run(["sh", "-c", "echo building; echo no wheel >&2"], check=True)
        raise RuntimeError("Failed to build wheel.")
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("building\n", "no wheel\n")
