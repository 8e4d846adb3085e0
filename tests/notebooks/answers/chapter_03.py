"""Wrong answers to the exercises of chapter 3."""


def _split_by(feature: str, buckets: str = "ten_buckets") -> str:
    return (
        "by_text = FileBasedExampleGen(input_base=str(duplicates_file.parent), input_config=any_csv, "
        "output_config=tfx.proto.Output(split_config=tfx.proto.SplitConfig("
        f'splits={buckets}, partition_feature_name="{feature}")), '
        'custom_executor_spec=BeamExecutorSpec(csv_executor.Executor)).with_id("DuplicatesByText")'
    )


def _dated(**patterns: str) -> str:
    splits = ", ".join(
        f'tfx.proto.Input.Split(name="{name}", pattern="{pattern}")'
        for name, pattern in patterns.items()
    )
    return (
        'dated_gen = tfx.components.CsvExampleGen(input_base=str(paths.DATA / "complaints"), '
        f"input_config=tfx.proto.Input(splits=[{splits}]))"
    )


def _by_date(pattern: str) -> str:
    return (
        "by_date = tfx.proto.Input(splits=["
        f'tfx.proto.Input.Split(name="all", pattern="{pattern}")])'
    )


def _window(range_config: str, channel: str = ', producer_component_id="Arrivals"') -> str:
    return (
        "my_window = tfx.dsl.Resolver(strategy_class=tfx.dsl.experimental.SpanRangeStrategy, "
        f'config={{"range_config": tfx.proto.RangeConfig({range_config})}}, '
        f"examples=tfx.dsl.Channel(type=tfx.types.standard_artifacts.Examples{channel}))"
    )


WRONG = {
    "3.1": [
        (_dated(train="S2.csv", eval="S1.csv"), "turn the two round"),
        (_dated(train="S1.csv", eval="S*.csv"), "'S*.csv' of eval fits S1.csv, S2.csv"),
        (_dated(train="S1.csv", test="S2.csv"), "call them train and eval"),
        ("dated_gen = only_s1", "a component, built by tfx.components.FileBasedExampleGen"),
    ],
    "3.2": [
        (_split_by("complaint_id"), "texts are in more than one split"),
        (_split_by("product"), "too few different values"),
        (_split_by("narrative"), "does not run"),
        ("by_text = three_way", "are not the 2,000 complaints"),
    ],
    "3.3": [
        (
            'company_query = "SELECT complaint_id, COUNT(*) AS company_complaints FROM complaints"',
            "into one row",
        ),
        (
            'company_query = "SELECT complaint_id, COUNT(*) AS company_complaints FROM complaints GROUP BY company_id"',
            "one row per company",
        ),
        (
            'company_query = "SELECT complaint_id, COUNT(*) OVER () AS company_complaints FROM complaints"',
            "number of all complaints",
        ),
        (
            'company_query = "SELECT complaint_id, company_complaints FROM complaint"',
            "no such table",
        ),
    ],
    "3.4": [
        (_by_date("{YYYY}-{MM}-{DD}/complaints-v2.csv"), "next delivery"),
        (_by_date("{YYYY}-{MM}-{DD}/*.csv"), "versions of it"),
        (_by_date("*/complaints-v{VERSION}.csv"), "Span or Date spec"),
        (_by_date("{SPAN}/complaints-v{VERSION}.csv"), "Cannot find span number"),
        (_by_date("{YYYY}{MM}{DD}/complaints-v{VERSION}.csv"), "character by character"),
        ('by_date = "{YYYY}-{MM}-{DD}/complaints-v{VERSION}.csv"', "an Input"),
    ],
    "3.5": [
        (_window("rolling_range=tfx.proto.RollingRange(num_spans=3)"), "the rehearsal is in"),
        (_window("rolling_range=tfx.proto.RollingRange(num_spans=2)"), "when span 4 has arrived"),
        (
            _window("static_range=tfx.proto.StaticRange(start_span_number=2, end_span_number=4)"),
            "when span 5 has arrived",
        ),
        (
            _window("rolling_range=tfx.proto.RollingRange(num_spans=3, start_span_number=2)", ""),
            "examples of any component",
        ),
    ],
}
