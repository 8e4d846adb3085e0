"""Kubeflow Pipelines and Vertex AI on this machine: a compiled pipeline read, run in part, and never sent by accident.

TFX's ``KubeflowV2DagRunner`` and kfp's own compiler need nothing of this; a notebook calls them as they are.
"""
