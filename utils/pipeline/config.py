"""What a run of the example pipeline can be told: all its values in one place.

A configuration never changes. ``config.replace(...)`` makes another one, which is how a notebook tries an idea::

    smaller = config.replace(model=config.model.replace(layers=(16,)))
    without_state = config.replace(features=config.features.without("state"))

The values that a component depends on go into its ``custom_config``, so TFX's cache misses exactly when one
of them changes.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from utils import paths
from utils.complaints import schema, spans
from utils.errors import WorkbookError, did_you_mean

_Values = TypeVar("_Values", bound="_Part")


class ConfigError(WorkbookError, ValueError):
    """A value that the pipeline cannot work with; the message names it and the cure."""


@dataclass(frozen=True, repr=False)
class _Part:
    """What all parts of a configuration can do."""

    def replace(self: _Values, **changes: Any) -> _Values:
        """Make a copy with other values.

        Args:
            **changes: New values by name.

        Returns:
            The copy, checked.

        Raises:
            ConfigError: For a name that does not exist or a value that cannot be.
        """
        _check_names(type(self), changes)
        return dataclasses.replace(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        """Return the values as a dictionary that JSON can hold."""
        return json.loads(json.dumps(dataclasses.asdict(self), default=str))

    @classmethod
    def from_dict(cls: type[_Values], values: Mapping[str, Any]) -> _Values:
        """Return the opposite of :meth:`as_dict`.

        Args:
            values: Values by name; what is left out keeps its default.

        Raises:
            ConfigError: For a name that does not exist or a value that cannot be.
        """
        if not isinstance(values, Mapping):
            raise ConfigError(
                f"{cls.__name__} is made from {values!r}: give a dictionary, as as_dict() returns it."
            )
        _check_names(cls, values)
        return cls(**values)

    def __repr__(self) -> str:
        """Return one line per value; a value that is not the default says what the default is."""
        return "\n".join([type(self).__name__, *_lines(self, _defaults(type(self)))])


@dataclass(frozen=True, repr=False)
class Features(_Part):
    """Which columns the model reads, and how Transform turns them into numbers.

    Attributes:
        categorical: Columns with few values: one index into a vocabulary each.
        zip_code: ZIP codes: the first three digits, as text, then as ``categorical``.
        text: Texts: the n-grams that tell most about the label, and the length in words.
        max_values: The most values a vocabulary keeps; all others share one place.
        min_count: How often a value must occur in the train split to get a place of its own.
        ngrams: The longest run of words that counts as a term; 1 for single words.
        text_terms: How many terms a text's vocabulary keeps: those with the highest mutual information with
            the label.
        min_texts: How many texts of the train split must hold a term.
        terms_per_text: How many distinct terms of one text are used, the most informative first.
    """

    categorical: tuple[str, ...] = (
        "product",
        "sub_product",
        "issue",
        "company",
        "state",
        "company_response",
        "timely_response",
    )
    zip_code: tuple[str, ...] = ("zip_code",)
    text: tuple[str, ...] = ("consumer_complaint_narrative",)
    max_values: int = 1000
    min_count: int = 5
    ngrams: int = 1
    text_terms: int = 200
    min_texts: int = 20
    terms_per_text: int = 100

    def __post_init__(self) -> None:
        """Refuse values that the pipeline cannot work with."""
        for name in ("categorical", "zip_code", "text"):
            _set_names(self, name)
        used = self.columns
        if not used:
            raise ConfigError(
                "features names no column: the model needs at least one, for example categorical=('product',)."
            )
        for name in used:
            if used.count(name) > 1:
                raise ConfigError(
                    f"features names {name!r} twice: a column belongs to one group only."
                )
        for name in (
            "max_values",
            "min_count",
            "ngrams",
            "text_terms",
            "min_texts",
            "terms_per_text",
        ):
            _check_count(self, name)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that the model reads."""
        return self.categorical + self.zip_code + self.text

    def without(self, *names: str) -> Features:
        """Leave columns out.

        Args:
            *names: Columns that are in use.

        Returns:
            The other features.

        Raises:
            ConfigError: For a column that is not in use.
        """
        for name in names:
            if name not in self.columns:
                raise ConfigError(
                    f"{name!r} is not among the features. {did_you_mean(name, self.columns)}"
                )
        groups = {
            group: tuple(name for name in getattr(self, group) if name not in names)
            for group in ("categorical", "zip_code", "text")
        }
        return self.replace(**groups)

    def only(self, *names: str) -> Features:
        """Keep these columns and leave out all others; see :meth:`without`."""
        for name in names:
            if name not in self.columns:
                raise ConfigError(
                    f"{name!r} is not among the features. {did_you_mean(name, self.columns)}"
                )
        return self.without(*(name for name in self.columns if name not in names))

    def plus(self, *names: str) -> Features:
        """Add categorical columns."""
        return self.replace(categorical=self.categorical + names)


