"""Wrong answers to the exercises of chapter 1."""

WRONG = {
    "1.1": [
        ('cycle = ["transform", "train"]', "a step is missing"),
        ('cycle = ["transform", "train", "tune", "evaluate", "push"]', "only wait for it"),
        ('cycle = ["transfrom", "train", "tune"]', "no step 'transfrom'"),
    ],
    "1.2": [
        ('lazy_accuracy = (s1.consumer_disputed == "0").mean()', "S1"),
        (
            'lazy_accuracy = (pd.read_csv(spans.ensure("S4"), dtype=str).consumer_disputed == "1").mean()',
            "gets wrong",
        ),
        ("lazy_accuracy = 80", "between 0 and 1"),
    ],
    "1.3": [
        ('must_run = ["Evaluator"]', "reads the artifact"),
        ('must_run = ["Transform", "Trainer", "Evaluator", "Pusher"]', "does not depend"),
        ('must_run = ["evaluator", "pusher"]', "no component has the id"),
    ],
    "1.4": [
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
