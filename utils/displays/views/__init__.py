"""The workbook's own views: small objects that are shown by returning them, and whose facts are also data.

Each view's HTML and text hold the same facts, its ``frame`` is the same as a pandas ``DataFrame``, and a picture, where
there is one, stands beside the table that says what it shows. Nothing heavy is imported before a view needs it.
"""

from utils.displays.views.base import View
from utils.displays.views.effects import effects
from utils.displays.views.graph import Graph, draw
from utils.displays.views.pictures import pictures
from utils.displays.views.pipeline import pipeline, pipeline_graph
from utils.displays.views.rates import rates
from utils.displays.views.runs import runs
from utils.displays.views.source import source
from utils.displays.views.validation import anomalies, schema

__all__ = [
    "Graph",
    "View",
    "anomalies",
    "draw",
    "effects",
    "pictures",
    "pipeline",
    "pipeline_graph",
    "rates",
    "runs",
    "schema",
    "source",
]
