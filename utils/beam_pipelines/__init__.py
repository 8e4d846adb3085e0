"""Apache Beam pipelines in a notebook: collecting what they compute, event time, and clusters that run them.

``utils.pipeline.runners`` has the options with which Beam runs in the notebook's own process.
"""
