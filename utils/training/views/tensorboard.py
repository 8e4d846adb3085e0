"""The genuine TensorBoard inside the notebook, with a table of the last epoch for where it cannot be reached."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.displays.fallback import Table
from utils.displays.frame import script, static

if TYPE_CHECKING:
    from utils.training.board import Board


@dataclass(frozen=True)
class TensorBoardView:
    """A running TensorBoard: return it from a cell.

    In JupyterLab and Notebook it is reached through ``jupyter-server-proxy``, so that it also works where the server is
    another machine (Binder); in Colab through Colab's own proxy. Once its kernel has ended, the table stays.

    Attributes:
        port: TensorBoard's port on the kernel's machine.
        table: The metrics of each run's last epoch.
    """

    port: int
    table: Table

    def text(self) -> str:
        """Return the metrics as plain text."""
        return f"TensorBoard, last epoch of each run\n\n{self.table.text()}"

    def html(self) -> str:
        """Return the frame's place, the table, and the script that fills the frame where TensorBoard answers."""
        gone = (
            "TensorBoard is not running, or cannot be reached from here: run the cell above in JupyterLab. "
            "The table holds what it showed last."
        )
        return (
            f'<div class="workbook-view"><style>{static("views.css")}</style>'
            f'<div class="workbook-tensorboard" data-port="{self.port:d}">'
            f'<p class="workbook-view-note">{html.escape(gone)}</p></div>'
            f"<details open><summary>The last epoch of each run, as a table</summary>{self.table.html()}</details>"
            f"{script(static('tensorboard.js'))}</div>"
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.text()}

    def __repr__(self) -> str:
        return f"<TensorBoard on port {self.port}>"


def tensorboard(board: Board) -> TensorBoardView:
    """Show a running TensorBoard.

    Args:
        board: What ``utils.training.board.open_board`` returned.

    Returns:
        The view; its text holds the metrics of the last epoch.

    Source:
        Book, chapter 6, "Using TensorBoard in an interactive pipeline".
    """
    from utils.training.curves import read_logs

    rows: list[tuple[object, ...]] = []
    for name, folder in board.logs.items():
        for split, mine in read_logs(folder).groupby("split", sort=False):
            last = mine.iloc[-1]
            rows.append(
                (f"{name}, {split}", int(last["epoch"]), float(last["auc"]), float(last["loss"]))
            )
    return TensorBoardView(board.port, Table(("run", "epochs", "AUC", "loss"), rows))
