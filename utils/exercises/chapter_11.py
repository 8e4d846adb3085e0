"""The exercises of chapter 11."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from utils import exporting
from utils.exercises import Verdict, exercise, not_yet, reading, yes
from utils.exercises.reading import AnswerForm

ADDED = "ExampleValidator"
"""Exercise 11.1: the component that is added."""

MY_DAG, DATA, ROOT = "my_complaints", "data/first", "airflow_store"
"""Exercise 11.2: the DAG's name, and the folders that it reads and writes."""

DOWN, MOST_RETRIES, LONGEST_PAUSE, SHORTEST_PAUSE = 2, 5, 5.0, 1.0
"""Exercise 11.3: how often the source is down, and the limits of a policy, in seconds where they are times."""

FLAKY = "exercise_11_3"
"""Exercise 11.3: the DAG that the policy is given to."""

WORKING_TIME, WORKING_DAYS = (5, 30), range(1, 6)
"""Exercise 11.4: hour and minute, and the days of the week from 1 for Monday."""

SEEN = 12
"""Exercise 11.4: how many dates are looked at, more than two weeks' worth."""

_FLAKY_DAG = '''\
"""Written by the check of exercise 11.3: a task that fails {down} times and then succeeds."""

import datetime

from airflow import DAG
from airflow.operators.python import PythonOperator


def ask(ti):
    if ti.try_number <= {down}:
        raise ConnectionError("The source is down.")


with DAG(
    {name!r}, schedule=None, start_date=datetime.datetime(2026, 1, 1), default_args={policy!r}
) as dag:
    PythonOperator(task_id="source", python_callable=ask)
'''

NEW_COLUMN = "sub_issue"
"""Exercise 11.7: the column that the model is to read as well."""

NEW_COMPONENT = "TransformedStatistics"
"""Exercise 11.8: the component that is to be added."""


@exercise("11.1")
def one_component_more(answer: Any, context: Any, *, store: Path, name: str) -> Verdict:
    """Check a pipeline with an ExampleValidator, which has run after the others were found in the cache.

    Args:
        answer: The reader's ``tfx.dsl.Pipeline``.
        context: The notebook's context; not used.
        store: The store that it was to run on.
        name: The name that it was to have.

    Returns:
        The verdict, by the pipeline and what ML Metadata has of its run.
    """
    from tfx import v1 as tfx

    from utils.orchestration import comparing

    if not isinstance(answer, tfx.dsl.Pipeline):
        raise AnswerForm("a pipeline, made by create_pipeline(...)", answer)
    nodes = {node.id: node for node in answer.components}
    if ADDED not in nodes:
        return not_yet(
            f"it has the components {', '.join(nodes)}: an {ADDED} is missing, or it is not put into the list."
        )
    if len(nodes) != 4:
        return not_yet(
            f"it has {len(nodes)} components: the three from before and {ADDED} make four."
        )
    for key, maker in (("statistics", "StatisticsGen"), ("schema", "SchemaGen")):
        if reading.producer(nodes[ADDED], key)[0] != maker:
            return not_yet(f"the input {key} of {ADDED} is to come from this pipeline's {maker}.")
    if answer.pipeline_info.pipeline_name != name:
        return not_yet(
            f"it is called {answer.pipeline_info.pipeline_name!r}, and the cache looks within one name only: use NAME."
        )
    records = answer.metadata_connection_config
    if records is None or Path(records.sqlite.filename_uri).parent != Path(store):
        return not_yet(
            "it keeps its records in another store, where there is nothing for the cache: use the one named."
        )
    done = comparing.executions(store)
    if ADDED not in set(done["component"]):
        return not_yet(
            "it is built as asked. Now run it, by tfx.orchestration.LocalDagRunner().run(my_pipeline), and ask again."
        )
    run = done[done["component"] == ADDED].iloc[-1]["run"]
    states = dict(done[done["run"] == run][["component", "state"]].itertuples(index=False))
    if states[ADDED] not in ("complete", "cached"):
        return not_yet(f"{ADDED} has not finished: its state is {states[ADDED]}.")
    fresh = sorted(node for node, state in states.items() if state == "complete" and node != ADDED)
    if fresh:
        return not_yet(
            f"{', '.join(fresh)} ran again although nothing had changed: read the same folder, and leave the cache on."
        )
    return yes(f"{len(states) - 1} components came from the cache, and only {ADDED} had to work.")


