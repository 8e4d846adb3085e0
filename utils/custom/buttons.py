"""Two buttons by which a person in the notebook decides a review.

A click writes the decision's file and does nothing else. So it may come before the component runs, or while it waits:
then it arrives at once where the front end has clicks handled beside a running cell, and after the cell elsewhere.
"""

from __future__ import annotations

import html
from pathlib import Path

import ipywidgets
from IPython.display import display

from utils.custom import reviews
from utils.custom.reviews import NO, YES
from utils.displays.fallback import Table, clip
from utils.displays.frame import for_pages
from utils.displays.views.base import LONGEST, View
from utils.errors import WorkbookError


class ReviewForm:
    """A name, a reason and two buttons: return it from a cell.

    Attributes:
        review: The review's name.
        name: The field for the reviewer's name.
        why: The field for the reason.
        yes: The button that pushes the model.
        no: The button that does not.
    """

    def __init__(self, folder: str | Path, review: str) -> None:
        """Make the form.

        Args:
            folder: Where the decisions lie.
            review: The review's name.

        Raises:
            CustomError: If the review's name cannot be a file's.
        """
        self.review = review
        self._folder = Path(folder)
        # No descriptions: ipywidgets 7 has them set by MathJax 2, and where JupyterLab's own is loaded, that fails.
        # Values are sent when a field is left, in one piece: sent by letter, the last could come after the click.
        kept = {"continuous_update": False}
        self.name = ipywidgets.Text(placeholder="Your name", **kept)
        wide = ipywidgets.Layout(width="90%")
        self.why = ipywidgets.Text(placeholder="The reason", layout=wide, **kept)
        self.yes = ipywidgets.Button(description=YES, button_style="success", icon="check")
        self.no = ipywidgets.Button(description=NO, icon="times")
        self._status = ipywidgets.HTML()
        self.yes.on_click(lambda _: self._decide(True))
        self.no.on_click(lambda _: self._decide(False))
        self._show(reviews.decided(folder, review))

    @property
    def status(self) -> str:
        """What the form says below its buttons, as HTML."""
        return self._status.value

    def static(self) -> View:
        """Return what is known of the review, for a page in which no button works."""
        decision = reviews.decided(self._folder, self.review)
        told = ("open", "", "", "")
        if decision is not None:
            verdict = YES if decision.push else NO
            told = (verdict, decision.by, decision.why, decision.at)
        heads = ("Review", "Decision", "By", "Reason", "When")
        facts = Table(heads, [(self.review, *told)], characters=LONGEST)
        note = f"In a running notebook, two fields and two buttons stand here: {YES!r} and {NO!r}."
        return View("Review", [facts], note=note)

    def _ipython_display_(self, **_: object) -> None:
        if for_pages():
            display(self.static())
            return
        buttons = ipywidgets.HBox([self.yes, self.no])
        display(ipywidgets.VBox([self.name, self.why, buttons, self._status]))

    def _decide(self, push: bool) -> None:
        try:
            stands = reviews.decide(
                self._folder, self.review, push, self.name.value, self.why.value
            )
        except WorkbookError as error:
            self._say(str(error))
        else:
            self._show(stands)

    def _show(self, decision: reviews.Decision | None) -> None:
        for one in (self.name, self.why, self.yes, self.no):
            one.disabled = decision is not None
        self._say("Not decided yet." if decision is None else f"Decided. {decision}")

    def _say(self, text: str) -> None:
        self._status.value = f'<div role="status">{html.escape(clip(text, LONGEST))}</div>'
