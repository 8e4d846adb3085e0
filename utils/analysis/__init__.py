"""Judging a model: metrics by hand, groups and what fairness costs, explanations, a model card.

Nothing heavy is imported before it is needed. The parts:

- :mod:`utils.analysis.rows`: the rows that a model was evaluated on, with its scores.
- :mod:`utils.analysis.metrics`: the metrics of a classifier, counted by hand.
- :mod:`utils.analysis.groups`: rates by group, the gap between two groups, a threshold for each, and its cost.
- :mod:`utils.analysis.tfma_results`: TFMA on scored rows, and what an Evaluator decided and why.
- :mod:`utils.analysis.explanations`: SHAP on a complaint's columns, counterfactuals, importance.
- :mod:`utils.analysis.model_card`: a model card written from artifacts.
"""