@dataclass(frozen=True, repr=False)
class ModelSpec(_Part):
    """The wide and deep model and its training.

    Attributes:
        layers: Units of the hidden layers of the deep half.
        embedding: Numbers that stand for one category, or for the terms of one text, in the deep half.
        dropout: The share of hidden units left out at random while training, 0 to below 1.
        l2: The penalty on large weights.
        learning_rate: Adam's step size.
        batch_size: Rows a step.
        epochs: Passes over the train split.
    """

    layers: tuple[int, ...] = (32, 16)
    embedding: int = 4
    dropout: float = 0.3
    l2: float = 1e-3
    learning_rate: float = 5e-3
    batch_size: int = 128
    epochs: int = 6

    def __post_init__(self) -> None:
        """Refuse values that the pipeline cannot work with."""
        layers = self.layers
        if (
            not isinstance(layers, (tuple, list))
            or not layers
            or not all(_is_count(units) for units in layers)
        ):
            raise ConfigError(
                f"layers is {layers!r}: give the units of at least one hidden layer, for example (32, 16)."
            )
        object.__setattr__(self, "layers", tuple(layers))
        for name in ("embedding", "batch_size", "epochs"):
            _check_count(self, name)
        _check_share(self, "dropout", below=True)
        for name in ("l2", "learning_rate"):
            value = getattr(self, name)
            if not _is_number(value) or value < 0 or (name == "learning_rate" and not value):
                raise ConfigError(
                    f"{name} is {value!r}: it must be a positive number, for example {getattr(ModelSpec, name)}."
                )


@dataclass(frozen=True, repr=False)
class Search(_Part):
    """What a Tuner tries.

    Attributes:
        layers: Hidden layers to choose from, each as in :class:`ModelSpec`.
        dropout: Shares to choose from.
        learning_rate: The least and the greatest step size; drawn evenly by order of magnitude.
        trials: How many settings are drawn and tried.
        epochs: Passes over the rows in each trial.
        split: The split that trials are judged on: neither the one that Transform analyzes and they learn from, nor
            the Evaluator's.
    """

    layers: tuple[tuple[int, ...], ...] = ((16,), (32, 16), (64, 32))
    dropout: tuple[float, ...] = (0.0, 0.3, 0.5)
    learning_rate: tuple[float, float] = (1e-4, 3e-2)
    trials: int = 6
    epochs: int = 2
    split: str = "tune"

    def __post_init__(self) -> None:
        """Refuse values that the pipeline cannot work with."""
        for name in ("layers", "dropout"):
            values = getattr(self, name)
            if not isinstance(values, (tuple, list)) or not values:
                raise ConfigError(
                    f"{name} is {values!r}: give the values to choose from, for example {getattr(Search, name)}."
                )
        layers = tuple(ModelSpec(layers=one).layers for one in self.layers)
        object.__setattr__(self, "layers", layers)
        object.__setattr__(
            self, "dropout", tuple(ModelSpec(dropout=one).dropout for one in self.dropout)
        )
        for name in ("trials", "epochs"):
            _check_count(self, name)
        if self.split in ("train", "eval"):
            raise ConfigError(
                f"split is {self.split!r}: a trial must be judged on rows of a split of its own, for example 'tune'."
            )
        rates = self.learning_rate
        if (
            not isinstance(rates, (tuple, list))
            or len(rates) != 2
            or not all(_is_number(rate) and rate > 0 for rate in rates)
            or rates[0] >= rates[1]
        ):
            raise ConfigError(
                f"learning_rate is {rates!r}: give the least and the greatest step size, for example (1e-4, 0.03)."
            )
        object.__setattr__(self, "learning_rate", tuple(rates))


STRATEGIES = ("OneDeviceStrategy", "MirroredStrategy")
"""The distribution strategies that work on one machine."""


def check_strategy(name: str) -> str:
    """Refuse a distribution strategy that the Trainer cannot use here.

    Args:
        name: One of :data:`STRATEGIES`.

    Returns:
        The name.

    Raises:
        ConfigError: For any other.
    """
    if name not in STRATEGIES:
        raise ConfigError(
            f"The strategy {name!r} needs several machines or is unknown: use one of {', '.join(STRATEGIES)}."
        )
    return name


