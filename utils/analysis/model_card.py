"""A model card: one page that tells whoever wants to use a model what it is, how good, for whom, and where not.

Source: Mitchell and others (2019), "Model Cards for Model Reporting"; book, chapter 7. The Model Card Toolkit does not
run on current TensorFlow; a template does what is needed.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.complaints.schema import LABEL
from utils.errors import printable
from utils.files import atomic_text
from utils.intervals import Interval
from utils.labels import as_labels

if TYPE_CHECKING:
    import pandas as pd

_TEMPLATE = Path(__file__).with_name("model_card_template.md.jinja")
_MARKUP = str.maketrans({character: f"\\{character}" for character in "\\`*_[]|"})


@dataclass(frozen=True)
class ModelCard:
    """A model card.

    Attributes:
        name: What the model is called.
        markdown: The card. All that came from data is escaped.
    """

    name: str
    markdown: str

    def save(self, file: Path) -> Path:
        """Write the card, whole or not at all.

        Args:
            file: A Markdown file; its folder is made.

        Returns:
            The file.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_text(file) as handle:
            handle.write(self.markdown)
        return file

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        return self.markdown


def model_card(
    name: str,
    summary: str,
    *,
    model: Mapping[str, object],
    use: Sequence[str],
    rows: Mapping[str, pd.DataFrame],
    metrics: Mapping[str, Interval],
    groups: pd.DataFrame,
    decision: str,
    limits: Sequence[str],
) -> ModelCard:
    """Write a card from what the chapter measured.

    Args:
        name: What the model is called.
        summary: One sentence: what it predicts, for whom.
        model: Facts by name: artifact, versions, features.
        use: What it is for, and what it is not for.
        rows: Split name to its rows, with labels.
        metrics: Metric to value and interval.
        groups: What :func:`utils.analysis.groups.rates` returned.
        decision: Whether it was blessed, and why.
        limits: What the metrics cannot show.

    Returns:
        The card.

    Raises:
        ValueError: A part is empty, because a card with a hole in it is not one.
    """
    import jinja2

    parts: dict[str, Any] = {
        "name": name,
        "summary": summary,
        "model": model,
        "use": use,
        "metrics": metrics,
        "decision": decision,
        "limits": limits,
    }
    for part, value in parts.items():
        if not value:
            raise ValueError(
                f"The model card has nothing under {part!r}: say it, or say that it is not known."
            )
    data = [
        {"split": split, "rows": len(table), "disputed": float(as_labels(table[LABEL]).mean())}
        for split, table in rows.items()
    ]
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    environment.filters["cell"] = escaped
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return ModelCard(name, template.render(**parts, data=data, groups=groups))


def escaped(value: object) -> str:
    """Return a value as text of one line that means nothing to Markdown or to HTML.

    Args:
        value: Any value.

    Returns:
        The text.
    """
    return html.escape(" ".join(printable(str(value)).split()).translate(_MARKUP), quote=False)
