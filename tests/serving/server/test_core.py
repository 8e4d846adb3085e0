"""Configurations, versions that come and go, and labels, over a running stand-in."""

from __future__ import annotations

import shutil
import threading

import numpy as np
import pytest
from tensorflow_serving.apis import model_management_pb2

from tests.serving import tiny
from utils.serving import load
from utils.serving.errors import RequestError
from utils.serving.server import config
from utils.serving.server.flags import Flags
from utils.serving.server.stand_in import StandIn
from utils.serving.server.status import StatusError

X = {"x": np.array([2.0], np.float32)}


def model(base_path, more="", name="half"):
    return f'name: "{name}" base_path: "{base_path}" {more}'


def specific(*versions):
    return f"model_version_policy {{ specific {{ {' '.join(f'versions: {one}' for one in versions)} }} }}"


def reload(one, *models):
    one.grpc.reload(str(tiny.config(*models)))


def test_a_new_version_is_found_and_replaces_the_old_one(exported, tmp_path):
    tiny.put(exported / "two", tmp_path, 1)
    with tiny.running(model_name="half", model_base_path=str(tmp_path)) as one:
        assert one.grpc.predict("half", X).outputs["y"].tolist() == [3.0]
        tiny.put(exported / "three", tmp_path, 2)
        one.wait(lambda: [v.state for v in one.server.core.manager.states("half")] == [30, 50])
        assert one.states("half") == {1: "END", 2: "AVAILABLE"}
        answer = one.grpc.predict("half", X)
        assert (answer.version, answer.outputs["y"].tolist()) == (2, [4.0])
        with pytest.raises(
            RequestError, match=r"NOT_FOUND: Servable not found for request: Specific\(half, 1\)"
        ):
            one.grpc.predict("half", X, version=1)
        shutil.rmtree(tmp_path / "2")
        one.wait(lambda: one.server.core.manager.serves("half", 1))
        assert one.grpc.predict("half", X).version == 1


def test_roll_back_by_another_configuration(exported, tmp_path):
    for number, name in ((1, "two"), (2, "three")):
        tiny.put(exported / name, tmp_path, number)
    with tiny.running(model_name="half", model_base_path=str(tmp_path)) as one:
        assert one.states("half") == {2: "AVAILABLE"}
        reload(one, model(tmp_path, specific(1)))
        one.wait(lambda: not one.server.core.manager.serves("half", 2))
        assert one.grpc.predict("half", X).outputs["y"].tolist() == [3.0]
        reload(one, model(tmp_path, "model_version_policy { all {} }"))
        one.wait(lambda: one.server.core.manager.serves("half", 2))
        one.wait(lambda: one.server.core.manager.serves("half", 1))
        assert one.grpc.predict("half", X).version == 2


def test_labels_name_versions_that_are_available(exported, tmp_path):
    for number, name in ((1, "two"), (2, "three"), (3, "two")):
        tiny.put(exported / name, tmp_path, number)
    with tiny.running(model_name="half", model_base_path=str(tmp_path)) as one:
        both, stable = specific(1, 2), 'version_labels {{ key: "stable" value: {} }}'
        with pytest.raises(
            RequestError, match="FAILED_PRECONDITION: Request to assign label to version 1 of model"
        ):
            reload(one, model(tmp_path, both + stable.format(1)))
        reload(one, model(tmp_path, both))
        one.wait(lambda: all(one.server.core.manager.serves("half", number) for number in (1, 2)))
        reload(one, model(tmp_path, both + stable.format(1)))
        assert one.grpc.predict("half", X, label="stable").version == 1
        reload(one, model(tmp_path, both + stable.format(2)))
        assert one.grpc.predict("half", X, label="stable").version == 2


def test_new_labels_of_versions_that_are_not_available_need_a_flag(exported, tmp_path):
    tiny.put(exported / "two", tmp_path, 1)
    models = tmp_path / "models.txt"
    label = 'version_labels { key: "stable" value: 1 }'
    models.write_text(str(tiny.config(model(tmp_path, label))))
    with (
        pytest.raises(StatusError, match="Request to assign label"),
        tiny.running(model_config_file=str(models)),
    ):
        pass
    flags = {"allow_version_labels_for_unavailable_models": True, "model_config_file": str(models)}
    with tiny.running(**flags) as one:
        assert one.grpc.predict("half", X, label="stable").version == 1
        with pytest.raises(RequestError, match="Request to assign label to version 7"):
            reload(one, model(tmp_path, 'version_labels { key: "stable" value: 7 }'))


def test_models_come_and_go_with_the_configuration(exported, tmp_path):
    tiny.put(exported / "two", tmp_path / "half", 1)
    tiny.put(exported / "three", tmp_path / "other", 5)
    with tiny.running(model_name="half", model_base_path=str(tmp_path / "half")) as one:
        reload(one, model(tmp_path / "half"), model(tmp_path / "other", name="other"))
        assert one.grpc.predict("other", X).version == 5
        reload(one, model(tmp_path / "other", name="other"))
        one.wait(lambda: not one.server.core.manager.serves("half"))
        with pytest.raises(RequestError, match="Servable not found"):
            one.grpc.predict("half", X)
        assert one.states("half") == {1: "END"}


