"""The one pipeline under several orchestrators: Apache Airflow on this machine, runs compared, and programs killed.

TFX's own ``LocalDagRunner`` and ``BeamDagRunner`` need nothing of this; a notebook calls them as they are.
"""
