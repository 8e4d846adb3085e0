"""Wrong answers to the exercises of chapter 4."""

_COPY = "my_schema = schema_pb2.Schema()\nmy_schema.CopyFrom(schema)\n"

WRONG = {
    "4.1": [
        (
            _COPY + 'tfdv.get_feature(my_schema, "issue").ClearField("domain_info")\n'
            'tfdv.get_feature(my_schema, "issue").ClearField("domain")',
            "given up",
        ),
        (
            _COPY + 'tfdv.get_domain(my_schema, "issue").value.append("unexpected/other fees")',
            "still has",
        ),
        (
            "my_schema = tfdv.infer_schema(s2_stats, infer_feature_shape=False, max_string_domain_size=20)",
            "given up",
        ),
    ],
    "4.2": [
        ("false_alarms = 100 * floor.false_alarms(0.01)", "not percent"),
        ('false_alarms = noise_floor(s1["product"], rows=2_000).false_alarms(0.01)', "2,000 rows"),
        ("false_alarms = 1 - floor.false_alarms(0.01)", "without an alarm"),
    ],
    "4.3": [
        (
            'tfdv.get_feature(small_schema, "product").drift_comparator.infinity_norm.threshold = 0.2',
            "S3 passes",
        ),
        (
            'limit = noise_floor(s1["product"], rows=10_000).high\n'
            'tfdv.get_feature(small_schema, "product").drift_comparator.infinity_norm.threshold = limit',
            "by chance alone",
        ),
        (
            'product = tfdv.get_feature(small_schema, "product")\n'
            'product.ClearField("drift_comparator")\n'
            "product.skew_comparator.infinity_norm.threshold = 0.05",
            "training against serving",
        ),
        ("small_schema = 0.05", "a Schema"),
    ],
    "4.4": [
        ("date_rule = \"date_received > '2016-01-01'\"", "rows of S2 break it"),
        ("date_rule = \"date_received BETWEEN '2016-01-01' AND '2016-06-30'\"", "2016-04"),
        ("date_rule = \"received BETWEEN '2016-01-01' AND '2016-06-30'\"", "no such column"),
    ],
}