@dataclass(frozen=True, repr=False)
class Thresholds(_Part):
    """What a model must reach to be blessed, and where Fairness Indicators looks.

    Attributes:
        min_auc: The least area under the ROC curve on the eval split.
        max_auc_drop: How much lower the AUC may be than that of the latest blessed model. Without one there
            is nothing to compare with, so the first run has to pass ``min_auc`` only. None asks for no comparison:
            the pipeline then has no Resolver.
        fairness: The scores, as decision thresholds, at which Fairness Indicators counts.
    """

    min_auc: float = 0.6
    max_auc_drop: float | None = 0.01
    fairness: tuple[float, ...] = (0.2, 0.3, 0.4, 0.5)

    def __post_init__(self) -> None:
        """Refuse values that the pipeline cannot work with."""
        _check_share(self, "min_auc")
        if self.max_auc_drop is not None:
            _check_share(self, "max_auc_drop")
        fairness = self.fairness
        if (
            not isinstance(fairness, (tuple, list))
            or not fairness
            or not all(_is_share(value) for value in fairness)
        ):
            raise ConfigError(
                f"fairness is {fairness!r}: give at least one number between 0 and 1, for example (0.3, 0.5)."
            )
        object.__setattr__(self, "fairness", tuple(sorted(fairness)))


_STATES: Mapping[str, Any] = schema.STATE_GROUP


@dataclass(frozen=True, repr=False)
class Group(_Part):
    """A column that sorts the values of another into two, so that statistics and metrics can be sliced by it.

    ExampleGen adds it to each row; the model does not read it unless it is named as a feature.

    Attributes:
        name: The new column.
        column: The column it is made from. Where that is missing, so is the group.
        values: The values that belong to the group.
        inside: What the new column says of them.
        outside: What it says of all others.
    """

    name: str = _STATES["name"]
    column: str = _STATES["column"]
    values: tuple[str, ...] = tuple(_STATES["values"])
    inside: str = _STATES["inside"]
    outside: str = _STATES["outside"]

    def __post_init__(self) -> None:
        """Refuse values that the pipeline cannot work with."""
        _set_names(self, "values")
        for name in ("name", "column", "inside", "outside"):
            if not isinstance(getattr(self, name), str):
                raise ConfigError(
                    f"{name} of a group is {getattr(self, name)!r}: give a text, for example "
                    f"{getattr(Group, name)!r}."
                )
        if not self.values:
            raise ConfigError(
                f"the group {self.name!r} has no values: name those of {self.column!r} that belong to it."
            )
        if self.name in schema.COLUMNS:
            raise ConfigError(
                f"the group cannot be called {self.name!r}, which is a column of the complaints: choose another name."
            )


