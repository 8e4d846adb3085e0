"""Data ingestion: what stands behind chapter 3, from files, tables and pictures to examples in splits."""
