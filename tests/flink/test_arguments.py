"""What components are told, read by Beam's own parser."""

import json

import pytest
from apache_beam.options import pipeline_options as options

from utils.flink import FlinkError, arguments


def test_the_cluster_here_is_understood():
    line = arguments.portable("127.0.0.1:8099", "/some where/boot", 2)
    read = options.PipelineOptions(line)
    portable = read.view_as(options.PortableOptions)
    assert read.view_as(options.StandardOptions).runner == "PortableRunner"
    assert portable.job_endpoint == "127.0.0.1:8099"
    assert portable.environment_type == "PROCESS"
    assert json.loads(portable.environment_config) == {"command": "/some where/boot"}
    assert arguments.parsed(line)["parallelism"] == 2


@pytest.mark.parametrize("name", arguments.ELSEWHERE)
def test_every_place_is_understood(name):
    place = arguments.ELSEWHERE[name]
    read = arguments.parsed(place.arguments)
    given = [one.removeprefix("--").partition("=")[0] for one in place.arguments]
    assert set(given) == set(read)
    assert place.server
    assert place.workers


def test_options_are_taken_in_every_form_that_beam_takes():
    assert arguments.parsed(["--runner", "FlinkRunner", "--no_use_public_ips"]) == {
        "runner": "FlinkRunner",
        "use_public_ips": False,
    }


def test_a_value_that_beam_refuses_is_told(capsys):
    with pytest.raises(FlinkError, match="argument --parallelism: invalid int value: 'many'"):
        arguments.parsed(["--parallelism=many"])
    assert capsys.readouterr() == ("", "")


def test_a_misspelt_option_is_refused():
    with pytest.raises(FlinkError, match=r"does not know --flink_mastr=x"):
        arguments.parsed(["--runner=FlinkRunner", "--flink_mastr=x"])
