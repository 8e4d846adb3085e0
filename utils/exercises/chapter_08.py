"""The exercises of chapter 8."""

from __future__ import annotations

from typing import Any

from utils import examples
from utils.exercises import Verdict, exercise, not_yet, reading, run_it, yes
from utils.exercises.reading import AnswerForm

CLOSE = 1e-5
"""How far two scores of the same complaint may be apart, in batches of different sizes."""

SPLIT, OUTPUT, COLUMN = "eval", "probability", "score"
"""Exercise 8.4: what is to be scored, the model's output, and the column that it goes into."""

ROWS, MICROSECONDS, WAITING = 16, 1_000, 64
"""Exercise 8.5: rows in a batch, how long it waits, and how many batches may wait."""


@exercise("8.1")
def a_request(
    answer: Any, context: Any, *, server: Any, complaint: dict[str, str], version: int
) -> Verdict:
    """Check a request about one complaint, asked of one version over gRPC.

    Args:
        answer: The reader's ``PredictRequest``.
        context: The notebook's context; not used.
        server: The server that runs, with one model.
        complaint: What is to be asked about.
        version: The version that is to answer.

    Returns:
        The verdict.
    """
    from tensorflow_serving.apis import predict_pb2

    from utils.pipeline.predict import serialize
    from utils.serving import RequestError
    from utils.serving.clients import GrpcClient

    if not isinstance(answer, predict_pb2.PredictRequest):
        raise AnswerForm("a predict_pb2.PredictRequest", answer)
    (name,) = server.names
    request = predict_pb2.PredictRequest()
    request.CopyFrom(answer)
    if not request.model_spec.name:
        return not_yet("the request names no model: set the name in its model_spec.")
    if not request.inputs:
        return not_yet("the request has no inputs: the signature wants one, called examples.")
    if request.model_spec.WhichOneof("version_choice") != "version":
        return not_yet(
            "the request names no version, so whichever is the latest answers: model_spec.version is a message, "
            "whose value is the number."
        )
    client = GrpcClient(server.grpc_address)
    try:
        right = client.predict(name, {"examples": serialize([complaint])}, version=version)
        try:
            response = client.call(client.prediction.Predict, request)
        except RequestError as refusal:
            return not_yet(f"the server refuses the request. It says: {refusal.what}")
    finally:
        client.close()
    answered = response.model_spec.version.value
    if answered != version:
        return not_yet(f"version {answered} answered, and version {version} was to be asked.")
    scores = list(response.outputs["probability"].float_val)
    if len(scores) != 1:
        return not_yet(f"the server gave {len(scores)} scores: ask about the one complaint.")
    if abs(scores[0] - float(right.outputs["probability"][0, 0])) > CLOSE:
        return not_yet("the score is that of another complaint, or of one with other columns.")
    return yes(f"version {version} gives this complaint {scores[0]:.3f}, as it should.")


@exercise("8.2")
def the_labels(answer: Any, context: Any, *, server: Any, stable: int, previous: int) -> Verdict:
    """Check a configuration in which two versions are served, and labels say which is which.

    Args:
        answer: The reader's configuration, as text; it is given to the server where it is right.
        context: The notebook's context; not used.
        server: The server that runs, with one model.
        stable: The version that ``stable`` is to name.
        previous: The version that ``previous`` is to name.

    Returns:
        The verdict.
    """
    from google.protobuf import text_format
    from tensorflow_serving.config import model_server_config_pb2

    from utils.serving.clients import GrpcClient
    from utils.serving.server import versions

    text = reading.text(answer)
    (name,) = server.names
    try:
        parsed = text_format.Parse(text, model_server_config_pb2.ModelServerConfig())
    except text_format.ParseError as error:
        return not_yet(f"the text is no ModelServerConfig: {error} (line : column).")
    found = [one for one in parsed.model_config_list.config if one.name == name]
    if len(found) != 1:
        return not_yet(f"it needs one config for the model {name!r}, and has {len(found)}.")
    try:
        served = set(
            versions.choose(found[0].model_version_policy, versions.find(found[0].base_path))
        )
    except Exception:
        return not_yet(f"there are no versions in the base_path, {found[0].base_path!r}.")
    missing = sorted({stable, previous} - served)
    if missing:
        return not_yet(
            f"its policy does not serve version {missing[0]}, so no label can lead to it."
        )
    for label, number in (("stable", stable), ("previous", previous)):
        if label not in found[0].version_labels:
            return not_yet(f"no label {label!r} is assigned: add version_labels with that key.")
        if found[0].version_labels[label] != number:
            return not_yet(
                f"the label {label!r} names version {found[0].version_labels[label]}, which is not the one asked for."
            )
    client = GrpcClient(server.grpc_address)
    try:
        client.reload(text)
        empty = {"examples": [b""]}
        answered = [
            client.predict(name, empty, label=one).version for one in ("stable", "previous")
        ]
    finally:
        client.close()
    if answered != [stable, previous]:
        return not_yet(f"asked by stable and previous, the versions {answered} answered.")
    return yes("the server has taken it, and both labels lead where they should.")


