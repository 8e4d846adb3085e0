"""Code that TFX itself loads by its dotted path: features, Transform's preprocessing, Trainer's model.

Nothing here imports another part of ``utils`` than its siblings, so that a component sees exactly this code.
"""