def test_a_reload_tells_how_metrics_have_changed(exported, tmp_path):
    tiny.put(exported / "two", tmp_path / "half", 1)
    with tiny.running(model_name="half", model_base_path=str(tmp_path / "half")) as one:
        request = model_management_pb2.ReloadConfigRequest(
            config=tiny.config(model(tmp_path / "half"))
        )
        if not hasattr(request, "metric_names"):
            pytest.skip("this version of the interface has no metrics in it")
        request.metric_names.extend(["/tensorflow/cc/saved_model/load_attempt_count", "/none"])
        response = one.grpc.call(one.grpc.model.HandleReloadConfigRequest, request)
        assert response.status.error_code == 0
        assert {metric.name: metric.int64_value_increase for metric in response.metric} == {
            "/tensorflow/cc/saved_model/load_attempt_count": 0,
            "/none": 0,
        }


def test_a_configuration_file_is_read_again(exported, tmp_path):
    tiny.put(exported / "two", tmp_path / "half", 1)
    tiny.put(exported / "three", tmp_path / "other", 1)
    models = tmp_path / "models.txt"
    models.write_text(str(tiny.config(model(tmp_path / "half"))))
    flags = {"model_config_file": str(models), "model_config_file_poll_wait_seconds": 1}
    with tiny.running(**flags) as one:
        models.write_text("broken")
        assert one.grpc.predict("half", X).version == 1
        models.write_text(str(tiny.config(model(tmp_path / "other", name="other"))))
        one.wait(lambda: one.server.core.manager.serves("other"))
        assert one.grpc.predict("other", X).outputs["y"].tolist() == [4.0]


def test_without_polling_a_configuration_file_is_read_once(exported, tmp_path):
    tiny.put(exported / "two", tmp_path / "half", 1)
    models = tmp_path / "models.txt"
    models.write_text(str(tiny.config(model(tmp_path / "half"))))
    flags = {"model_config_file": str(models), "model_config_file_poll_wait_seconds": 0}
    with tiny.running(**flags) as one:
        assert len(one.server.core._threads) == 1, "it looks for versions, and not for the file"
        models.write_text(str(tiny.config(model(tmp_path / "half", name="other"))))
        assert one.grpc.predict("half", X).version == 1


def test_without_polling_nothing_is_looked_for_again(exported, tmp_path):
    tiny.put(exported / "two", tmp_path, 1)
    with tiny.running(model_base_path=str(tmp_path), file_system_poll_wait_seconds=0) as one:
        assert one.server.core._threads == []
        tiny.put(exported / "three", tmp_path, 2)
        assert one.grpc.predict("default", X).version == 1


def test_the_server_waits_for_a_first_version(exported, tmp_path):
    server = StandIn(Flags(port=1, model_base_path=str(tmp_path / "later")))
    server.core.manager._retries = 0
    started = threading.Thread(target=server.core.start)
    started.start()
    tiny.put(exported / "two", tmp_path / "later", 1)
    started.join(30)
    assert server.core.manager.serves("default", 1)
    server.close()


def test_a_version_that_cannot_be_loaded(exported, tmp_path):
    (tmp_path / "7").mkdir()
    with (
        pytest.raises(
            StatusError,
            match=r"UNKNOWN: 1 model\(s\) did not become available.*NOT_FOUND: Could not find",
        ),
        tiny.running(model_base_path=str(tmp_path), max_num_load_retries=0),
    ):
        pass
    shutil.rmtree(tmp_path / "7")
    tiny.put(exported / "two", tmp_path, 1)
    with tiny.running(model_base_path=str(tmp_path), max_num_load_retries=0) as one:
        (tmp_path / "part").mkdir()
        (tmp_path / "part" / "saved_model.pb").write_bytes(b"broken")
        (tmp_path / "part").rename(tmp_path / "2")
        one.wait(lambda: [v.state for v in one.server.core.manager.states("default")] == [50, 30])
        broken, served = one.rest.get("/v1/models/default")["model_version_status"]
        assert (broken["version"], broken["state"], served["state"]) == ("2", "END", "AVAILABLE")
        assert broken["status"]["error_code"] == "DATA_LOSS"
        assert "saved_model.pb" in broken["status"]["error_message"]
        assert one.grpc.predict("default", X).version == 1


