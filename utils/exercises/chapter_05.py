"""The exercises of chapter 5."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from utils.exercises import Verdict, exercise, not_yet, reading, yes

CANDIDATES: Mapping[str, str] = {
    "tf.strings.lower": "text",
    "tf.math.log1p": "number",
    "tft.scale_to_z_score": "number",
    "tft.bucketize": "number",
    "tft.hash_strings": "text",
    "tft.compute_and_apply_vocabulary": "text",
}
"""The functions of exercise 5.1, each with the kind of column that it takes."""

FEW = 500
"""How many complaints the function of exercise 5.4 is tried on."""

BUCKETS = 4
"""How many buckets exercise 5.4 asks for."""

UNEVEN = 0.06
"""How far a bucket's share may be from an equal one: TFT estimates quantiles, and lengths repeat."""

RARE = 5
"""How many complaints a company needs for a place of its own in exercise 5.2."""


@exercise("5.1")
def the_full_passes(answer: Iterable[str], context: Any) -> Verdict:
    """Check which functions need a pass over all rows.

    What is right is read from the graph into which each function is traced.

    Args:
        answer: names of functions, in any order.
        context: the notebook's context; not used.

    Returns:
        The verdict.
    """
    named = reading.names(answer)
    unknown = named - set(CANDIDATES)
    if unknown:
        return not_yet(
            f"{sorted(map(str, unknown))[0]!r} is not in the list; write the names as they stand there."
        )
    right = {name for name in CANDIDATES if _needs_all_rows(name)}
    if named == right:
        return yes("each of these learns something from all rows before it can treat the first.")
    if named - right:
        one = sorted(named - right)[0]
        return not_yet(f"{one} can treat a complaint without having seen any other one.")
    return not_yet(
        "these do, but not all are there: of each other function ask whether the result for one row "
        "depends on the rest of the table."
    )


@exercise("5.2")
def the_width_of_one_hot(answer: int, context: Any) -> Verdict:
    """Check how many numbers stand for a company in one-hot coding.

    Args:
        answer: a whole number.
        context: the notebook's context; not used.

    Returns:
        The verdict.
    """
    value = reading.whole(answer)
    counts = Counter(row["company"] for row in _complaints("S1") if row["company"])
    frequent = sum(count >= RARE for count in counts.values())
    if value == frequent + 1:
        return yes("all rarer companies, and those not seen yet, share the last place.")
    if value == frequent:
        return not_yet("where do the rare companies go, and those that the data have not seen?")
    if value in (len(counts), len(counts) + 1):
        return not_yet("that gives every company a place; those that are too rare do not get one.")
    more = sum(count > RARE for count in counts.values())
    if value in (more, more + 1):
        return not_yet(f"a company with exactly {RARE} complaints keeps a place as well.")
    return not_yet(
        "count the complaints of each company in S1 with value_counts, then the companies that have enough."
    )


@exercise("5.3")
def the_amount(answer: Callable[[Any], Any], context: Any) -> Verdict:
    """Check a function that takes the first amount of money out of each narrative.

    It is tried on all narratives of S1, against Python's own regular expressions.

    Args:
        answer: from a string tensor ``[rows]`` to a string tensor ``[rows]``.
        context: the notebook's context; not used.

    Returns:
        The verdict.
    """
    import tensorflow as tf

    if not callable(answer):
        return not_yet("give the function itself, without brackets: amount, not amount(...).")
    texts = [row["consumer_complaint_narrative"] for row in _complaints("S1")]
    found = [re.findall(r"\{\$([\d.]+)\}", text) for text in texts]
    try:
        said = answer(tf.constant(texts))
    except tf.errors.InvalidArgumentError as error:
        return not_yet(f"TensorFlow refuses the expression: {_first_line(error)}")
    except Exception as error:  # whatever the reader's own function raises
        return not_yet(f"your function stopped: {type(error).__name__}: {_first_line(error)}")
    if not isinstance(said, tf.Tensor) or said.dtype != tf.string or said.shape != (len(texts),):
        return not_yet("return one text per narrative, as a string tensor of the same length.")
    values = [value.decode("utf-8", "replace") for value in said.numpy()]
    wrong = [
        place
        for place, (value, amounts) in enumerate(zip(values, found, strict=True))
        if value != (amounts[0] if amounts else "")
    ]
    if not wrong:
        return yes(
            f"right for all {len(texts):,} narratives, {sum(map(bool, found)):,} of them with an amount."
        )
    share = f"wrong for {len(wrong):,} of {len(texts):,} narratives"
    if all(not found[place] for place in wrong):
        return not_yet(f"{share}, and none of those names an amount: what should they become?")
    if all("\n" in texts[place] for place in wrong):
        return not_yet(
            f"{share}, and all of those have line breaks, which a dot does not match by itself."
        )
    if all(len(found[place]) > 1 for place in wrong):
        return not_yet(
            f"{share}, and all of those name several amounts: the first one is asked for."
        )
    return not_yet(
        f"{share}. The first one gives {values[wrong[0]][:40]!r} where "
        f"{(found[wrong[0]] or [''])[0]!r} is right."
    )


