"""The example pipeline: components built once, used by notebooks and by every orchestrator."""
