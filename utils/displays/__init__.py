"""The genuine views of the TFX ecosystem, everywhere a notebook is read.

``displays.enable()`` makes ``context.show``, ``tfma.view``, ``tfdv`` and Fairness Indicators show
their own web interfaces in JupyterLab, Notebook, exported HTML, Colab and Visual Studio Code, and
static tables of the same facts wherever no script runs. ``displays.disable()`` restores the
originals.
"""

from utils.displays.hooks import disable, enable, enabled

__all__ = ["disable", "enable", "enabled"]