@exercise("5.4")
def the_own_function(
    answer: Callable[[Any], Any], context: Any, test: Callable[[Any], None]
) -> Verdict:
    """Check a ``preprocessing_fn`` with a flag for relief and four buckets of the narrative's length.

    It is analyzed and applied by TFT on the first complaints of S1, and its features are computed again by hand.

    Args:
        answer: from sparse string tensors by column to tensors ``[rows]`` by feature.
        context: the notebook's context; its store takes TFT's temporary files.
        test: the test that stands in the notebook. It takes a table with one row for each complaint, and the columns
            ``company_response``, ``words``, ``relief_xf`` and ``bucket_xf``.

    Returns:
        The verdict.
    """
    import numpy as np
    import pandas as pd

    if not callable(answer):
        return not_yet("give the function itself, without brackets: two_more, not two_more(...).")
    rows = _complaints("S1")[:FEW]
    try:
        made = _transformed(answer, rows, context)
    except (
        Exception
    ) as error:  # whatever the reader's own function raises, by TensorFlow or by Beam
        return not_yet(f"your function stopped: {type(error).__name__}: {_first_line(error)}")
    for name in ("relief_xf", "bucket_xf"):
        if name not in made:
            return not_yet(f"there is no feature {name!r}; return a dictionary that has both.")
        if made[name].shape != (len(rows),):
            return not_yet(f"{name!r} must hold one number for each row.")
    relief = np.array(["relief" in row["company_response"] for row in rows], dtype=float)
    wrong = int((made["relief_xf"] != relief).sum())
    if wrong:
        return not_yet(
            f"'relief_xf' is wrong for {wrong} of {len(rows)} complaints: it must be 1.0 where the response holds "
            "the word anywhere in it, and 0.0 elsewhere."
        )
    words = np.array([len(row["consumer_complaint_narrative"].split()) for row in rows])
    found, counts = np.unique(made["bucket_xf"], return_counts=True)
    if len(found) != BUCKETS:
        return not_yet(
            f"'bucket_xf' has {len(found)} different values, and {BUCKETS} buckets are asked for."
        )
    order = [words[made["bucket_xf"] == one] for one in found]
    if any(low.max() > high.min() for low, high in pairwise(order)):
        return not_yet("'bucket_xf' does not follow the number of words in the narrative.")
    if abs(counts / len(rows) - 1 / BUCKETS).max() > UNEVEN:
        return not_yet(
            "the buckets are of different size; tft.bucketize learns borders that are not."
        )
    table = pd.DataFrame(
        {"company_response": [row["company_response"] for row in rows], "words": words, **made}
    )
    try:
        test(table)
    except Exception as error:  # whatever the test, which the reader may have edited, raises
        return not_yet(f"the test does not pass: {type(error).__name__}: {_first_line(error)}")
    return yes(
        "the test passes. The flag needs one row, the buckets need all of them; TFT has told the two apart by itself."
    )


