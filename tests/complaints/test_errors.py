"""How a notebook shows data that cannot be used."""

from utils.complaints.errors import ComplaintsError


def test_a_notebook_shows_the_message_alone():
    assert ComplaintsError("Row 7 is torn.")._render_traceback_() == [
        "ComplaintsError: Row 7 is torn."
    ]