@exercise("8.3")
def the_size_of_a_test(
    answer: Any, context: Any, *, now: float, hoped: float, power: float, flagged: float
) -> Verdict:
    """Check how many complaints a test must see in both arms together.

    Args:
        answer: The reader's number.
        context: The notebook's context; not used.
        now: The share of disputes among the flagged complaints in arm A.
        hoped: The same in arm B.
        power: How probably the difference is to be found.
        flagged: The share of complaints that are flagged.

    Returns:
        The verdict.
    """
    from utils.serving import ab

    number = reading.number(answer)
    rows = ab.rows_needed(now, hoped, power)
    right = 2 * rows / flagged

    def near(other: float) -> bool:
        return abs(number - other) <= 0.02 * other

    if near(right):
        return yes(f"{right:,.0f} complaints, of which {2 * rows:,} are flagged and count.")
    if near(rows) or near(2 * rows):
        return not_yet("so many flagged complaints are needed. How many must arrive for that?")
    if near(right / 2):
        return not_yet("so many complaints are needed in one arm, and there are two.")
    if near(2 * ab.rows_needed(now, hoped) / flagged):
        return not_yet(f"that is enough for a power of 0.8; the question asks for {power:g}.")
    return not_yet(f"it takes {'more' if number < right else 'fewer'} complaints than that.")


@exercise("8.4")
def a_bulk_inferrer(answer: Any, context: Any, *, base: Any) -> Verdict:
    """Check a BulkInferrer that scores one split, and writes examples.

    Args:
        answer: The reader's component.
        context: The notebook's context; not used.
        base: What ``context.catch_up`` returned.

    Returns:
        The verdict, by the component and the examples that it has written.
    """
    from tfx.proto import bulk_inferrer_pb2
    from tfx.utils import proto_utils

    component = reading.component(answer, "BulkInferrer")

    def spec(name: str, message: Any) -> Any:
        given = component.exec_properties.get(name)
        if given:
            proto_utils.json_to_proto(given, message)
        return message

    if reading.producer(component, "examples") != (base.example_gen.id, "examples"):
        return not_yet("its examples are to be those of base.example_gen.")
    if reading.producer(component, "model") != (base.trainer.id, "model"):
        return not_yet("its model is to be that of base.trainer.")
    splits = list(spec("data_spec", bulk_inferrer_pb2.DataSpec()).example_splits)
    if splits != [SPLIT]:
        named = ", ".join(splits) or "all of them, because data_spec names none"
        return not_yet(f"only the split {SPLIT!r} is to be scored, and it scores {named}.")
    output = spec("output_example_spec", bulk_inferrer_pb2.OutputExampleSpec())
    columns = [
        (column.output_key, column.output_column)
        for one in output.output_columns_spec
        for column in one.predict_output.output_columns
    ]
    if not columns:
        return not_yet(
            "it would write an InferenceResult: an output_example_spec makes examples of the answers."
        )
    if columns != [(OUTPUT, COLUMN)]:
        return not_yet(
            f"output_key names the model's output, {OUTPUT!r}, and output_column the new column, {COLUMN!r}; "
            f"yours are {columns[0][0]!r} and {columns[0][1]!r}."
        )
    if not reading.has_run(component):
        return run_it("my_inferrer")
    made = examples.parsed(component.outputs["output_examples"], SPLIT)
    scores = [row.features.feature[COLUMN].float_list.value[0] for row in made]
    return yes(
        f"it has written {len(scores):,} examples with a column more, scores from {min(scores):.3f} to "
        f"{max(scores):.3f}, and they could go into another pipeline."
    )


@exercise("8.5")
def the_batching_parameters(answer: Any, context: Any) -> Verdict:
    """Check batching parameters in TensorFlow Serving's text format.

    Args:
        answer: The reader's text.
        context: The notebook's context; not used.

    Returns:
        The verdict.
    """
    from google.protobuf import text_format

    from utils.serving.server import batches, protos
    from utils.serving.server.status import StatusError

    text = reading.text(answer)
    try:
        given = batches.Parameters.of(text_format.Parse(text, protos.BatchingParameters()))
    except text_format.ParseError as error:
        return not_yet(
            f"the text is no BatchingParameters ({error}): each number stands in {{ value: … }}."
        )
    except StatusError as error:
        return not_yet(f"a server would refuse it: {error.message}.")
    micros = round(1e6 * given.timeout_seconds)
    if given.max_batch_size != ROWS:
        return not_yet(f"a batch would have up to {given.max_batch_size} rows, not {ROWS}.")
    if micros != MICROSECONDS:
        return not_yet(
            f"a batch would wait for {micros} microseconds, and a millisecond has {MICROSECONDS:,}."
        )
    if given.max_enqueued_batches != WAITING:
        return not_yet(
            f"{given.max_enqueued_batches} batches may wait before requests are refused, not {WAITING}."
        )
    return yes(
        "a server would take this file by --enable_batching=true and --batching_parameters_file."
    )