@exercise("11.2")
def a_dag(answer: Any, context: Any, *, server: Any) -> Verdict:
    """Check the text of a DAG file, by what Airflow makes of it.

    Args:
        answer: The reader's text.
        context: The notebook's context; not used.
        server: The Airflow that runs; it gets the file.

    Returns:
        The verdict.
    """
    from utils.files import atomic_text
    from utils.orchestration.errors import OrchestrationError

    text = reading.text(answer)
    if not text.strip():
        return not_yet("the text is empty: begin with the imports of complaints_dag.py.")
    try:
        compile(text, "my_dag", "exec")
    except SyntaxError as error:
        return not_yet(f"the text is no Python: {error.msg} (line {error.lineno}).")
    if not re.search(r"\bAirflowDagRunner\b", text):
        return not_yet(
            "nothing translates the pipeline into a DAG: AirflowDagRunner(...).run(pipeline) does."
        )
    if not re.search(rf"[\"']{MY_DAG}[\"']", text):
        return not_yet(
            f"the pipeline is to be called {MY_DAG!r}, which also becomes the DAG's name."
        )
    file = server.dags / "my_dag.py"
    with atomic_text(file) as opened:
        opened.write(text)
    try:
        found = server.wait_for_dag(MY_DAG, file, seconds=60)
    except OrchestrationError as error:
        if "cannot import" in error.what:
            return not_yet(error.what)
        return not_yet(
            f"Airflow finds no DAG {MY_DAG!r} in the file: keep what run(...) returns in a variable at the top level."
        )
    tasks = {
        one["task_id"]: one["downstream_task_ids"]
        for one in server.get(f"dags/{MY_DAG}/tasks")["tasks"]
    }
    if sorted(tasks) != ["ExampleGen", "SchemaGen", "StatisticsGen"]:
        return not_yet(f"the DAG has the tasks {', '.join(sorted(tasks))}: use create_components.")
    if found["schedule_interval"] is not None:
        return not_yet(
            f"Airflow would run it by itself ({found['timetable_description'].lower() or 'by a schedule'}): "
            "set schedule to None."
        )
    if found["max_active_runs"] != 1:
        return not_yet(
            f"{found['max_active_runs']} runs of it may be at work at once: max_active_runs is an argument of the DAG."
        )
    for folder in (DATA, ROOT):
        if not re.search(rf"\b{folder.rpartition('/')[2]}\b", text):
            return not_yet(f"the folder {folder!r} is not in it.")
    return yes(
        f"Airflow has read {len(tasks)} tasks, runs them when asked to, and never twice at once."
    )


@exercise("11.3")
def a_retry_policy(answer: Any, context: Any, *, server: Any) -> Verdict:
    """Check ``default_args`` by a task that fails twice, which Airflow runs with them.

    Args:
        answer: The reader's dictionary.
        context: The notebook's context; not used.
        server: The Airflow that runs.

    Returns:
        The verdict.
    """
    from utils.files import atomic_text
    from utils.orchestration import watching

    if not isinstance(answer, Mapping):
        raise AnswerForm("a dictionary, as default_args takes it", answer)
    policy = dict(answer)
    other = sorted(
        set(map(str, policy))
        - {"retries", "retry_delay", "retry_exponential_backoff", "max_retry_delay"}
    )
    if other:
        return not_yet(f"{other[0]!r} says nothing about retries.")
    retries = reading.whole(policy.get("retries", 0))
    if retries < DOWN:
        often = {1: "once", 2: "twice"}.get(retries + 1, f"{retries + 1} times")
        return not_yet(
            f"the source is down for {DOWN} attempts, and with retries={retries} it is tried only {often}."
        )
    if retries > MOST_RETRIES:
        return not_yet(f"{retries} retries are too many: a real failure would be noticed late.")
    pause = policy.get("retry_delay", timedelta(minutes=5))
    if not isinstance(pause, timedelta):
        return not_yet(
            "retry_delay is a length of time: give a timedelta, whose unit everybody can read."
        )
    if not SHORTEST_PAUSE <= pause.total_seconds() <= LONGEST_PAUSE:
        return not_yet(
            f"with a pause of {pause.total_seconds():g} s the task asks again "
            f"{'while the source is still down' if pause.total_seconds() < SHORTEST_PAUSE else 'too late'}"
            f"{'' if 'retry_delay' in policy else ' (that is what Airflow does when nothing is said)'}."
        )
    if not isinstance(policy.get("retry_exponential_backoff", False), bool):
        return not_yet("retry_exponential_backoff is True or False.")
    if not isinstance(policy.get("max_retry_delay", pause), timedelta):
        return not_yet("max_retry_delay is a timedelta, too.")
    file = server.dags / f"{FLAKY}.py"
    with atomic_text(file) as opened:
        opened.write(_FLAKY_DAG.format(down=DOWN, name=FLAKY, policy=policy))
    server.wait_for_dag(FLAKY, file)
    watched = watching.watch(server, FLAKY, server.trigger(FLAKY))
    if watched.state != "success":
        return not_yet(f"Airflow tried {watched.attempts('source')} times, and the run has failed.")
    return yes(
        f"Airflow tried {watched.attempts('source')} times, and the run took {watched.seconds:.0f} s."
    )


