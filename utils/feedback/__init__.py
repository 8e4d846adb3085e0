"""Feedback loops: a serving log and its outcomes in a real database, triggers, and a loop that retrains by itself.

Source: book, chapter 13, "Feedback Loops".
"""
