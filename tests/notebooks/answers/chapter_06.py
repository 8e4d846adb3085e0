"""Wrong answers to the exercises of chapter 6."""

WRONG = {
    "6.1": [
        ("steps = len(train_rows) // config.model.batch_size", "left over"),
        ("steps = len(train_rows)", "one batch"),
        (
            'steps = -(-(len(train_rows) + len(scores.rows(ready.example_gen.outputs["examples"])))'
            " // config.model.batch_size)",
            "both splits",
        ),
    ],
    "6.2": [
        ('weights = model.get_layer("hidden_1").count_params()', "has now"),
        ('weights = model.get_layer("hidden_1").kernel.shape[0] * 64', "bias"),
    ],
    "6.3": [
        ("rows_needed = 2 * len(eval_rows)", "1.4 times"),
        ("rows_needed = len(eval_rows) / 2", "wider"),
        ("rows_needed = 100", "square root"),
    ],
    "6.4": [
        (
            "known = sum(a == b for a, b in zip(old_words, new_words)) / len(new_words)",
            "kept their number",
        ),
        ("known = len(set(old_words) & set(new_words)) / len(old_words)", "earlier vocabulary"),
        ("known = 100 * len(set(old_words) & set(new_words)) / len(new_words)", "not percent"),
    ],
}
