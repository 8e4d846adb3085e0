from __future__ import annotations

import importlib
import subprocess
import sys
from typing import Any

import pytest

from utils import displays, paths
from utils.displays import hooks

HOOKED = (
    ("tensorflow_model_analysis.notebook.visualization", "render_slicing_metrics"),
    ("tensorflow_model_analysis.notebook.visualization", "render_time_series"),
    ("tensorflow_model_analysis.notebook.visualization", "render_plot"),
    ("tensorflow_model_analysis.view.util", "get_slicing_metrics"),
    ("tensorflow_model_analysis.view.util", "get_plot_data_and_config"),
)
BOOK = "tensorflow_model_analysis.addons.fairness.view.widget_view"


def hooked() -> list[Any]:
    return [getattr(importlib.import_module(module), name) for module, name in HOOKED]


def test_disable_restores_the_originals() -> None:
    originals = hooked()
    places = list(sys.meta_path)
    displays.enable()
    assert all(now is not then for now, then in zip(hooked(), originals, strict=True))
    displays.disable()
    assert hooked() == originals
    assert sys.meta_path == places


def test_enabling_twice_is_enabling_once() -> None:
    originals = hooked()
    displays.enable()
    replaced = hooked()
    displays.enable()
    assert hooked() == replaced
    displays.disable()
    assert hooked() == originals
    displays.disable()
    assert not displays.enabled()


def test_the_book_s_module_is_there_only_while_enabled() -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(BOOK)
    displays.enable()
    assert importlib.import_module(BOOK).render_fairness_indicator
    displays.disable()
    assert not [name for name in sys.modules if name.startswith("tensorflow_model_analysis.addons")]
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(BOOK)


def test_enabling_imports_none_of_the_large_packages() -> None:
    code = (
        "import sys; from utils import displays; displays.enable(); "
        "print([name for name in sys.modules if name.split('.')[0] in "
        "('tensorflow', 'tfx', 'tensorflow_model_analysis', 'witwidget', 'ipywidgets')])"
    )
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=paths.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_is_imported_later_is_hooked_later() -> None:
    code = (
        "from utils import displays; displays.enable(); "
        "from tensorflow_model_analysis.notebook import visualization; "
        "print(visualization.render_plot.__module__, visualization.__spec__.loader is not None); "
        "displays.disable(); print(visualization.render_plot.__module__)"
    )
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=paths.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        "utils.displays.tfma_views",
        "True",
        "tensorflow_model_analysis.notebook.jupyter.renderer",
    ]


@pytest.fixture
def registry() -> Any:
    """TFX's registry with its four standard visualizations."""
    from tfx.orchestration.experimental.interactive import (
        standard_visualizations,
        visualizations,
    )

    standard_visualizations.register_standard_visualizations()
    return visualizations.get_registry()


def test_every_artifact_type_has_a_view(registry: Any) -> None:
    from tfx.types import artifact, standard_artifacts

    types = [
        kind.TYPE_NAME
        for kind in vars(standard_artifacts).values()
        if isinstance(kind, type) and issubclass(kind, artifact.Artifact) and kind.TYPE_NAME
    ]
    assert len(types) > 20
    displays.enable()
    shown = {name: registry.get_visualization(name) for name in types}
    displays.disable()
    ours = {name for name, view in shown.items() if type(view).__module__ == hooks.__name__}
    assert ours == set(types)


def test_a_reader_s_own_visualization_wins(registry: Any) -> None:
    from tfx.orchestration.experimental.interactive import visualizations
    from tfx.types import standard_artifacts

    class Own(visualizations.ArtifactVisualization):
        ARTIFACT_TYPE = standard_artifacts.ModelRun

        def display(self, artifact: Any) -> None:
            raise NotImplementedError

    displays.enable()
    registry.register(Own)
    found = registry.get_visualization("ModelRun")
    displays.disable()
    del registry.visualizations["ModelRun"]
    assert isinstance(found, Own)


def test_the_standard_visualizations_are_back_afterwards(registry: Any) -> None:
    displays.enable()
    displays.disable()
    standard = registry.get_visualization("ModelEvaluation")
    assert type(standard).__module__ == hooks.STANDARD
    assert registry.get_visualization("Examples") is None


def test_an_artifact_is_displayed_by_its_view(
    registry: Any, monkeypatch: pytest.MonkeyPatch, enabled: None
) -> None:
    import IPython.display
    from tfx.types import standard_artifacts

    from tests.displays import evaluations
    from utils.displays.tfma_views import SlicingMetricsView

    shown: list[object] = []
    monkeypatch.setattr(IPython.display, "display", lambda *items: shown.extend(items))
    artifact = standard_artifacts.ModelEvaluation()
    artifact.uri = str(evaluations.ensure("first"))
    registry.get_visualization("ModelEvaluation").display(artifact)
    assert [type(item) for item in shown] == [SlicingMetricsView]
