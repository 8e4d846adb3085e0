"""Wrong answers to the exercises of chapter 9."""

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
    "9.5": [
        ('my_request = {"Prefix": "complaints/"}', "one by one"),
        ('my_request = {"Prefix": "complaints", "Delimiter": "/"}', "itself"),
        ('my_request = ["complaints/", "/"]', "a dictionary"),
    ],
    "9.6": [
        (_scaled('{"type": "AverageValue", "averageValue": str(int(2 * bears))}'), "to spare"),
        (_scaled(_BEARABLE, '"maxReplicas": "many"'), "Kubernetes would refuse it"),
        (_scaled(_BEARABLE, '"minReplicas": 1'), "nobody answers"),
    ],
    "9.7": [
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
    ],
}
