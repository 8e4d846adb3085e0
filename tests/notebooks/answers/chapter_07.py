"""Wrong answers to the exercises of chapter 7."""

WRONG = {
    "7.1": [
        ("found = metrics.confusion(labels, scores, 0.2).precision", "that is the precision"),
        ("found = metrics.confusion(labels, scores, 0.2).false_positive_rate", "undisputed"),
        ("found = 100 * metrics.confusion(labels, scores, 0.2).recall", "not percent"),
    ],
    "7.2": [
        ("allowed = 0.0", "still be refused"),
        ("allowed = 0.5", "a smaller drop"),
        ("allowed = -0.04", "without a minus"),
    ],
    "7.3": [
        ("mine = threshold + 0.01", "a higher threshold"),
        ("mine = 0.9", "too high"),
        ("mine = 30", "between 0 and 1"),
    ],
    "7.4": [
        ('edited = {**close_call, "state": "CA"}', "only company_response"),
        ('edited = {**close_call, "company_response": "Refunded"}', "no response"),
    ],
}
