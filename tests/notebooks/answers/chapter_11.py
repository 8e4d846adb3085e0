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
        ('my_policy = {"retries": 1, "retry_delay": timedelta(seconds=2)}', "only 2 in all"),
        ('my_policy = {"retries": 2}', "when nothing is said"),
        ('my_policy = {"retries": 2, "retry_delay": 2}', "give a timedelta"),
    ],
    "11.4": [
        ('my_schedule = "5 30 * * 1-5"', "Airflow refuses the schedule"),
        ('my_schedule = "30 5 * * *"', "it would also run on a Saturday"),
    ],
}
