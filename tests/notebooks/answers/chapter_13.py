"""Wrong answers to the exercises of chapter 13."""

_QUERY = '''
my_query = """
SELECT version, COUNT(*), COUNT(disputed), {rate}
FROM predictions {kind} outcomes ON outcomes.prediction_id = predictions.prediction_id
{where} GROUP BY version
"""
'''

_TRIGGER = """
def my_trigger(labels, scores):
    return {fires}
"""

_BOUNDS = """
my_bounds = tfma.MetricThreshold(
    value_threshold=tfma.GenericValueThreshold(lower_bound={{"value": 0.6}}),
    change_threshold=tfma.GenericChangeThreshold({change}),
)
"""

_POLICY = """
def my_policy(scores, capacity, random):
    called = np.zeros(len(scores), bool)
    {chosen}
    return called
"""

WRONG = {
    "13.1": [
        (_QUERY.format(rate="AVG(disputed)", kind="JOIN", where=""), "not mature"),
        (
            _QUERY.format(
                rate="AVG(disputed)", kind="LEFT JOIN", where="WHERE asked_at < '2015-10-30'"
            ),
            "arrived twice",
        ),
        ('my_query = "SELECT"', "SQLite refuses"),
    ],
    "13.2": [
        (
            _TRIGGER.format(fires="abs(np.nanmean(scores - labels)) > 0.02"),
            "an interval that excludes zero",
        ),
        (_TRIGGER.format(fires="np.nanmean(scores - labels) > 0.02"), "both sides"),
        ("my_trigger = True", "a function"),
    ],
    "13.3": [
        (
            _BOUNDS.format(
                change='direction=tfma.MetricDirection.HIGHER_IS_BETTER, relative={"value": 0.02}'
            ),
            "an absolute one",
        ),
        (_BOUNDS.format(change='absolute={"value": 0.02}'), "in which direction"),
    ],
    "13.4": [
        (
            _POLICY.format(
                chosen="called[random.choice(len(scores), capacity, replace=False)] = True"
            ),
            "a small part",
        ),
        (
            _POLICY.format(
                chosen="called[np.argsort(-scores)[:capacity]] = True\n"
                "    called[random.choice(len(scores), 20, replace=False)] = True"
            ),
            "must not overlap",
        ),
    ],
}
