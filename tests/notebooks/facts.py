"""What tests know of a notebook and its reader need not see: claims that are checked in copies, after the cell named.

:mod:`tests.notebooks.checked` puts each of them into the copy as a cell of its own, so it sees what the reader's cells
have made. Which error a cell raises that is to fail is known here too.
"""

import re

FACTS: dict[str, dict[str, str]] = {
    "02-006": {
        "packages_of_one_release_share_their_version": """
released_together = ["tfx", "ml-metadata", "tensorflow-transform", "tensorflow-data-validation"]
assert len({tuple(version(part).split(".")[:2]) for part in released_together}) == 1
""",
    },
    "02-015": {
        "a_run_writes_one_execution_and_its_events": """
assert after_run.counts["executions"] == 1
assert after_run.counts["events"] >= 1
""",
    },
    "02-033": {
        "the_driver_asks_the_executor_works_the_publisher_tells": """
assert driven.counts["executions"] == 1
assert not executed.rows
assert published.data["after"].tolist() == ["Schema, live", "SchemaByHand, complete"]
""",
    },
    "02-058": {
        "one_hop_leads_to_the_model_and_its_blessing": """
assert maker.type.endswith("Pusher")
assert {"Model", "ModelBlessing"} == {one.type for one in store.get_artifacts_by_id(taken)}
""",
    },
    "02-140": {
        "both_shares_of_the_takeover_are_the_planted_ones": """
for part, span in ((early, "S2"), (late, "S3")):
    planted_share, rows_seen = planted.TAKEOVER_SHARE[span], sum(rows for *_, rows in part)
    assert abs(share_in(part) - planted_share) < planted.tolerance(rows_seen, planted_share)
""",
    },
    "03-155": {
        "each_arrival_takes_the_span_that_is_new": """
assert [span_and_version(one) for one in newest.outputs["examples"].get()] == [[3, 1]]
""",
    },
    "04-020": {
        "zip_codes_lose_their_zero_when_read_as_numbers": """
lost = both["in the file"].str.startswith("0")
assert lost.any() and (both["as read"][lost] < 10_000).all()
assert "got STRING" in wrong_type.anomaly_info["zip_code"].description
""",
    },
    "04-093": {
        "the_noise_floor_is_the_one_that_was_computed_for_the_data": """
for rows, (_, high) in planted.NOISE_FLOOR.items():
    assert abs(sizes[rows] - high) < 0.15 * high
""",
    },
    "04-097": {
        "two_hundredths_lie_between_chance_and_every_shift": """
assert wrong < 0.01 and max(floors.values()) < 0.02 < min(drift["product"].values())
""",
    },
    "04-100": {
        "each_distance_is_the_shift_that_was_planted": """
def near(measured, constant, share):
    '''Whether a distance is the planted one, as far as 10,000 rows can tell for a value with this share.'''
    return abs(measured - constant) < planted.tolerance(10_000, share, against=10_000)


for span in ("S2", "S3", "S4"):
    assert near(drift["product"][span], planted.PRODUCT_DRIFT["S1", span], share=0.3)
    shift = abs(planted.LABEL_RATE["S1"] - planted.LABEL_RATE[span])
    assert near(drift["consumer_disputed"][span], shift, share=planted.LABEL_RATE["S1"])

assert near(steps["issue"]["S3"], planted.ISSUE_DRIFT["S2", "S3"], share=0.25)
takeover = planted.TAKEOVER_SHARE["S3"]
assert near(steps["company"]["S3"], planted.COMPANY_DRIFT["S2", "S3"], share=takeover)
for name, span in (("company", "S2"), ("consumer_disputed", "S2")):
    assert drift[name][span] < floors[name]  # inside the noise floor
""",
    },
    "04-102": {
        "tfdv_names_the_value_that_has_moved": """
assert moved["product"].moved == planted.PRODUCT_DRIFT_VALUE["S2", "S3"]
assert moved["company"].moved == planted.TAKEOVER
""",
    },
    "04-106": {
        "narratives_have_grown_to_the_planted_medians": """
assert length["S3"] > 2 * length["S2"]
for span, median in planted.MEDIAN_WORDS.items():
    assert abs(medians[span] - median) < planted.tolerance_median(10_000, median)
""",
    },
    "04-127": {
        "the_group_has_its_planted_share": """
assert abs(share - planted.FAIR_SHARE) < planted.tolerance(len(s1) // 2, planted.FAIR_SHARE)
""",
    },
    "04-132": {
        "the_bias_shows_in_the_group_and_has_the_planted_size": """
recorded = (biased_group.consumer_disputed == "1").mean()
allowed = planted.tolerance(len(biased_group), planted.UNDER_RECORDED_RATE)
assert in_group > group_floor
assert abs(recorded - planted.UNDER_RECORDED_RATE) < allowed
""",
    },
    "04-168": {
        "two_features_have_drifted_in_the_pipeline": """
split_floor = noise_floor(s1["product"], rows=6_600).high
alarms = artifacts.anomalies(distribution_validator.outputs["anomalies"].get()[0])
assert set(alarms["train_train"].anomaly_info) == {"product", "company"}
assert split_floor < 0.025
""",
    },
    "04-110": {
        "lengths_have_moved_within_the_products_by_the_planted_distance": """
smallest = s1["product"].value_counts().iloc[3]
assert abs(within - planted.LENGTH_KS) < planted.tolerance_ks(smallest, smallest)
assert by_chance < within / 2
""",
    },
    "05-013": {
        "both_skews_have_the_planted_size": """
assert abs(differs.mean() - planted.SKEW_PRODUCT) < planted.tolerance(len(s2), planted.SKEW_PRODUCT)
assert abs(lost.mean() - planted.ZIP_MASKED) < planted.tolerance(len(s2), planted.ZIP_MASKED)
""",
    },
    "05-018": {
        "skew_costs_auc_and_flags_and_hides_in_the_mean": """
right, length, everything = (effects[n] for n in ("as trained", "only length", "all of them"))
assert length.auc_change[1] < 0, "the wrong logarithm costs AUC"
assert length.mean < right.mean - 0.03, "and all predictions sink"
assert abs(everything.mean - right.mean) < 0.02, "together the errors nearly cancel in the mean"
assert everything.flagged < 0.7 * right.flagged, "but not in what is done with the predictions"
""",
    },
    "05-065": {
        "the_vocabulary_is_ordered_by_frequency_and_complete": """
assert counts[vocabulary].is_monotonic_decreasing and set(vocabulary) == set(counts.index)
""",
    },
    "05-092": {
        "a_number_misses_the_group_and_an_area_finds_it": """
eight = said[digit == "8"].mean()
noise = planted.tolerance(int((digit == "8").sum()), planted.FAIR_RATE[0])
assert abs(eight.observed - planted.FAIR_RATE[0]) < noise
assert eight["from the number"] < eight.observed - noise
assert eight["from the area"] > eight["from the number"] + 0.05
""",
    },
    "05-130": {
        "a_changed_specification_changes_transform_alone": """
was, now = artifacts.vocabularies(transform), artifacts.vocabularies(rerun.transform)
assert len(now[features.CATEGORIES]) < len(was[features.CATEGORIES])
assert not any(value.startswith("company=") for value in now[features.CATEGORIES])
assert all(result.cached for result in rerun if result.component.id != "Transform")
""",
    },
    "07-049": {
        "the_auc_lies_between_guessing_and_the_best_possible": """
assert area.low > 0.5, "better than guessing"
assert by_tfma["auc"] < planted.BAYES_AUC[1.0]["S1"]
""",
    },
    "10-050": {
        "beam_and_the_function_find_the_same_texts": """
def reported(component):
    (report,) = component.outputs["report"].get()
    files = sorted(Path(report.uri).glob("leaks*"))
    return sorted(line for file in files for line in file.read_text().splitlines())


assert reported(beam_audit) == reported(audit)
""",
    },
    "10-086": {
        "the_view_escapes_what_a_consumer_wrote": """
from IPython.utils.capture import capture_output
from tfx import v1 as tfx

hostile, hostile_report = "</script><img src=x onerror=alert(1)>", leak_audit.LeakReport()
hostile_report.uri = str(my_folder / "hostile")
Path(hostile_report.uri).mkdir(exist_ok=True)
leak_audit.write(hostile_report, hostile, [hostile])
with capture_output() as shown:
    context.show(tfx.dsl.Channel(type=leak_audit.LeakReport).set_artifacts([hostile_report]))
page = shown.outputs[0].data["text/html"]
assert "<img" not in page and page.count(html.escape(hostile)) == 2
""",
    },
    "10-126": {
        "a_failed_run_is_failed_in_ml_metadata": """
runs = store.get_executions_by_type(broken_gen.type)
broken_runs = [one for one in runs if "broken_scans" in str(one)]
assert {one.last_known_state for one in broken_runs} == {metadata_store_pb2.Execution.FAILED}
""",
    },
    "12-063": {
        "with_folders_of_this_machine_nothing_differs": """
own_nodes = create_components(config, config.input_base, config.pushed_models)
same_places = ir.read(compile_pipeline(own_nodes, "same_places.json"))
assert definitions.compare(here, definitions.of_compiled(same_places)).unexplained == ()
""",
        "the_calls_build_the_nodes_of_the_other_chapters": """
from utils.pipeline import components

theirs = compile_pipeline(list(components.build(config).values()), "shortcuts.json")
assert ir.read(theirs).spec == same_places.spec
""",
    },
    "13-021": {
        "wrong_labels_pull_the_rate_and_few_labels_leave_it_open": """
assert abs(by_pattern.right["crowd"] - 0.9) < 0.02
assert min(by_pattern.rate[name].low for name in ("crowd", "automatic")) > truth.mean()
assert by_pattern.labels["rating"] > by_pattern.labels["expert"]
""",
    },
    "13-046": {
        "the_last_weeks_only_look_better": """
weekly = views.by_week(joined).data
assert weekly.pending_as_0.iloc[-1] < 0.5 * weekly.pending_as_0.iloc[0]
assert weekly.known.is_monotonic_decreasing or weekly.known.iloc[-1] < 0.25
""",
    },
    "13-076": {
        "outcomes_only_come_in_and_few_are_missing_in_the_end": """
assert later[0]["known"] < later[21]["known"] < later[63]["known"]
assert later[0]["pending"] > 300 and len(known_of("S2")) - later[63]["known"] < 120
""",
    },
    "13-098": {
        "s2_calls_for_nothing_by_all_three": """
assert not triggers.performance(reference, (since_then.disputed, since_then.score)).fired
assert not triggers.schedule(arrivals.last_day("S1"), today, days=540).fired
""",
    },
    "13-111": {
        "drift_alone_speaks_in_s3_and_names_two_features": """
assert [one.fired for one in s3_decision.triggers] == [True, False, False]
assert all(name in s3_decision.triggers[0].reason for name in ("product", "company"))
""",
    },
    "13-115": {
        "a_low_bound_wakes_for_nothing_and_a_high_one_sleeps": """
assert by_bound[0.02] == {"S2": True, "S3": True} and not any(by_bound[0.2].values())
assert by_bound[bound] == {"S2": False, "S3": True}
""",
    },
    "13-129": {
        "what_the_loop_blesses_is_no_baseline_of_the_other_chapters": """
with context.metadata() as handle:
    pipelines = {one.name: one.id for one in handle.store.get_contexts_by_type("pipeline")}
    known = {one.id for one in handle.store.get_artifacts_by_context(pipelines["complaints"])}
assert s3_evaluator.outputs["blessing"].get()[0].id not in known
""",
    },
    "13-152": {
        "two_turns_were_finished_before": """
assert [one.fresh for one in turns] == [False, False, True]
""",
    },
    "13-166": {
        "the_old_model_ranks_worse_than_guessing_and_the_loop_recovers": """
assert measured["without the loop"]["S4"].value < 0.58 < measured["with the loop"]["S4"].low
assert abs(measured["without the loop"]["S3"].value - measured["without the loop"]["S1"].value) < 0.05
""",
    },
    "13-183": {
        "after_relief_hardly_anybody_is_called_and_most_disputes_vanish": """
by_kind = seen.groupby(kinds).mean()
assert all(by_kind.called[name] < 0.12 for name in relief)
assert recorded.disputed.mean() < 0.5 * s4.disputed.mean()
""",
    },
    "14-032": {
        "nothing_with_a_form_is_left_in_the_artifact": """
whole = "\\n".join(clean)
assert len(clean) == len(planted)
assert not [one for one in planted if one.kind != "name" and one.secret in whole]
""",
    },
    "14-126": {
        "the_trained_model_is_no_better_than_a_model_without_protection": """
assert by_trainer < open_auc + 0.01
""",
    },
    "15-062": {
        "the_trials_are_no_baseline_of_the_other_chapters": """
with context.metadata() as handle:
    pipelines = {one.name: one.id for one in handle.store.get_contexts_by_type("pipeline")}
    known = {one.id for one in handle.store.get_artifacts_by_context(pipelines["complaints"])}
verdicts = {one.outputs["blessing"].get()[0].id for one in judged.values()}
assert len(verdicts) == 2 and not verdicts & known
""",
    },
    "15-132": {
        "the_release_in_use_was_recorded_as_a_roll_back_to_the_first": """
last = history().iloc[-1]
assert (last.kind, last.version) == ("roll back", version_of(sklearn_pusher))
assert labels_now()["stable"] == last.version
""",
    },
}
"""Python by name, by the id of the cell that it follows."""

