"""Views of compiled pipelines show what stands in the file."""

from kfp import compiler, dsl

from utils.orchestration.kubeflow import ir, trial, views


def test_each_task_has_its_kind_image_and_cache(compiled_file):
    rows = views.pipeline(ir.read(compiled_file)).data.set_index("task")
    assert rows.loc["Trainer", "kind"] == "container"
    assert rows.loc["Trainer", "image"] == "an/image:1"
    assert rows.loc["Trainer", "cache"] == "yes"
    assert rows.loc["LatestBlessedModel-model-resolver", "kind"] == "resolver"
    assert rows.loc["LatestBlessedModel-model-resolver", "needs"] == (
        "LatestBlessedModel-model-blessing-resolver"
    )


def test_what_a_task_is_given_names_the_makers(compiled_file):
    rows = views.parameters(ir.read(compiled_file), "Pusher").data.set_index("name")
    assert rows.loc["model", "from"] == "Trainer"
    assert rows.loc["push_destination", "from"] == "the pipeline"


def test_resources_of_either_compiler_are_written_alike(tmp_path):
    @dsl.pipeline(name="asking")
    def asking(rows: list):
        task = trial.given_rows(rows=rows)
        task.set_cpu_limit("2").set_memory_limit("8G").set_caching_options(False)

    compiler.Compiler().compile(asking, str(tmp_path / "asking.yaml"))
    (row,) = views.pipeline(ir.read(tmp_path / "asking.yaml")).data.to_dict("records")
    assert (row["resources"], row["cache"]) == ("2 CPU, 8 GB", "no")
