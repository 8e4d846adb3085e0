"""A real Evaluator on a model of one line, for the tests of what is read from its files."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

MODEL = (
    'model_specs { signature_name: "serving_default" label_key: "label" prediction_key: "score" }'
)
"""How TFMA asks the model."""

PRODUCTS = ("Loan", "Card")


def run(config: str, folder: Path, score: str = "product") -> Any:
    """Lets TFX's Evaluator measure forty rows.

    Args:
        config: A ``tfma.EvalConfig`` as text, without its ``model_specs``.
        folder: An empty folder.
        score: What the model answers: ``"product"`` for 0.8 of a loan and 0.3 of anything else, ``"nan"`` for NaN.

    Returns:
        The Evaluator after its run: its output channels by name.
    """
    import tensorflow_model_analysis as tfma
    from google.protobuf import json_format, text_format
    from tensorflow_model_analysis.proto import config_pb2
    from tfx.components.evaluator.executor import Executor
    from tfx.dsl.components.base.base_beam_executor import BaseBeamExecutor
    from tfx.types import standard_artifacts

    assert tfma is not None  # imports what the executor needs
    examples = standard_artifacts.Examples()
    examples.uri = str(folder / "examples")
    examples.split_names = '["eval"]'
    _write_examples(folder / "examples" / "Split-eval")
    model = standard_artifacts.Model()
    model.uri = str(folder / "model")
    _write_model(folder / "model" / "Format-Serving", score)
    evaluation, blessing = standard_artifacts.ModelEvaluation(), standard_artifacts.ModelBlessing()
    outputs = {"evaluation": [evaluation], "blessing": [blessing]}
    for name, (artifact,) in outputs.items():
        artifact.uri = str(folder / name)
        (folder / name).mkdir()
    parsed = text_format.Parse(f"{MODEL} {config}", config_pb2.EvalConfig())
    context = BaseBeamExecutor.Context(
        beam_pipeline_args=["--runner=FnApiRunner"], tmp_dir=str(folder / "tmp"), unique_id="1"
    )
    Executor(context).Do(
        {"examples": [examples], "model": [model]},
        outputs,
        {"eval_config": json_format.MessageToJson(parsed, preserving_proto_field_name=True)},
    )
    channels = {name: _Channel(artifacts) for name, artifacts in outputs.items()}
    return SimpleNamespace(outputs=channels)


class _Channel(list):
    """The artifacts of one output."""

    def get(self) -> list:
        """The artifacts, as a channel gives them."""
        return list(self)


def _write_examples(folder: Path) -> None:
    import tensorflow as tf

    folder.mkdir(parents=True)
    with tf.io.TFRecordWriter(str(folder / "data.gz"), "GZIP") as writer:
        for row in range(40):
            example = tf.train.Example()
            feature = example.features.feature
            feature["product"].bytes_list.value.append(PRODUCTS[row % 2].encode())
            feature["label"].int64_list.value.append(int(row % 3 == 0))
            writer.write(example.SerializeToString())


def _write_model(folder: Path, score: str) -> None:
    import tensorflow as tf

    class Model(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "examples")])
        def serve(self, examples: Any) -> dict[str, Any]:
            parsed = tf.io.parse_example(
                examples, {"product": tf.io.FixedLenFeature([], tf.string, "")}
            )
            if score == "nan":
                return {"score": tf.fill(tf.shape(examples), float("nan"))}
            return {"score": tf.where(parsed["product"] == "Loan", 0.8, 0.3)}

    model = Model()
    tf.saved_model.save(model, str(folder), signatures={"serving_default": model.serve})