RAISES = {
    "01-008": r"InvalidDAGError: Cycle detected",
    "03-204": r"ComplaintsError: live\.csv has no column consumer_disputed",
    "03-218": r"ComponentFailed: BrokenInput .* lacks the column 'product'",
    "03-220": r"ComponentFailed: BrokenInput .* 5 fields where the header has 13",
    "03-222": r"ComponentFailed: BrokenInput .* not UTF-8 text",
    "03-224": r"ComponentFailed: BrokenInput .* unexpected end of data",
    "06-118": r"TrainingError: The encoder .* is not on this machine",
    "08-082": r"RequestError: NOT_FOUND: Servable not found",
    "08-105": r"RequestError: FAILED_PRECONDITION: Request to assign label",
    "09-017": r"(?s)RuntimeError: (Encountered unresolved custom op|Select TensorFlow op\(s\).*\(FlexParseExampleV2\))",
    "09-211": r"UnimplementedError: File system scheme 's3' not implemented",
    "09-319": r"ManifestError: kubernetes-validate .*'replica' was unexpected",
    "09-321": r"ManifestError: kubernetes-validate .*'two' is not of type 'integer'",
    "09-426": r"(?s)MonitoringError: promtool test rules .*exp:\[\], .*alertname=\"ManyErrors\"",
    "10-105": r"ComponentFailed: Unchanged .* the output 'cleaned' is the input 'examples'",
    "10-126": r"ComponentFailed: BrokenScanGen .* is not a PNG picture",
    "10-417": r"RowsError: The two tables hold different complaints",
    "10-510": r"CustomError: The file disagrees with its model",
    "10-518": r"ComponentFailed: PackModel .* not launchable",
    "12-054": r"IRError: broken\.json does not fit together: .*'Transform', which is missing",
    "12-071": r"NotImplementedError: The component type .*InfraValidator",
    "12-118": r"RuntimeError: Task .*score.* finished with status .*FAILURE",
    "13-065": r"SpoolFull: The spool spool\.jsonl holds 900 rows",
    "14-185": r"ValueError: .* doesn't hold a secret_key",
    "15-203": r"ValueError: The `save_format` argument is deprecated",
    "A-106": r"(?s)ManifestError: yamllint .*duplication of key \"replicas\"",
    "B-034": r"CloudError: python-hcl2 cannot parse broken\.tf",
    "B-165": r"CloudError: Nothing was run\. gcloud would act",
    "C-126": r"ManifestError: kubernetes-validate .*'restartPolicy' was unexpected",
}
"""By the id of a cell with the tag ``raises-exception``, its error: a regular expression for its name and text."""


def raised_as_told(cell: str, error: str) -> bool:
    """Tell whether a cell has raised what it is to raise.

    Args:
        cell: Its id.
        error: The error's name and text, as ``"ValueError: no number"``; empty where it raised none.

    Returns:
        Whether the error is that of :data:`RAISES`; for other cells, whether there is none.
    """
    return re.match(RAISES[cell], error) is not None if cell in RAISES else not error
