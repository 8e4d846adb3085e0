"""Wrong answers to the exercises of chapter 9."""

_CONVERTED = """
converter = tf.lite.TFLiteConverter.from_saved_model(str(dense_folder))
converter.optimizations = [tf.lite.Optimize.DEFAULT]
{line}
with lite.quiet():
    my_file = converter.convert()
"""

_SCHEDULE = "my_schedule = dict(initial_sparsity=0.0, final_sparsity=0.75, {steps})"

_METRIC = '{{"type": "Pods", "pods": {{"metric": {{"name": "requests_per_second"}}, "target": {target}}}}}'
_AUTOSCALER = """my_autoscaler = {{
    **autoscaler,
    "spec": {{**autoscaler["spec"], "metrics": [{metric}], {bounds}}},
}}"""


def _scaled(target: str, bounds: str = "") -> str:
    return _AUTOSCALER.format(metric=_METRIC.format(target=target), bounds=bounds)


_BEARABLE = '{"type": "AverageValue", "averageValue": str(int(0.7 * bears))}'

_RULE = '''my_rule = """
alert: SlowAnswers
expr: {expr}
{then}"""'''
_P95 = "histogram_quantile(0.95, {inside}) > {bound}"
_RATE = "sum by (le) (rate(:tensorflow:serving:request_latency_bucket[1m]))"

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
    "9.6": [
        (_SCHEDULE.format(steps="begin_step=20, end_step=40, frequency=100"), "1 step(s) only"),
        (_SCHEDULE.format(steps="begin_step=20, end_step=40, frequency=3"), "at its last pruning"),
        (_SCHEDULE.format(steps="begin_step=20, end_step=60, frequency=4"), "is to repair"),
    ],
    "9.3": [
        ('my_request = {"Prefix": "complaints/"}', "one by one"),
        ('my_request = {"Prefix": "complaints", "Delimiter": "/"}', "itself"),
        ('my_request = ["complaints/", "/"]', "a dictionary"),
    ],
    "9.5": [
        (_scaled('{"type": "AverageValue", "averageValue": str(int(2 * bears))}'), "to spare"),
        (_scaled(_BEARABLE, '"maxReplicas": "many"'), "Kubernetes would refuse it"),
        (_scaled(_BEARABLE, '"minReplicas": 1'), "nobody answers"),
    ],
    "9.4": [
        (
            _RULE.format(expr=_P95.format(inside=_RATE, bound=100), then="for: 1m\n"),
            "counts microseconds",
        ),
        (_RULE.format(expr=_P95.format(inside=_RATE, bound=100_000), then=""), "a short blip"),
        (
            _RULE.format(
                expr=_P95.format(
                    inside="sum by (le) (:tensorflow:serving:request_latency_bucket)",
                    bound=100_000,
                ),
                then="for: 1m\n",
            ),
            "Take the rate",
        ),
        (
            _RULE.format(
                expr=_P95.format(inside=_RATE, bound=100_000).replace("0.95", "0.9"),
                then="for: 1m\n",
            ),
            "the quantile 0.95",
        ),
        (
            _RULE.format(expr=_P95.format(inside=_RATE, bound=100_000), then="for: 10m\n"),
            "is to be one minute",
        ),
        (
            _RULE.format(
                expr=_P95.format(inside=_RATE.replace("1m", "5m"), bound=100_000),
                then="for: 1m\n",
            ),
            "look at one minute",
        ),
    ],
}
