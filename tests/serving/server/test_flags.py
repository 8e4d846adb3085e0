"""The flags are TensorFlow Serving's, in its own syntax."""

from __future__ import annotations

import pytest

from utils.serving.server import flags
from utils.serving.server.flags import FlagError


def test_flags_of_every_type():
    line = (
        "--port=8600 --rest_api_port 8601 --rest_api_timeout_in_ms=5000 --model_name=half --model_base_path=/m "
        "--grpc_channel_arguments=grpc.max_connection_age_ms=2000,grpc.lb_policy_name=grpclb --enable_batching "
        "--noenable_model_warmup --prefer_tflite_model=true --flush_filesystem_caches=false "
        "--per_process_gpu_memory_fraction=0.5 --load_retry_interval_micros=-1"
    )
    given = flags.parse(line.split())
    assert (given.port, given.rest_api_port, given.rest_api_timeout_in_ms) == (8600, 8601, 5000)
    assert (given.model_name, given.model_base_path) == ("half", "/m")
    assert (
        given.grpc_channel_arguments == "grpc.max_connection_age_ms=2000,grpc.lb_policy_name=grpclb"
    )
    assert given.enable_batching
    assert given.prefer_tflite_model
    assert not given.enable_model_warmup
    assert not given.flush_filesystem_caches
    assert given.per_process_gpu_memory_fraction == 0.5
    assert given.load_retry_interval_micros == -1


def test_a_flag_that_is_not_honoured_may_have_its_default():
    given = flags.parse(["--ssl_config_file=", "--use_alts_credentials=false"])
    assert given == flags.parse([])


def test_defaults_are_those_of_tensorflow_serving():
    given = flags.parse([])
    assert (given.port, given.rest_api_port, given.model_name) == (8500, 0, "default")
    assert (given.max_num_load_retries, given.load_retry_interval_micros) == (5, 60_000_000)
    assert given.file_system_poll_wait_seconds == 1
    assert given.enable_model_warmup
    assert not given.enable_batching
    assert given.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--rest_api_prt=1", "unknown argument: --rest_api_prt=1\nDid you mean '--rest_api_port'"),
        ("stray", "unknown argument: stray"),
        ("--port=many", "Couldn't interpret value many for flag port"),
        ("--rest_api_port=99999", "--rest_api_port=99999 is no port.\nIt takes 0 to 65535"),
        ("--port=-1", "--port=-1 is no port"),
        ("--enable_batching=yes", "Couldn't interpret value yes for flag enable_batching"),
        ("--noport", "unknown argument: --noport"),
        ("--model_name", "--model_name has no value"),
        ("--ssl_config_file=x", "The stand-in cannot honour --ssl_config_file"),
    ],
)
def test_a_flag_that_makes_no_sense_is_named(line, said):
    with pytest.raises(FlagError, match=said):
        flags.parse(line.split())


def test_the_usage_says_what_each_flag_does():
    usage = flags.usage()
    assert "--rest_api_port=0" in usage
    assert all(f"--{name}=" in usage for name in flags.without_effect() + flags.refused())
    assert usage.count("without effect") == len(flags.without_effect())
    assert usage.count("refused") == len(flags.refused())
