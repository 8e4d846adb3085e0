"""TensorBoard inside the notebook: the real one, live through the server's proxy, and a table once it is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import harness
from tests.training.parts import write_logs

APPS = ("lab", "notebook")


def cells(logs: Path) -> list[str]:
    """A notebook that opens TensorBoard on some logs by its own magic."""
    return [
        "from utils import displays\ndisplays.enable()",
        f'%load_ext tensorboard\n%tensorboard --logdir "{logs}"',
    ]


@pytest.mark.parametrize("app", APPS)
def test_it_paints_the_charts(
    lab: harness.Lab, page: harness.Page, tmp_path: Path, app: str
) -> None:
    """TensorBoard's own page stands in the output, with the logged run and metric in it."""
    # TensorBoard asks for its own font at the server's root, below which the proxy has another path; the page
    # then uses a font of the system.
    page.guard.quiet.append(r"404 \(Not Found\) \(http://127\.0\.0\.1:\d+/font-roboto/")
    write_logs(tmp_path, {"train": [0.5, 0.6, 0.7], "validation": [0.5, 0.55, 0.58]})
    page.open_notebook(lab.write(f"tensorboard-{app}", cells(tmp_path)), app=app, run=True)
    page.scroll_to(".workbook-tensorboard iframe")
    frame = page.frame_with("tb-webapp")
    for words in ("epoch_auc", "validation"):
        harness.wait_for(
            lambda words=words: frame.locator(f"text={words}").count(),
            what=f"{words} in TensorBoard",
        )
    page.screenshot(f"tensorboard-{app}")


def test_without_a_kernel_the_table_is_left(
    lab: harness.Lab, page: harness.Page, tmp_path: Path
) -> None:
    """A saved notebook whose kernel has ended shows the last epoch and says what to do."""
    page.guard.quiet.append(r"\b(500|599|Internal Server Error)\b")  # the proxy finds no server
    write_logs(tmp_path, {"train": [0.5, 0.75]})
    path = lab.execute("tensorboard-gone", cells(tmp_path))
    with page.tab.expect_response(lambda response: "/data/environment" in response.url) as asked:
        page.open_notebook(path)
        page.scroll_to(".workbook-tensorboard")
    assert not asked.value.ok
    harness.expect(page.tab.locator("text=TensorBoard is not running")).to_be_visible()
    harness.expect(page.tab.locator(".workbook-view td", has_text="0.75000")).to_be_visible()
    harness.expect(page.tab.locator(".workbook-tensorboard iframe")).to_have_count(0)
