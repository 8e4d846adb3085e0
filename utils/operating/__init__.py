"""Operating pipelines from the command line: ``tfx`` and ``kfp`` in a folder of their own, runs, and disk space."""
