"""Set-up: finds or makes the workbook's environment with nothing but Python 3.8 or newer."""
