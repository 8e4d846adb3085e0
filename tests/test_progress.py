"""The progress line: silent outside a notebook, gone when the work is done."""

import re

import pytest
from jupyter_client.manager import start_new_kernel

from utils import paths
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


@pytest.fixture(scope="module")
def kernel():
    """A real kernel, in which a line appears at once; yields a function that runs code and returns its messages."""
    manager, client = start_new_kernel(cwd=str(paths.ROOT))

    def run(code):
        messages = []
        reply = client.execute_interactive(
            code, timeout=60, allow_stdin=False, output_hook=messages.append
        )
        assert reply["content"]["status"] == "ok", reply["content"]
        return [
            (message["header"]["msg_type"], message["content"]["data"])
            for message in messages
            if "data" in message["content"]
        ]

    run(BEGIN)
    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


BEGIN = """
import threading
from utils import progress
from utils.progress import track, working

progress._SHOW_AFTER_SECONDS = progress._REFRESH_SECONDS = 0.01
real, shown = progress._Line._show, set()

def show(line, bundle):
    real(line, bundle)
    shown.add(bundle["text/plain"].rpartition(" · ")[0])

progress._Line._show = show

def wait(text):
    for _ in range(3000):
        if text in shown:
            return
        threading.Event().wait(0.01)
    raise TimeoutError(f"{text!r} is not among {shown}")

def work(number):
    barrier.wait()
    for _ in range(50):
        with working(f"Thread {number}") as say:
            say("busy")
            with working("below"):
                pass
"""


def lines(messages):
    return [data["text/plain"].rpartition(" · ")[0] for _, data in messages]


def test_the_line_counts_says_what_goes_on_and_goes(kernel):
    messages = kernel("""
with working("Trainer <1>") as say:
    wait("Trainer <1> is running")
    say("epoch 1")
    wait("Trainer <1> is running · epoch 1")
    say("")
""")
    kinds = [kind for kind, _ in messages]
    assert (kinds[0], set(kinds[1:])) == ("display_data", {"update_display_data"})
    assert re.fullmatch(r"Trainer <1> is running · \d+ s", messages[0][1]["text/plain"])
    assert "Trainer &lt;1&gt; is running" in messages[0][1]["text/html"]
    assert "Trainer <1> is running · epoch 1" in lines(messages)
    assert messages[-1][1] == {"text/plain": "", "text/html": ""}


def test_work_that_is_done_before_the_line_appears_shows_nothing(kernel):
    code = "progress._SHOW_AFTER_SECONDS = 60\nwith working('Pusher'): pass"
    assert kernel(code) == []
    kernel("progress._SHOW_AFTER_SECONDS = 0.01")


def test_inner_work_is_named_in_the_outer_line_and_gives_it_back(kernel):
    messages = kernel("""
with working("Outer") as say:
    say("step 1")
    with working("Inner") as tell:
        wait("Outer is running · Inner")
        tell("row 5")
        wait("Outer is running · Inner: row 5")
    shown.clear()
    wait("Outer is running · step 1")
""")
    assert [kind for kind, _ in messages].count("display_data") == 1


def test_work_in_many_threads_has_one_line_that_outlives_none_of_them(kernel):
    messages = kernel("""
barrier = threading.Barrier(8)
threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
with working("All"):
    wait("All is running")
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    shown.clear()
    wait("All is running")
""")
    assert [kind for kind, _ in messages].count("display_data") == 1
    assert messages[-1][1]["text/plain"] == ""


def test_threads_that_begin_at_once_leave_no_line_behind(kernel):
    kernel("""
barrier = threading.Barrier(8)
threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert progress._outermost is None
assert not [one for one in threading.enumerate() if one.name.startswith("progress of")]
""")
    messages = kernel("with working('Afterwards'): wait('Afterwards is running')")
    assert lines(messages)[0] == "Afterwards is running"


def test_rows_are_counted_in_the_line(kernel):
    messages = kernel("""
def rows():
    for number in range(201):
        yield number
        if number == 199:
            wait("Reading is running · 200 of 201 rows")

assert list(track(rows(), "Reading", 201)) == list(range(201))
""")
    assert lines(messages)[-1] == ""