@exercise("11.4")
def working_days(answer: Any, context: Any) -> Verdict:
    """Check a cron expression by the dates that Airflow's timetable makes of it.

    Args:
        answer: The reader's expression.
        context: The notebook's context; not used.

    Returns:
        The verdict.
    """
    from utils.orchestration import schedules
    from utils.orchestration.errors import OrchestrationError

    expression = reading.text(answer).strip()
    if not expression.startswith("@") and len(expression.split()) != 5:
        return not_yet(
            f"a cron expression has five fields, and this one has {len(expression.split())}."
        )
    begin = datetime(2027, 1, 1, tzinfo=timezone.utc)
    try:
        dates = schedules.next_dates(expression, begin, SEEN)
    except OrchestrationError as error:
        return not_yet(f"{error.what} (The minute comes first, then the hour.)")
    times = {(one.hour, one.minute) for one in dates}
    wrong = sorted(times - {WORKING_TIME})
    if wrong:
        return not_yet(
            f"it would run at {wrong[0][0]:02d}:{wrong[0][1]:02d}, and it is to run at 05:30."
        )
    days = {one.isoweekday() for one in dates}
    if too_many := sorted(days - set(WORKING_DAYS)):
        return not_yet(
            f"it would also run on a {next(f'{one:%A}' for one in dates if one.isoweekday() == too_many[0])}."
        )
    if set(WORKING_DAYS) - days:
        return not_yet(
            f"it would run on {len(days)} of the seven days of the week, and there are five working days."
        )
    span = (dates[-1] - dates[0]).days
    if span > 7 * (SEEN // len(WORKING_DAYS) + 1):
        return not_yet("it does not run in every week: leave day of the month and month open.")
    return yes(f"the first of them is {dates[0]:%A, %d %B %Y, %H:%M} UTC.")


@exercise("11.5")
def the_longest_operator(answer: Any, context: Any, *, job: Any) -> Verdict:
    """Check which operator of a Flink job took longest.

    Args:
        answer: Its id, or its name, as Flink's REST interface has them.
        context: The notebook's context; not used.
        job: The job, as :func:`utils.flink.rest.job` returns it.

    Returns:
        The verdict, by the durations that Flink told.
    """
    given = reading.text(answer).strip()
    if not given:
        return not_yet(
            f"it is empty: give the id or the name of one of the job's {len(job.operators)} operators."
        )
    named = [one for one in job.operators if given in (one.id, one.name)]
    if not named:
        return not_yet(
            "no operator of this job has that id or that name: take it from the answer as it stands there."
        )
    longest = job.longest()
    took = max(one.seconds for one in named)
    if took < longest.seconds:
        last = max(one.began + one.seconds for one in job.operators)
        most = max(one.records for one in job.operators)
        also = next(
            (
                why
                for one in named
                for true, why in (
                    (one.records == most, "it had the most records, and that is another matter"),
                    (one.began + one.seconds == last, "it was the last to end, not the longest"),
                )
                if true
            ),
            "compare the durations",
        )
        return not_yet(f"it took {took:.1f} s, and another one took longer: {also}.")
    return yes(
        f"it took {took:.1f} s of the job's {job.seconds:.1f} s, and wrote {sum(longest.written.values()):,} records."
    )


@exercise("11.6")
def the_second_worker(answer: Any, context: Any, *, cluster: Any) -> Verdict:
    """Check the records that each worker has read in the newest job, which both had to work on.

    Args:
        answer: The reader's records by worker.
        context: The notebook's context; not used.
        cluster: The cluster, whose REST interface is asked.

    Returns:
        The verdict.
    """
    if not isinstance(answer, Mapping):
        raise AnswerForm("a dictionary with the number of records of each worker", answer)
    if not cluster.alive():
        return not_yet(
            "there is no cluster here to run a job on: look at what the cell that starts it said."
        )
    newest = cluster.jobs()[-1]
    given = {str(name): reading.whole(count) for name, count in answer.items()}
    if newest.state != "FINISHED":
        return not_yet(f"your last job has not finished: its state is {newest.state}.")
    most = max(one.parallelism for one in newest.operators)
    if most < 2:
        return not_yet(
            "the cluster's newest job ran with a parallelism of 1, so that every operator had one part, on one worker."
        )
    true = newest.read()
    if set(given) != set(true):
        named = ", ".join(sorted(given)) or "none"
        return not_yet(
            f"the workers of your last job are {', '.join(sorted(true))}, and you name {named}."
        )
    if given != true:
        written = {name: sum(one.written.get(name, 0) for one in newest.operators) for name in true}
        why = "those are the records that it wrote" if given == written else "add up all operators"
        wrong = next(name for name in sorted(true) if given[name] != true[name])
        return not_yet(f"{wrong} has not read {given[wrong]:,} records in your last job: {why}.")
    idle = [name for name, count in true.items() if not count]
    if idle:
        return not_yet(f"{idle[0]} has read no record.")
    first, second = (true[name] for name in sorted(true)[:2])
    return yes(
        f"of {first + second:,} records that were read, {second:,} were read by the second worker."
    )


@exercise("11.7")
def a_feature_in_the_project(answer: Any, context: Any, *, config: Any) -> Verdict:
    """Check that the model of the exported project reads one more column, by the project's own tests.

    Args:
        answer: The project's folder.
        context: The notebook's context; not used.
        config: The configuration that was exported.

    Returns:
        The verdict.
    """
    folder = _folder(answer)
    failed = _own_tests(folder, "tests/test_columns.py")
    if failed:
        return not_yet(f"the project's own tests say: {failed}")
    try:
        nodes = {node.id: node for node in exporting.pipeline(folder).components}
    except exporting.ExportError as error:
        return not_yet(error.what)
    told = [
        json.loads(nodes[name].exec_properties["custom_config"])["features"]
        for name in ("Transform", "Trainer")
    ]
    groups = ("categorical", "zip_code", "text", "numeric")
    before = config.features.as_dict() | {"numeric": []}
    for features in told:
        group = next((name for name in groups if NEW_COLUMN in features[name]), None)
        if group is None:
            return not_yet(
                f"the model does not read {NEW_COLUMN!r}: models/features.py names its columns."
            )
        if group != "categorical":
            return not_yet(
                f"{NEW_COLUMN!r} stands among {group.upper()}: it holds one of few values, so it is a category."
            )
        lost = [name for kind in groups for name in before[kind] if name not in features[kind]]
        if lost:
            return not_yet(f"{lost[0]!r} has gone: the new column joins the others.")
    return yes(
        f"Transform and Trainer are told of {NEW_COLUMN!r}, and the project's own tests agree."
    )


@exercise("11.8")
def a_component_in_the_project(answer: Any, context: Any) -> Verdict:
    """Check that the exported project's pipeline has one more component, which looks at the transformed examples.

    Args:
        answer: The project's folder.
        context: The notebook's context; not used.

    Returns:
        The verdict.
    """
    folder = _folder(answer)
    try:
        nodes = {node.id: node for node in exporting.pipeline(folder).components}
    except exporting.ExportError as error:
        return not_yet(error.what)
    if NEW_COMPONENT not in nodes:
        return not_yet(
            f"the pipeline has the components {', '.join(nodes)}, and no {NEW_COMPONENT!r}: with_id gives the name, "
            "and a component that is missing from the list at the end never runs."
        )
    node = nodes[NEW_COMPONENT]
    if type(node).__name__ != "StatisticsGen":
        return not_yet(f"{NEW_COMPONENT!r} is a {type(node).__name__}, which makes no statistics.")
    source, output = reading.producer(node, "examples")
    if (source, output) != ("Transform", "transformed_examples"):
        return not_yet(
            f"{NEW_COMPONENT!r} reads the {output or 'examples'} of {source or 'nobody'}, and the numbers that the "
            "model sees are those that Transform puts out."
        )
    return yes(
        f"every runner of the project now runs {len(nodes)} components, for all of them take the list from this file."
    )


def _folder(answer: Any) -> Path:
    """Read the project's folder."""
    if not isinstance(answer, (str, Path)):
        raise AnswerForm("the folder of the project, such as repository", answer)
    folder = Path(answer)
    if not (folder / "pipeline" / "pipeline.py").is_file():
        raise AnswerForm("the folder into which the project was exported", answer)
    return folder


def _own_tests(folder: Path, file: str) -> str:
    """Run tests of a project in a process of their own, and return what failed: empty where all pass."""
    line = [sys.executable, "-m", "pytest", "-q", "--color=no", "-p", "no:cacheprovider", file]
    # This environment has plugins of pytest that the project knows nothing of, and loading them takes seconds.
    alone = {**os.environ, "PYTHONPATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(line, cwd=folder, env=alone, capture_output=True, text=True)
    if not done.returncode:
        return ""
    failed = re.findall(r"^(?:FAILED|ERROR) (.*)", done.stdout, re.M)
    return "; ".join(failed) or done.stdout.strip()[-500:]
