"""What comes around a pipeline that delivers models: the workflow files of CI, checked before they are committed.

Source: book, chapter 15, "CI/CD systems for machine learning"
"""
