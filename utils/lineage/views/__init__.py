"""How lineage, the cache's decisions and changes of the store are shown."""

from utils.displays.views import source
from utils.lineage.views.experiments import experiments
from utils.lineage.views.lineage import lineage, states
from utils.lineage.views.metadata import cache, changes

__all__ = ["cache", "changes", "experiments", "lineage", "source", "states"]
