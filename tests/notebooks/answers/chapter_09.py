"""Wrong answers to the exercises of chapter 9."""

_CONVERTED = """
converter = tf.lite.TFLiteConverter.from_saved_model(str(dense_folder))
converter.optimizations = [tf.lite.Optimize.DEFAULT]
{line}
with lite.quiet():
    my_file = converter.convert()
"""

_SCHEDULE = "my_schedule = dict(initial_sparsity=0.0, final_sparsity=0.75, {steps})"

WRONG = {
    "9.1": [
        (
            _CONVERTED.format(line="converter.representative_dataset = representative"),
            "of its inputs and outputs are still float32",
        ),
        (
            _CONVERTED.format(line="converter.target_spec.supported_types = [tf.float16]"),
            "floating-point numbers throughout",
        ),
    ],
    "9.2": [
        ('most_changed = judged["product"].value_counts().idxmin()', "leave out what has fewer"),
        ('most_changed = "All of them"', "is no product"),
    ],
    "9.3": [
        (_SCHEDULE.format(steps="begin_step=20, end_step=40, frequency=100"), "1 step(s) only"),
        (_SCHEDULE.format(steps="begin_step=20, end_step=40, frequency=3"), "at its last pruning"),
        (_SCHEDULE.format(steps="begin_step=20, end_step=60, frequency=4"), "is to repair"),
    ],
}
