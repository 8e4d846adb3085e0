"""Rows for the log, and the writer that is killed."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

from utils.feedback import databases, loop
from utils.feedback.log import Outcome, Prediction, ServingLog
from utils.feedback.spool import Spool

ROWS = 300


def predictions(count: int = 3, day: str = "2016-01-01", version: int = 1) -> list[Prediction]:
    request = {"product": "Mortgage </script>", "state": None}
    return [
        Prediction(f"p{n}", f"c{n}", f"{day}T00:00:{n % 60:02d}", version, n / count, request)
        for n in range(count)
    ]


def outcome(
    prediction: str, disputed: bool, day: str, number: int = 0, arrived: str = ""
) -> Outcome:
    return Outcome(f"{prediction}/{day}/{number}", prediction, day, arrived or day, disputed)


def write_all(log: ServingLog, say: bool = False) -> None:
    """A loop of three turns, in small batches, which says after each what it has done."""

    def turn(name: str) -> dict[str, int]:
        for at in range(0, ROWS, 50):
            mine = [
                Prediction(f"{name}-{n}", f"{name}-{n}", "2016-01-01", 1, n / ROWS)
                for n in range(at, at + 50)
            ]
            log.predictions(mine)
            log.outcomes(outcome(one.prediction_id, one.score > 0.5, "2016-02-01") for one in mine)
            if say:
                print(name, at, flush=True)
                sys.stdin.readline()
        return {"rows": ROWS}

    loop.run(["S2", "S3", "S4"], turn, log)


def server(port: str, password: str) -> SimpleNamespace:
    return SimpleNamespace(
        host="127.0.0.1", port=int(port), user="team", password=password, name="feedback"
    )


def open_log(words: list[str]) -> ServingLog:
    """``sqlite FILE SPOOL`` or ``postgresql PORT PASSWORD SPOOL``."""
    kind, *where, spool = words
    if kind == "sqlite":
        database = databases.sqlite(Path(where[0]), seconds=10)
    else:
        database = databases.postgresql(server(*where))  # type: ignore[arg-type]
    return ServingLog(database, Spool(Path(spool)))


if __name__ == "__main__":
    if sys.argv[1] == "loop":
        write_all(open_log(sys.argv[2:]), say=True)
    else:
        print("ready", flush=True)
        sys.stdin.readline()
        mine = open_log(sys.argv[2:])
        new = [mine.predictions(predictions(400)[at : at + 20]).new for at in range(0, 400, 20)]
        print(sum(new), flush=True)
