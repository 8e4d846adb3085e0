"""Learning from people's complaints without giving the people away.

Redaction, randomised response, training with differential privacy and the attack that measures what it is worth,
federated averaging, and answers computed on encrypted rows.
"""
