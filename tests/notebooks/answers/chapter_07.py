"""Wrong answers to the exercises of chapter 7."""

_CONFIG = """my_config = tfma.EvalConfig(
    model_specs=table_specs,
    metrics_specs=[tfma.MetricsSpec(metrics=[tfma.MetricConfig({metric})])],
    slicing_specs=[tfma.SlicingSpec({slice})],
)"""
_BY_RESPONSE = 'feature_keys=["company_response"]'

_BOUND = """my_bound = tfma.PerSliceMetricThreshold(
    slicing_specs=[tfma.SlicingSpec({slice})],
    threshold=tfma.MetricThreshold(
        value_threshold=tfma.GenericValueThreshold({bound}={{"value": 0.55}})
    ),
)"""
_BUREAUS = 'feature_values={"product": "Credit reporting"}'

_PUSHER = """my_pusher = tfx.components.Pusher(
    model=base.trainer.outputs["model"], {blessing}push_destination=destination
)"""

_ABOVE = """my_threshold = tfma.MetricThreshold(
    value_threshold=tfma.GenericValueThreshold({bounds})
)"""

WRONG = {
    "7.1": [
        (
            _CONFIG.format(metric='class_name="Precision"', slice=_BY_RESPONSE),
            "TFMA's usual threshold",
        ),
        (_CONFIG.format(metric='class_name="Precision"', slice=""), "no slice for each"),
        ("my_config = table_config.metrics_specs[0]", "a tfma.EvalConfig"),
    ],
    "7.2": [
        (
            _BOUND.format(slice='feature_keys=["product"]', bound="lower_bound"),
            "also refuses a model for another slice",
        ),
        (_BOUND.format(slice=_BUREAUS, bound="upper_bound"), "refuses a model whose AUC"),
        (
            _BOUND.format(
                slice='feature_values={"product": "credit reporting"}', bound="lower_bound"
            ),
            "how the product is written",
        ),
    ],
    "7.3": [
        (
            _PUSHER.format(blessing='model_blessing=evaluator.outputs["blessing"], '),
            "has not looked at the group",
        ),
        (_PUSHER.format(blessing=""), "pushes any model"),
        (
            _PUSHER.format(blessing='model_blessing=group_evaluator.outputs["blessing"], '),
            "Now run it",
        ),
    ],
    "7.4": [
        ("mine = threshold + 0.005", "a higher threshold"),
        ("mine = 0.9", "too high"),
        ("mine = 30", "between 0 and 1"),
    ],
    "7.5": [
        ('edited = {**close_call, "state": "ZZ"}', "only company_response"),
        ('edited = {**close_call, "company_response": "Refunded"}', "no response"),
    ],
    "7.6": [
        (_ABOVE.format(bounds='upper_bound={"value": 0.75}'), "keep the lower bound"),
        (
            _ABOVE.format(bounds='lower_bound={"value": 0.6}, upper_bound={"value": 0.99}'),
            "with the leak",
        ),
        (
            _ABOVE.format(bounds='lower_bound={"value": 0.6}, upper_bound={"value": 0.65}'),
            "refused for that",
        ),
        (
            _ABOVE.format(bounds='lower_bound={"value": 0.68}, upper_bound={"value": 0.75}'),
            "hardly better",
        ),
    ],
}
