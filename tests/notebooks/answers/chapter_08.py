"""Wrong answers to the exercises of chapter 8."""

_REQUEST = """my_request = predict_pb2.PredictRequest()
my_request.model_spec.name = "complaints"
{more}
my_request.inputs["examples"].CopyFrom(tf.make_tensor_proto({given}))"""
_VERSION = "my_request.model_spec.version.value = second"

_CONFIG = """my_config = '''
model_config_list {{
  config {{
    name: "complaints" base_path: "FOLDER" model_platform: "tensorflow"
    model_version_policy {{ {policy} }}
    {labels}
  }}
}}
'''.replace("FOLDER", str(served)).replace("FIRST", str(first)).replace("SECOND", str(second))"""
_LABELS = (
    'version_labels {{ key: "stable" value: {0} }} version_labels {{ key: "previous" value: {1} }}'
)

_INFERRER = """my_inferrer = tfx.components.BulkInferrer(
    examples=base.example_gen.outputs["examples"],
    model=base.trainer.outputs["model"],
    {specs}
).with_id("MyInferrer")"""
_EVAL = 'data_spec=tfx.proto.DataSpec(example_splits=["eval"]),'
_COLUMNS = """output_example_spec=tfx.proto.OutputExampleSpec(
        output_columns_spec=[
            tfx.proto.OutputColumnsSpec(
                predict_output=tfx.proto.PredictOutput(
                    output_columns=[
                        tfx.proto.PredictOutputCol(output_key={0!r}, output_column={1!r})
                    ]
                )
            )
        ]
    ),"""

WRONG = {
    "8.1": [
        (_REQUEST.format(more="", given="[as_example(mine)]"), "whichever is the latest"),
        (_REQUEST.format(more=_VERSION, given="[str(mine)]"), "the server refuses the request"),
        (_REQUEST.format(more=_VERSION, given="[as_example(mine)] * 2"), "about the one complaint"),
    ],
    "8.2": [
        (
            _CONFIG.format(policy="latest {}", labels=_LABELS.format("SECOND", "FIRST")),
            "its policy does not serve version",
        ),
        (
            _CONFIG.format(policy="all {}", labels=_LABELS.format("FIRST", "SECOND")),
            "the label 'stable' names version",
        ),
        ("my_config = 'model_config_list [ all ]'", "no ModelServerConfig"),
    ],
    "8.3": [
        ("my_number = ab.rows_needed(now, hope, power=0.9)", "so many flagged complaints"),
        ("my_number = 2 * ab.rows_needed(now, hope) / 0.25", "for a power of 0.8"),
        ("my_number = 2_000", "it takes more"),
    ],
    "8.4": [
        (_INFERRER.format(specs=_COLUMNS.format("probability", "score")), "data_spec names none"),
        (_INFERRER.format(specs=_EVAL), "would write an InferenceResult"),
        (
            _INFERRER.format(specs=f"{_EVAL}\n    {_COLUMNS.format('score', 'probability')}"),
            "output_key names the model's output",
        ),
        (
            _INFERRER.format(specs=f"{_EVAL}\n    {_COLUMNS.format('probability', 'score')}"),
            "Now run it",
        ),
    ],
    "8.5": [
        ("my_batching = 'max_batch_size: 16'", "each number stands in"),
        (
            "my_batching = 'max_batch_size { value: 16 } batch_timeout_micros { value: 1 }'",
            "a millisecond has 1,000",
        ),
    ],
}
