"""Wrong answers to the exercises of chapter 6."""

_NETWORK = """
inputs = {{name: keras.Input((1,), name=name, dtype="int64") for name in columns}}
places = keras.layers.Concatenate()(list(inputs.values()))
hidden = keras.layers.Flatten()(keras.layers.Embedding(words, 4)(places))
hidden = keras.layers.Dense(16, activation="relu")(hidden)
{layer}
deeper = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(hidden))
deeper.compile("adam", loss="binary_crossentropy")
{fit}
"""
_FIT = "deeper.fit(few, verbose=0)"

_TRAINER = """
text_trainer = tfx.components.Trainer(
    run_fn="utils.pipeline.modules.trainer.run_fn",
    examples={examples},
    transform_graph=ready.transform.outputs["transform_graph"],
    custom_config={{"features": {features}.as_dict(), "model": config.model.as_dict(), "seed": 42}},
){id}
"""
_TRANSFORMED = 'ready.transform.outputs["transformed_examples"]'

_SEARCH = """
def build(space):
    values = config.model.as_dict()
    values["learning_rate"] = space.Float("learning_rate", 1e-4, 3e-2, sampling="log")
    {line}
    return training_code.build_model(tune_graph, config.features.as_dict(), values)


my_search = keras_tuner.RandomSearch(build, objective, max_trials=2, **options)
my_search.search(some.take(16), validation_data=judges, verbose=0)
"""

_WARM = """
warm = tfx.components.Trainer(
    run_fn="utils.pipeline.modules.trainer.run_fn",
    examples={of}.transform.outputs["transformed_examples"],
    transform_graph={of}.transform.outputs["transform_graph"],
    schema=divided.schema_gen.outputs["schema"],
    base_model={base}.outputs["model"],
    custom_config=settings,
)
"""

WRONG = {
    "6.1": [
        (
            _NETWORK.format(layer='keras.layers.Dense(8, activation="relu")(hidden)', fit=_FIT),
            "handed on to the next",
        ),
        (_NETWORK.format(layer="hidden = keras.layers.Dense(8)(hidden)", fit=_FIT), "is linear"),
        (
            _NETWORK.format(
                layer='hidden = keras.layers.Dense(8, activation="relu")(hidden)', fit=""
            ),
            "has not been trained",
        ),
    ],
    "6.2": [
        (
            _TRAINER.format(
                examples=_TRANSFORMED, features="config.features", id='.with_id("TextTrainer")'
            ),
            "reads 9 columns",
        ),
        (
            _TRAINER.format(
                examples='ready.example_gen.outputs["examples"]', features="text_only", id=""
            ),
            "the raw examples",
        ),
        (
            _TRAINER.format(examples=_TRANSFORMED, features="text_only", id=""),
            "cannot have the same id",
        ),
        (
            _TRAINER.format(
                examples=_TRANSFORMED, features="text_only", id='.with_id("TextTrainer")'
            ),
            "Now run it",
        ),
    ],
    "6.3": [
        ("rows_needed = 2 * len(eval_rows)", "1.4 times"),
        ("rows_needed = len(eval_rows) / 2", "wider"),
        ("rows_needed = 100", "square root"),
    ],
    "6.4": [
        (_SEARCH.format(line='space.Choice("embedding", [2, 8])'), "does not use it"),
        (
            _SEARCH.format(line='values["embedding"] = space.Choice("embedding", [8])'),
            "from 2 and 8",
        ),
    ],
    "6.5": [
        (_WARM.format(of="divided", base="tuned"), "that of the first span"),
        (_WARM.format(of="ready", base="trainer"), "must be those of the new span"),
        (_WARM.format(of="divided", base="trainer"), "Now run it"),
    ],
}
