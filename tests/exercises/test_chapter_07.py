"""Answers to chapter 7 whose form is right, and which leave something out."""

from __future__ import annotations

from utils.exercises import chapter_07


def test_a_complaint_without_a_response_is_not_yet():
    complaint = {"company_response": "Closed", "state": "CA"}
    verdict = chapter_07.the_edited_complaint(
        {"state": "CA"}, None, complaint=complaint, model=None, threshold=0.3
    )
    assert not verdict
    assert "is no response" in verdict.reason
