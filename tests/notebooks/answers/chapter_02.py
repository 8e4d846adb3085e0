"""Wrong answers to the exercises of chapter 2."""

WRONG = {
    "2.1": [
        ("cached = len(records.executions(store))", "number of all executions"),
        (
            'cached = int((records.executions(store)["state"] == "complete").sum())',
            "ran to their end",
        ),
        ("cached = 10_000", "last_known_state"),
    ],
    "2.2": [
        (
            'examples = origin.index[(origin["type"] == "Examples") & (origin["made by"] == "Transform")][0]',
            "Transform made them",
        ),
        ("examples = int(pushed.id)", "look for Examples"),
        ("examples = 10_000", "no artifact 10000"),
    ],
    "2.3": [
        ('noticed = ["touch", "move", "edit"]', "one of these changes nothing"),
        ('noticed = ["move"]', "'touch' changes something"),
        ('noticed = ["rename"]', "no change 'rename'"),
    ],
    "2.4": [
        ("review = 1_000_000", "no execution 1000000"),
        (
            'review = team_store.get_executions_by_type("Labelling")[0].id',
            "of the type Labelling",
        ),
        (
            """
kind = team_store.put_execution_type(metadata_store_pb2.ExecutionType(name="Review"))
(review,) = team_store.put_executions([metadata_store_pb2.Execution(type_id=kind)])
""",
            "Set `last_known_state`",
        ),
    ],
    "2.5": [
        ('with_word = counts["payment"]', "how often the word occurs"),
        ("with_word = len(narratives)", "different words once"),
        (
            'with_word = sum("payment" not in words(text) for text in narratives)',
            "without the word",
        ),
    ],
    "2.6": [
        ("my_windows = beam.window.FixedWindows(7 * event_time.DAY)", "one window only"),
        ("my_windows = beam.window.SlidingWindows(28, 7)", "28 seconds"),
        (
            "my_windows = beam.window.SlidingWindows(28 * event_time.DAY, event_time.DAY)",
            "28 windows",
        ),
        ("my_windows = 4", "a windowing function"),
    ],
}
