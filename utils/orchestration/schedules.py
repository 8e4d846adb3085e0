"""The next dates of a schedule, by Airflow's own timetables."""

from __future__ import annotations

import json
from datetime import datetime

from utils import paths, side_environments
from utils.orchestration.airflow import ENVIRONMENT, install
from utils.orchestration.errors import OrchestrationError

_PROGRAM = """
import json, sys
from datetime import datetime, timezone
from airflow.timetables.base import TimeRestriction
from airflow.timetables.interval import CronDataIntervalTimetable
import pendulum
expression, begin, count = json.loads(sys.argv[1])
timetable = CronDataIntervalTimetable(expression, pendulum.timezone("UTC"))
timetable.validate()
start = pendulum.instance(datetime.fromisoformat(begin))
restriction = TimeRestriction(earliest=start, latest=None, catchup=True)
interval, found = None, []
for _ in range(count):
    info = timetable.next_dagrun_info(last_automated_data_interval=interval, restriction=restriction)
    interval = info.data_interval
    found.append(info.run_after.isoformat())
print("DATES " + json.dumps(found))
"""


def next_dates(expression: str, begin: datetime, count: int = 5) -> list[datetime]:
    """Return when Airflow would start the next runs of a DAG, each at the end of its interval.

    Args:
        expression: Five fields of cron, or a preset such as ``"@weekly"``, in UTC.
        begin: The DAG's ``start_date``, with its time zone.
        count: How many dates.

    Returns:
        The dates, in UTC.

    Raises:
        OrchestrationError: If Airflow refuses the expression.
    """
    install()
    folder = paths.build() / "side"
    order = json.dumps([expression, begin.isoformat(), count])
    env = {"AIRFLOW_HOME": str(folder / "airflow-home"), "PYTHONWARNINGS": "ignore"}
    try:
        done = side_environments.run(ENVIRONMENT, ["python", "-c", _PROGRAM, order], folder, env)
    except RuntimeError as error:
        last = str(error).strip().splitlines()[-1]
        raise OrchestrationError(f"Airflow refuses the schedule {expression!r}: {last}") from error
    (line,) = [one for one in done.stdout.splitlines() if one.startswith("DATES ")]
    return [datetime.fromisoformat(one) for one in json.loads(line.removeprefix("DATES "))]
