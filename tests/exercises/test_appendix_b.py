"""What the checks of appendix B say of answers of another kind; the rest is answered in the notebook's copy."""

from __future__ import annotations

import pytest

from tests.cloud import files
from utils.cloud.terraform import Block, Configuration
from utils.exercises import appendix_b, reading

CLUSTER = Configuration(
    (
        Block("variable", "var.project", {"type": "string"}, "variables.tf"),
        Block("output", "output.pipeline_root", {"value": "gs://mine/runs"}, "outputs.tf"),
    ),
    files.VALUES,
)


def test_other_kinds_of_answers_are_refused_with_what_was_expected() -> None:
    with pytest.raises(reading.AnswerForm, match="a text"):
        appendix_b.a_bucket_for_the_server(3, None, folder=None, values={})
    with pytest.raises(reading.AnswerForm, match="one manifest"):
        appendix_b.the_pods_side("a: 1\n---\nb: 2", None, cluster=CLUSTER)
    with pytest.raises(reading.AnswerForm, match="a list of texts"):
        appendix_b.options_for_dataflow("--runner=DataflowRunner", None, cluster=CLUSTER)
    assert "no YAML" in appendix_b.the_pods_side("a: [", None, cluster=CLUSTER).reason


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--runner=FnApiRunner"], "would not run on Dataflow"),
        (["--runner=DataflowRunner"], "a folder in the pipeline's bucket"),
        (["--runner=DataflowRunner", "--temp_location=gs://yours/tmp"], "the pipeline's bucket"),
        (["--max_num_workers=few"], "argument --max_num_workers: invalid int value: 'few'"),
        (["--runner=DataflowRunner", "--max_workers=3"], "does not know --max_workers"),
    ],
)
def test_options_are_refused_before_beam_would_ask_google(options: list[str], reason: str) -> None:
    assert reason in appendix_b.options_for_dataflow(options, None, cluster=CLUSTER).reason


def test_yaml_with_a_day_that_does_not_exist_is_no_yaml() -> None:
    assert "no YAML" in appendix_b.the_pods_side("a: 2026-99-99", None, cluster=CLUSTER).reason