@dataclass(frozen=True, repr=False)
class PipelineConfig(_Part):
    """All values of one run of the example pipeline.

    Attributes:
        input_base: The folder with the CSV files.
        pattern: The files in it; ``{SPAN}`` stands for the span's number, ``{SPAN:2}`` for its two digits.
        span: The span to read; None for the latest; a pair for all from the first to the second, read as one
            (1 to 9).
        splits: Split name and its share of the rows, as whole numbers. A row's split depends on its
            complaint id alone, so it is the same on every machine.
        labelled_only: Leave out rows whose label is empty (pending, or not yet known). False for unlabelled data.
        label_as_text: Hand on the label as it is written, to look at its defects. Such data cannot be trained on.
        extra_columns: Columns of the files beyond the schema that ``features`` or ``slices`` may name.
        groups: Columns that ExampleGen adds for slicing.
        features: What the model reads.
        model: The model and its training.
        thresholds: What a blessed model must reach.
        slices: What metrics are computed by, beside overall: a column, or a tuple of columns that are crossed.
        pushed_models: The folder that blessed models are pushed to.
        seed: The seed of everything random.
    """

    input_base: str = field(default_factory=lambda: str(spans.base()))
    pattern: str = "S{SPAN}/*.csv"
    span: int | tuple[int, int] | None = 1
    splits: tuple[tuple[str, int], ...] = (("train", 2), ("eval", 1))
    labelled_only: bool = True
    label_as_text: bool = False
    extra_columns: tuple[str, ...] = ()
    groups: tuple[Group, ...] = field(default_factory=lambda: (Group(),))
    features: Features = field(default_factory=Features)
    model: ModelSpec = field(default_factory=ModelSpec)
    thresholds: Thresholds = field(default_factory=Thresholds)
    slices: tuple[str | tuple[str, ...], ...] = ("product", "company_response", "state_group")
    pushed_models: str = field(default_factory=lambda: str(paths.store() / "pushed_models"))
    seed: int = 42

    def __post_init__(self) -> None:
        """Make of dictionaries and lists from JSON what they stand for, and refuse values that cannot work."""
        parts: dict[str, type[_Part]] = {
            "features": Features,
            "model": ModelSpec,
            "thresholds": Thresholds,
        }
        for name, part in parts.items():
            value = getattr(self, name)
            if isinstance(value, Mapping):
                object.__setattr__(self, name, part.from_dict(value))
            elif not isinstance(value, part):
                raise ConfigError(f"{name} is {value!r}: give a {part.__name__}(...).")
        for name in ("groups", "slices"):
            if not isinstance(getattr(self, name), (tuple, list)):
                raise ConfigError(f"{name} is {getattr(self, name)!r}: give a tuple, () for none.")
        groups = tuple(
            Group.from_dict(group) if isinstance(group, Mapping) else group for group in self.groups
        )
        object.__setattr__(self, "groups", groups)
        object.__setattr__(self, "input_base", str(self.input_base))
        object.__setattr__(self, "pushed_models", str(self.pushed_models))
        _set_names(self, "extra_columns")
        self._check_input()
        self._check_columns()
        seed = self.seed
        if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= _LARGEST_SEED:
            raise ConfigError(
                f"seed is {seed!r}: it must be a whole number, 0 or more, and {_LARGEST_SEED} at most."
            )

    @property
    def input_pattern(self) -> str:
        """The pattern of the files below ``input_base``; for a pair of spans it names them all."""
        if isinstance(self.span, tuple):
            first, last = self.span
            return _SPAN.sub(
                lambda found: "0" * (int(found[1] or 1) - 1) + f"[{first}-{last}]", self.pattern
            )
        return self.pattern

    def _check_input(self) -> None:
        span = self.span
        if isinstance(span, (tuple, list)):
            if (
                len(span) != 2
                or not all(_is_count(number) for number in span)
                or not span[0] <= span[1] <= 9
            ):
                raise ConfigError(
                    f"span is {span!r}: a pair goes from the first span to the last, within 1 to 9, for example (1, 3)."
                )
            object.__setattr__(self, "span", tuple(span))
        elif span is not None and (not isinstance(span, int) or isinstance(span, bool) or span < 0):
            raise ConfigError(
                f"span is {span!r}: give a number such as 1, a pair such as (1, 3), or None for the latest."
            )
        if not isinstance(self.pattern, str):
            raise ConfigError(
                f"pattern is {self.pattern!r}: give a text, such as 'S{{SPAN}}/*.csv'."
            )
        widths = _SPAN.findall(self.pattern)
        if span is not None and not widths:
            raise ConfigError(
                f"pattern {self.pattern!r} has no {{SPAN}} to put span {span!r} in: add it, or set span=None."
            )
        digits = len(str(span)) if isinstance(span, int) else 1
        for width in widths:
            if width and not (width.isdecimal() and int(width) >= digits):
                raise ConfigError(
                    f"pattern {self.pattern!r} has {{SPAN:{width}}}: the width of the span's number must be a whole "
                    f"number, {digits} or more."
                )
        pairs = self.splits.items() if isinstance(self.splits, Mapping) else self.splits
        try:
            splits = tuple((str(name), share) for name, share in pairs)
        except (TypeError, ValueError):
            raise ConfigError(
                f"splits is {self.splits!r}: give names and shares, for example {{'train': 2, 'eval': 1}}."
            ) from None
        for name, share in splits:
            if not _is_count(share):
                raise ConfigError(
                    f"the split {name!r} has the share {share!r}: it must be a whole number, 1 or more."
                )
        names = [name for name, _ in splits]
        for name in ("train", "eval"):
            if names.count(name) != 1:
                raise ConfigError(
                    f"splits has the names {', '.join(names)}: Trainer and Evaluator need one 'train' and one 'eval'."
                )
        object.__setattr__(self, "splits", splits)

    def _check_columns(self) -> None:
        raw = [name for name in schema.COLUMNS if name not in (schema.KEY, schema.LABEL)] + list(
            self.extra_columns
        )
        added = list(self.extra_columns)
        for group in self.groups:
            if not isinstance(group, Group):
                raise ConfigError(f"groups holds {group!r}: give Group(...) entries.")
            if group.name in added:
                raise ConfigError(
                    f"the group {group.name!r} would overwrite another column of that name: choose another name."
                )
            added.append(group.name)
            if group.column not in raw:
                raise ConfigError(
                    f"the group {group.name!r} is made from {group.column!r}. {did_you_mean(group.column, raw)}"
                )
        known = raw + [group.name for group in self.groups]
        for name in self.features.columns:
            if name in (schema.KEY, schema.LABEL):
                raise ConfigError(
                    f"features names {name!r}, which the model must not see: leave it out."
                )
            if name not in known:
                raise ConfigError(
                    f"features names {name!r}, which is no column. {did_you_mean(name, known)}{_EXTRA}"
                )
        slices = tuple(
            tuple(entry) if isinstance(entry, (tuple, list)) else entry for entry in self.slices
        )
        object.__setattr__(self, "slices", slices)
        for entry in slices:
            for name in entry if isinstance(entry, tuple) else (entry,):
                if name not in known:
                    raise ConfigError(
                        f"slices names {name!r}, which is no column. {did_you_mean(name, known)}{_EXTRA}"
                    )


