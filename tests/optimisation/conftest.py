"""The same small network, converted in several ways."""

from __future__ import annotations

import pytest
import tensorflow as tf

from tests.optimisation import parts
from utils.optimisation.portable import portable


@pytest.fixture(scope="session")
def network():
    return portable(parts.network())


@pytest.fixture(scope="session")
def float32(network, tmp_path_factory):
    return parts.converted(network, tmp_path_factory.mktemp("float32"))


@pytest.fixture(scope="session")
def int8(network, tmp_path_factory):
    """Whole numbers throughout, at its ends too."""
    return parts.converted(
        network,
        tmp_path_factory.mktemp("int8"),
        optimizations=[tf.lite.Optimize.DEFAULT],
        representative_dataset=lambda: parts.one_by_one(parts.rows(100)),
        inference_input_type=tf.int8,
        inference_output_type=tf.int8,
    )
