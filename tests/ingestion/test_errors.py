"""Two sentences, whoever passes the error on."""

import pickle

from utils.ingestion.errors import IngestionError
from utils.session import errors


def test_both_sentences_survive_beam_and_pickle():
    error = pickle.loads(pickle.dumps(IngestionError("It is broken.", "Mend it.")))
    assert str(error) == "It is broken.\nMend it."
    beams = type(error)(error.args[0] + " [while running 'Read']", *error.args[1:])
    assert errors.reason(beams) == "IngestionError: It is broken."
    assert errors.cure_for(beams) == "Mend it."
    assert error._render_traceback_() == [
        "IngestionError: It is broken.",
        "What to do: Mend it.",
    ]
