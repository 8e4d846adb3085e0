"""How networks, learning curves, runs and TensorBoard are shown."""

from utils.training.views.network import network
from utils.training.views.training import comparison, curves, differences, signatures, trials

__all__ = ["comparison", "curves", "differences", "network", "signatures", "trials"]
