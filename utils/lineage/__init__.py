"""Reading ML Metadata: what a store holds, what a run changes, where an artifact comes from, what breaks the cache.

All modules take an ``ml_metadata.MetadataStore`` and only read, but for :mod:`~utils.lineage.steps`, which runs a
component in its three steps. Nothing heavy is imported before it is needed.
"""
