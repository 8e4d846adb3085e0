"""The progress line: silent outside a notebook, gone when the work is done."""

from utils.progress import _bundle, telling, track, working


def test_outside_a_notebook_nothing_is_printed(capsys):
    with working("Trainer") as say:
        say("epoch 1")
    assert capsys.readouterr() == ("", "")


def test_the_line_is_escaped_and_ends_empty():
    bundle = _bundle("<b>Trainer</b> is running", busy=True)
    assert "<b>" not in bundle["text/html"]
    assert bundle["text/plain"] == "<b>Trainer</b> is running"
    assert _bundle("", busy=False) == {"text/plain": "", "text/html": ""}


def test_items_pass_unchanged(capsys):
    assert list(track(iter(range(250)), "Generating", 250)) == list(range(250))
    assert "Generating" in capsys.readouterr().err


def test_what_a_package_logs_is_told_and_not_printed(capsys):
    import logging

    heard = []
    logger = logging.getLogger("utils.pipeline.modules.trainer")
    with telling("utils.pipeline.modules", heard.append):
        logger.info("epoch %d of %d", 1, 6)
    logger.info("nobody listens")
    assert heard == ["epoch 1 of 6"]
    assert capsys.readouterr() == ("", "")
    assert logging.getLogger("utils.pipeline.modules").propagate
