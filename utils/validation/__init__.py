"""Data validation: what stands behind chapter 4, all of it measured by TensorFlow Data Validation (TFDV)."""
