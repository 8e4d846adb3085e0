"""Errors: one sentence of what, one of what to do, and the whole report on request."""

import pytest

from tests.analysis import evaluators
from utils.session import errors


def raised(make):
    try:
        make()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def chained():
    try:
        raise KeyError("prodct")
    except KeyError as error:
        raise RuntimeError("stage failed [while running 'Decode/Map']") from error


def test_root_cause_is_the_first_error_of_the_chain():
    cause = errors.root_cause(raised(chained))
    assert isinstance(cause, KeyError)
    assert cause.args == ("prodct",)


def test_root_cause_ends_on_a_circle():
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert errors.root_cause(first) in (first, second)


def test_reason_leaves_out_beams_stage_names():
    error = RuntimeError("bad row 7 [while running 'Read/ParDo(X)']")
    assert errors.reason(error) == "RuntimeError: bad row 7"


def test_reason_is_bounded():
    assert len(errors.reason(ValueError("x" * 100_000))) < 700


def test_reason_of_an_error_without_a_message():
    assert errors.reason(ValueError()) == "ValueError"


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (OSError(28, "No space left on device"), "disk space"),
        (SyntaxError("invalid syntax"), "save the module"),
        (MemoryError(), "fewer rows"),
        (ModuleNotFoundError("No module named 'x'"), "Restart the kernel"),
        (RuntimeError("database is locked"), "other notebooks"),
        (ValueError("cannot convert float NaN to integer"), "score of some row is NaN"),
        (OverflowError("cannot convert float infinity to integer"), "NaN or infinite"),
        (RuntimeError("Error while fetching server API version: refused"), "a container"),
        (RuntimeError("anything else"), "context.traceback()"),
    ],
)
def test_every_error_has_a_cure(error, word):
    assert word in errors.cure_for(error)


def test_a_cure_in_the_chain_is_believed_first():
    def make():
        try:
            raise errors.WorkbookError(
                "The data folder is empty.", "Run the cell that makes the data."
            )
        except errors.WorkbookError as error:
            raise RuntimeError("No space left on device") from error

    assert errors.cure_for(raised(make)) == "Run the cell that makes the data."


def test_notebook_shows_two_sentences_and_keeps_the_rest():
    error = raised(lambda: (_ for _ in ()).throw(errors.NotRunYet("A has not run.", "Run A.")))
    assert error._render_traceback_() == ["NotRunYet: A has not run.", "What to do: Run A."]
    assert "Traceback (most recent call last)" in error.full_report()
    assert str(error) == "A has not run.\nRun A."


def test_this_projects_own_words_are_told_before_what_caused_them():
    from utils.complaints.errors import ComplaintsError

    def make():
        try:
            b"\xe9".decode()
        except UnicodeDecodeError as error:
            raise ComplaintsError("Row 7 is not UTF-8: save the file as UTF-8.") from error

    error = raised(make)
    assert errors.reason(error) == "ComplaintsError: Row 7 is not UTF-8: save the file as UTF-8."
    assert errors.cure_for(error).startswith("Mend that")


def test_an_evaluator_whose_model_says_nan_names_the_cure(tmp_path):
    config = "metrics_specs { metrics { class_name: 'AUC' } } slicing_specs {}"
    error = raised(lambda: evaluators.run(config, tmp_path, score="nan"))
    assert "score of some row is NaN" in errors.cure_for(error)
