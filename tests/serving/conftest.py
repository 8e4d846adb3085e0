"""Models that are exported once, and a stand-in that many tests ask; only they load TensorFlow."""

from __future__ import annotations

from pathlib import Path

import pytest

from utils.serving import PROMETHEUS


@pytest.fixture(scope="session")
def exported(tmp_path_factory) -> Path:
    """A folder with two tiny models, ``two`` and ``three``, and ``first``, one of TensorFlow 1."""
    from tests.serving import tiny

    folder = tmp_path_factory.mktemp("exported")
    tiny.save(folder / "two", 2.0)
    tiny.save(folder / "three", 3.0)
    tiny.save_of_first_generation(folder / "first")
    return folder


@pytest.fixture(scope="session")
def served(exported, tmp_path_factory):
    """A stand-in with the model ``half``, versions 1 and 2, of which 1 is stable; and with ``first``."""
    from tests.serving import tiny

    folder = tmp_path_factory.mktemp("served")
    tiny.put(exported / "two", folder / "half", 1)
    tiny.put(exported / "three", folder / "half", 2)
    tiny.put(exported / "first", folder / "first", 123)
    models, monitoring = folder / "models.txt", folder / "monitoring.txt"
    models.write_text(
        str(
            tiny.config(
                f'name: "half" base_path: "{folder / "half"}" model_version_policy {{ all {{}} }} '
                'version_labels { key: "stable" value: 1 } version_labels { key: "canary" value: 2 }',
                f'name: "first" base_path: "{folder / "first"}"',
            )
        )
    )
    monitoring.write_text(PROMETHEUS)
    with tiny.running(
        model_config_file=str(models),
        monitoring_config_file=str(monitoring),
        allow_version_labels_for_unavailable_models=True,
    ) as one:
        yield one
