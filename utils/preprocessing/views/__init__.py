"""How columns before and after Transform, and its graph, are shown."""

from utils.preprocessing.views.before_after import before_after
from utils.preprocessing.views.transform_graph import transform_graph

__all__ = ["before_after", "transform_graph"]
