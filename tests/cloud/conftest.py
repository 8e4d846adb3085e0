from __future__ import annotations

import pytest

from tests.cloud import files
from utils.cloud import terraform
from utils.cloud.terraform import Configuration


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    """The files of appendix B, read once."""
    return terraform.read(files.write(tmp_path_factory.mktemp("right")), values=files.VALUES)
