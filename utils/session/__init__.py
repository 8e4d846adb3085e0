"""The session behind a notebook: quiet logs, the shared store, honest failures, results that can be read.

A notebook needs only :func:`utils.workbook.start`; these modules are what it is made of.
"""