_SPAN = re.compile(r"\{SPAN(?::(.*?))?\}")
"""The span in a pattern, perhaps with its width: ``SPAN_FULL_REGEX`` of ``tfx.components.example_gen.utils``."""

_LARGEST_SEED = 2**32 - 1
"""The largest seed that NumPy takes."""

_EXTRA = " A column that your files have beyond the schema goes into extra_columns, too."


def _check_names(part: type[_Part], names: Iterable[str]) -> None:
    known = [entry.name for entry in dataclasses.fields(part)]
    for name in names:
        if name not in known:
            raise ConfigError(f"{part.__name__} has no {name!r}. {did_you_mean(name, known)}")


def _set_names(part: _Part, name: str) -> None:
    value = getattr(part, name)
    if (
        isinstance(value, str)
        or not isinstance(value, (tuple, list))
        or not all(isinstance(one, str) for one in value)
    ):
        raise ConfigError(
            f"{name} is {value!r}: give a tuple of names, for example ({str(value)!r},)."
        )
    object.__setattr__(part, name, tuple(value))


def _is_number(value: object) -> bool:
    """Return whether a value is a number that a float can hold, which NaN and infinity are not."""
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and abs(value) <= sys.float_info.max
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_share(value: Any) -> bool:
    return _is_number(value) and 0 <= value <= 1


def _check_count(part: _Part, name: str) -> None:
    if not _is_count(getattr(part, name)):
        raise ConfigError(
            f"{name} is {getattr(part, name)!r}: it must be a whole number, 1 or more."
        )


def _check_share(part: _Part, name: str, below: bool = False) -> None:
    value = getattr(part, name)
    if not _is_share(value) or (below and value == 1):
        raise ConfigError(
            f"{name} is {value!r}: it must be a number between 0 and 1{', below 1' if below else ''}."
        )


def _defaults(part: type[_Part]) -> dict[str, Any]:
    plain = {entry.name: entry.default for entry in dataclasses.fields(part)}
    made = {
        entry.name: entry.default_factory()
        for entry in dataclasses.fields(part)
        if entry.default_factory is not dataclasses.MISSING
    }
    return plain | made


def _lines(part: _Part, defaults: Mapping[str, Any], indent: str = "  ") -> list[str]:
    names = [entry.name for entry in dataclasses.fields(part)]
    width = max(map(len, names)) + 2
    lines = []
    for name in names:
        value = getattr(part, name)
        if isinstance(value, _Part):
            lines += [f"{indent}{name}", *_lines(value, _defaults(type(value)), indent + "  ")]
        else:
            changed = "" if value == defaults[name] else f"   (default: {_text(defaults[name])})"
            lines.append(f"{indent}{name:<{width}}{_text(value)}{changed}")
    return lines


def _text(value: Any) -> str:
    if isinstance(value, Group):
        return f"{value.name} ({value.column} in {', '.join(value.values)}: {value.inside!r}, else {value.outside!r})"
    if isinstance(value, tuple):
        if value and all(
            isinstance(one, tuple) and len(one) == 2 and _is_count(one[1]) for one in value
        ):
            return ", ".join(f"{name} {share}" for name, share in value)
        return (
            ", ".join(
                " x ".join(map(str, one)) if isinstance(one, tuple) else _text(one) for one in value
            )
            or "none"
        )
    return str(value)