def test_a_tag_that_is_not_there(exported, tmp_path):
    tiny.put(exported / "two", tmp_path, 1)
    with (
        pytest.raises(StatusError, match="'gpu'"),
        tiny.running(model_base_path=str(tmp_path), max_num_load_retries=0, saved_model_tags="gpu"),
    ):
        pass


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ([model("/m"), model("/n")], "Illegal to list model half multiple times in config list"),
        ([model("m")], r"Expected model half to have an absolute path or URI; got base_path\(\)=m"),
    ],
)
def test_configurations_that_make_no_sense(models, said):
    with pytest.raises(StatusError, match=said):
        config.validate(tiny.config(*models))


def test_a_platform_must_be_named_and_be_tensorflow():
    nameless = tiny.config(model("/m"))
    nameless.model_config_list.config[0].model_platform = ""
    with pytest.raises(StatusError, match="Illegal setting neither"):
        config.validate(nameless)
    nameless.model_config_list.config[0].model_type = 1
    config.validate(nameless)
    nameless.model_config_list.config[0].model_platform = "caffe"
    with pytest.raises(StatusError, match="Model half requests unsupported platform caffe"):
        config.validate(nameless)
    config.validate(tiny.config(model("s3://bucket/half")))


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"port": 0}, "At least one of port or grpc_socket_path"),
        ({"batching_parameters_file": "/x"}, "without setting enable_batching to true"),
        (
            dict.fromkeys(
                [f"tensorflow_{kind}_parallelism" for kind in ("session", "intra_op", "inter_op")],
                1,
            ),
            "Either configure tensorflow_session_parallelism",
        ),
    ],
)
def test_flags_that_contradict_each_other(flags, said):
    with pytest.raises(StatusError, match=said):
        StandIn(Flags(**{"port": 1, "model_base_path": "/m", **flags}))


def test_flags_that_name_no_model():
    with pytest.raises(StatusError, match="Both model_base_path and model_config_file are empty"):
        config.read(Flags())


def test_a_port_that_is_taken(served, tmp_path, exported):
    tiny.put(exported / "two", tmp_path, 1)
    port = int(served.address.rpartition(":")[2])
    with (
        pytest.raises(StatusError, match=f"127.0.0.1:{port} is already in use"),
        tiny.running(port=port, model_base_path=str(tmp_path)),
    ):
        pass
    port = int(served.url.rpartition(":")[2])
    with (
        pytest.raises(StatusError, match=f"127.0.0.1:{port}.*already in use"),
        tiny.running(rest_api_port=port, model_base_path=str(tmp_path)),
    ):
        pass


def test_batching_over_the_wire(exported, tmp_path):
    for number, name in ((1, "two"), (2, "three")):
        tiny.put(exported / name, tmp_path, number)
    models, parameters = tmp_path / "models.txt", tmp_path / "batching.txt"
    models.write_text(str(tiny.config(model(tmp_path, specific(1, 2)))))
    parameters.write_text(
        "max_batch_size { value: 4 } batch_timeout_micros { value: 20000 } num_batch_threads { value: 2 } "
        "allowed_batch_sizes: 2 allowed_batch_sizes: 4"
    )
    flags = {"model_config_file": str(models), "batching_parameters_file": str(parameters)}
    with tiny.running(enable_batching=True, **flags) as one:

        def ask(number):
            wanted = 1 + number % 2
            name = ("serving_default", "two")[number // 2 % 2]
            given = np.array([number], np.float32)
            inputs = {"x": given} if name == "serving_default" else {"a": given, "b": given}
            answer = one.grpc.predict("half", inputs, signature_name=name, version=wanted)
            expected = number / 2 + 1 + wanted if name == "serving_default" else 2 * number
            value = answer.outputs["y" if name == "serving_default" else "sum"]
            return answer.version == wanted and value.tolist() == [expected]

        done = load.run(lambda: ask, requests=200, clients=8)
        assert (done.answers, done.errors) == ({True: 200}, {})
        runs = one.server.core.metrics.batches._value.get()
        assert 50 <= runs < 200, "several requests shared a run"
        with pytest.raises(
            RequestError, match="Task size 5 is larger than maximum input batch size 4"
        ):
            one.grpc.predict("half", {"x": np.ones(5, np.float32)})
        with pytest.raises(RequestError, match="Batched output tensor has 0 dimensions"):
            one.grpc.predict("half", X, signature_name="no_rows")
        assert one.rest.predict("half", instances=[2.0], version=1) == [3.0]
        found = one.rest.regress("half", [{"x": 2.0}], signature_name="regress_x_to_y")
        assert found == [4.0]


def test_each_model_may_say_how_it_is_batched(exported, tmp_path):
    folder = tiny.put(exported / "two", tmp_path / "part", 1)
    (folder / "batching_params.pbtxt").write_text("max_batch_size { value: 2 }")
    folder.rename(tmp_path / "1")
    flags = {"enable_batching": True, "enable_per_model_batching_parameters": True}
    with (
        tiny.running(model_base_path=str(tmp_path), **flags) as one,
        pytest.raises(RequestError, match="larger than maximum input batch size 2"),
    ):
        one.grpc.predict("default", {"x": np.ones(3, np.float32)})