@exercise("5.5")
def the_own_features(answer: Any, context: Any) -> Verdict:
    """Check a run with word pairs in the vocabulary and without the ZIP code, its examples from the cache.

    Args:
        answer: what ``context.catch_up`` returned.
        context: the notebook's context; not used.

    Returns:
        The verdict, read from the artifacts of the run.
    """
    from utils.preprocessing import artifacts

    if not hasattr(answer, "results"):
        return not_yet('give what context.catch_up(my_config, until="transform") returned.')
    try:
        results = {result.component.id: result for result in answer.results}
    except (TypeError, AttributeError):
        raise reading.AnswerForm("what context.catch_up(...) returned", answer) from None
    if "Transform" not in results:
        return not_yet('the run ends before Transform: catch up until="transform".')
    transform = results["Transform"].component
    produced = artifacts.output(transform).transformed_feature_spec()
    terms = artifacts.vocabularies(transform).get("consumer_complaint_narrative", [])
    if any(name.startswith("zip_code") for name in produced):
        return not_yet("the transformed examples still have a feature made from the ZIP code.")
    if not terms:
        return not_yet("the narrative is gone as well; only the ZIP code should be left out.")
    if not any(" " in term for term in terms):
        return not_yet("no term of the narrative's vocabulary is a pair of words yet.")
    if any(term.count(" ") > 1 for term in terms):
        return not_yet("some terms are runs of three words or more; ask for words and pairs only.")
    pairs = sum(" " in term for term in terms)
    return yes(
        f"{pairs} of {len(terms)} terms are pairs of words, and no feature comes from the ZIP code."
    )


@exercise("5.6")
def the_missing_case(
    answer: tuple[str, str], context: Any, careless: Callable[[Any], Any]
) -> Verdict:
    """Check a test case that a careless function fails and the right one passes.

    Args:
        answer: a ZIP code and the area that it must give.
        context: the notebook's context; not used.
        careless: the function that should be caught.

    Returns:
        The verdict.
    """
    import tensorflow as tf

    from utils.pipeline.modules import transform

    code, area = reading.texts(answer, 2)
    right, wrong = (
        function(tf.constant([code])).numpy()[0].decode("utf-8", "replace")
        for function in (transform.zip_prefix, careless)
    )
    if right == wrong:
        return not_yet(
            f"both functions make {right!r} of {code!r}, so no test can tell them apart by it. "
            "Which ways of writing a ZIP code does the careless pattern not know?"
        )
    if area == wrong:
        return not_yet(
            "that is what the careless function answers; the test must ask for the truth."
        )
    if area != right:
        return not_yet(
            "a good code to try, but this is not its area: the test would fail for both."
        )
    return yes(f"the careless function makes {wrong!r} of {code!r}; with this case the test fails.")


def _needs_all_rows(name: str) -> bool:
    import tensorflow as tf
    import tensorflow_transform as tft

    from utils.preprocessing import tracing

    arguments: dict[str, dict[str, int]] = {
        "tft.bucketize": {"num_buckets": 4},
        "tft.hash_strings": {"hash_buckets": 10},
    }
    function: Any = tf if name.startswith("tf.") else tft
    for part in name.split(".")[1:]:
        function = getattr(function, part)

    def preprocess(inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {"result": function(inputs["column"], **arguments.get(name, {}))}

    kind = tf.string if CANDIDATES[name] == "text" else tf.float32
    return bool(tracing.trace(preprocess, {"column": tf.TensorSpec([None], kind)}).analyzers)


def _transformed(
    function: Callable[[Any], Any], rows: list[dict[str, str]], context: Any
) -> dict[str, Any]:
    """Return each feature of rows, ``[rows]``, as TFT computes it."""
    import numpy as np
    import tensorflow as tf
    import tensorflow_transform.beam as tft_beam
    from tensorflow_transform.tf_metadata.dataset_metadata import DatasetMetadata

    names = ("company_response", "consumer_complaint_narrative")
    given = [{name: [row[name]] if row[name] else [] for name in names} for row in rows]
    columns = DatasetMetadata.from_feature_spec(
        {name: tf.io.VarLenFeature(tf.string) for name in names}
    )
    with tft_beam.Context(temp_dir=str(context.store / "standalone")):
        (made, _), _ = (given, columns) | tft_beam.AnalyzeAndTransformDataset(function)
    return {name: np.array([np.squeeze(row[name]) for row in made]) for name in made[0]}


def _complaints(span: str) -> list[dict[str, str]]:
    from utils.complaints import csvio, spans

    return csvio.read_records(spans.ensure(span))


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), "")[:160]
