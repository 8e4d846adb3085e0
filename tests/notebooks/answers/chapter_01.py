"""Wrong answers to the exercises of chapter 1."""

WRONG = {
    "1.1": [
        ('cycle = ["transform", "train"]', "a step is missing"),
        ('cycle = ["transform", "train", "tune", "evaluate", "push"]', "only wait for it"),
        ('cycle = ["transfrom", "train", "tune"]', "no step 'transfrom'"),
    ],
    "1.2": [
        (
            "schema_gen = tfx.components.SchemaGen("
            'statistics=statistics_gen.outputs["statistics"], exclude_splits=["train"])',
            "the split to learn from",
        ),
        (
            "schema_gen = tfx.components.SchemaGen("
            'statistics=statistics_gen.outputs["statistics"], exclude_splits="eval")',
            "exclude_splits as a list of names",
        ),
        ('schema_gen = ["eval"]', "a component, built by tfx.components.SchemaGen"),
    ],
    "1.3": [
        (
            "example_validator = tfx.components.ExampleValidator("
            'statistics=statistics_gen.outputs["statistics"], schema=schema_gen.outputs["schema"], '
            'exclude_splits=["eval"])',
            "does not look at the split 'eval'",
        ),
        ("example_validator = schema_gen", "of the class ExampleValidator"),
    ],
    "1.4": [
        (
            "pusher = tfx.components.Pusher("
            'model=trainer.outputs["model"], push_destination=destination)',
            "without the blessing",
        ),
        (
            'pusher = tfx.components.Pusher(model=resolver.outputs["model"], '
            'model_blessing=evaluator.outputs["blessing"], push_destination=destination)',
            "has just made",
        ),
    ],
    "1.5": [
        ('must_run = ["Evaluator"]', "reads the artifact"),
        ('must_run = ["Transform", "Trainer", "Evaluator", "Pusher"]', "does not depend"),
        ('must_run = ["evaluator", "pusher"]', "no component has the id"),
    ],
    "1.6": [
        (
            "auc_of_the_code = roc_auc_score("
            'leak.consumer_disputed == "1", leak.resolution_code.map({"R0": 2, "R1": 1, "R2": 0}))',
            "wrong way",
        ),
        (
            'auc_of_the_code = (leak.consumer_disputed[leak.resolution_code == "R2"] == "1").mean()',
            "among R2",
        ),
    ],
}
