"""Wrong answers to the exercises of chapter 11."""

_MINE = """mine = create_components(str(data / "first"))
validator = tfx.components.ExampleValidator(
    statistics=mine[1].outputs["statistics"], schema=mine[2].outputs["schema"]
)
"""

_DAG = """my_dag = '''
from datetime import datetime
from pathlib import Path

from complaints_pipeline import create_components, create_pipeline
from tfx.orchestration.airflow.airflow_dag_runner import AirflowDagRunner, AirflowPipelineConfig

FOLDER = Path(__file__).resolve().parents[1]
components = create_components(str(FOLDER / "data/first"))
pipeline = create_pipeline("my_complaints", FOLDER / "airflow_store", components)
options = {options}
DAG = AirflowDagRunner(AirflowPipelineConfig(options)).run(pipeline)
'''"""

_FEATURE = """features_file.write_text(
    as_exported.replace({old!r}, {new!r})
)"""
_CATEGORIES = "CATEGORICAL: tuple[str, ...] = ("

_COMPONENT = '''component = """    transformed_statistics = tfx.components.StatisticsGen(
        examples={examples}
    ){name}

"""
pipeline_file.write_text(
    built.replace("    trainer =", component + "    trainer =").replace({old!r}, {new!r})
)'''
_TRANSFORMED = 'transform.outputs["transformed_examples"]'
_NAME = '.with_id("TransformedStatistics")'
_IN_LIST = {
    "old": "            trainer,\n",
    "new": "            transformed_statistics, trainer,\n",
}

WRONG = {
    "11.1": [
        (f'{_MINE}my_pipeline = create_pipeline(NAME, stores["local"], mine)', "is missing"),
        (
            f'{_MINE}my_pipeline = create_pipeline("mine", stores["local"], [*mine, validator])',
            "within one name only",
        ),
        (
            f'{_MINE}my_pipeline = create_pipeline(NAME, stores["beam"], [*mine, validator])',
            "in another store",
        ),
    ],
    "11.2": [
        (
            _DAG.format(options='{"schedule": "@daily", "start_date": datetime(2099, 1, 1)}'),
            "set schedule to None",
        ),
        (
            _DAG.format(options='{"schedule": None, "start_date": datetime(2026, 1, 1)}'),
            "may be at work at once",
        ),
        ("my_dag = 'from complaints_pipeline import create_pipeline'", "AirflowDagRunner"),
    ],
    "11.3": [
        ('my_policy = {"retries": 1, "retry_delay": timedelta(seconds=2)}', "only twice"),
        ('my_policy = {"retries": 2}', "when nothing is said"),
        ('my_policy = {"retries": 2, "retry_delay": 2}', "give a timedelta"),
    ],
    "11.4": [
        ('my_schedule = "5 30 * * 1-5"', "Airflow refuses the schedule"),
        ('my_schedule = "30 5 * * *"', "it would also run on a Saturday"),
    ],
    "11.5": [
        (
            "my_operator = max(job.operators, key=lambda one: one.records).id",
            "another one took longer",
        ),
        ('my_operator = "StatisticsGen"', "no operator of this job"),
    ],
    "11.6": [
        ("my_records = cluster.jobs()[-1].read()", "a parallelism of 1"),
        (
            "count_remainders(cluster.arguments(parallelism=2))\n"
            "my_records = {}\n"
            "for one in cluster.jobs()[-1].operators:\n"
            "    for worker, count in one.written.items():\n"
            "        my_records[worker] = my_records.get(worker, 0) + count",
            "the records that it wrote",
        ),
    ],
    "11.7": [
        (
            _FEATURE.format(old=_CATEGORIES, new=f'{_CATEGORIES}\n    "sub_isue",'),
            "test_the_files_have_what_the_settings_name",
        ),
        (
            _FEATURE.format(old=_CATEGORIES, new=f'{_CATEGORIES}\n    "consumer_disputed",'),
            "test_the_model_sees_neither_label_nor_key",
        ),
        (
            _FEATURE.format(
                old='("consumer_complaint_narrative",)',
                new='("consumer_complaint_narrative", "sub_issue")',
            ),
            "one of few values",
        ),
    ],
    "11.8": [
        (
            _COMPONENT.format(examples=_TRANSFORMED, name=_NAME, old=" ", new=" "),
            "missing from the list",
        ),
        (
            _COMPONENT.format(examples='example_gen.outputs["examples"]', name=_NAME, **_IN_LIST),
            "the numbers that the model sees",
        ),
        (_COMPONENT.format(examples=_TRANSFORMED, name="", **_IN_LIST), "cannot be built"),
    ],
}
