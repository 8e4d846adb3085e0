"""Helpers of the TFX workbook. Importing this package loads nothing heavy."""
