"""The workbook's own views: small objects that are shown by returning them, and whose facts are also data.

Each view's HTML and text hold the same facts, its ``frame`` is the same as a pandas ``DataFrame``, and a picture, where
there is one, stands beside the table that says what it shows. Nothing heavy is imported before a view needs it.
"""

from utils.displays.views.base import View
from utils.displays.views.before_after import before_after
from utils.displays.views.drift import drift
from utils.displays.views.effects import effects
from utils.displays.views.findings import findings
from utils.displays.views.graph import Graph, draw
from utils.displays.views.lineage import lineage, states
from utils.displays.views.metadata import cache, changes
from utils.displays.views.network import network
from utils.displays.views.pictures import pictures
from utils.displays.views.pipeline import pipeline, pipeline_graph
from utils.displays.views.rates import rates
from utils.displays.views.runs import runs
from utils.displays.views.source import source
from utils.displays.views.splits import splits
from utils.displays.views.tensorboard import tensorboard
from utils.displays.views.training import comparison, curves, differences, signatures, trials
from utils.displays.views.transform_graph import transform_graph
from utils.displays.views.validation import anomalies, schema
from utils.displays.views.windows import windows

__all__ = [
    "Graph",
    "View",
    "anomalies",
    "before_after",
    "cache",
    "changes",
    "comparison",
    "curves",
    "differences",
    "draw",
    "drift",
    "effects",
    "findings",
    "lineage",
    "network",
    "pictures",
    "pipeline",
    "pipeline_graph",
    "rates",
    "runs",
    "schema",
    "signatures",
    "source",
    "splits",
    "states",
    "tensorboard",
    "transform_graph",
    "trials",
    "windows",
]
