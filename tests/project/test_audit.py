from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from utils.environments.decisions import SetupError
from utils.project import audit

REPORT = {
    "dependencies": [
        {"name": "sound", "version": "1.0", "vulns": []},
        {
            "name": "old",
            "version": "2.1",
            "vulns": [
                {"id": "PYSEC-2026-1", "fix_versions": ["2.2"]},
                {"id": "X-2", "fix_versions": []},
            ],
        },
        {"name": "private", "skip_reason": "not found"},
    ]
}


def test_a_report_is_read() -> None:
    known, skipped = audit.read_report(json.dumps(REPORT))
    assert [(one.package, one.identifier) for one in known] == [
        ("old 2.1", "PYSEC-2026-1"),
        ("old 2.1", "X-2"),
    ]
    assert skipped == ["private"]
    assert "mended in 2.2" in audit.report(known)
    assert "not mended in any version" in audit.report(known)
    assert audit.report([]) == "no known vulnerability"


@pytest.mark.parametrize(
    "said", ["", "Traceback", '{"dependencies": [{"name": "a", "skip_reason": "-"}]}']
)
def test_a_database_that_is_not_reached_is_no_clean_bill(
    said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "some.txt"
    file.write_text("a==1 \\\n    --hash=sha256:0\n")
    monkeypatch.setattr(audit.side_environments, "invocation", lambda name, line: (line, {}))
    monkeypatch.setattr(
        audit.subprocess, "run", lambda *line, **how: subprocess.CompletedProcess(line, 1, said, "")
    )
    with pytest.raises(SetupError, match="cannot be reached"):
        audit.vulnerabilities(file)


def test_every_pinned_file_is_asked_about() -> None:
    names = {file.name for file in audit.requirements()}
    assert {"requirements.txt", "airflow.txt", "flink.txt", "audit.txt"} <= names


@pytest.mark.parametrize(
    ("licence", "copyleft"),
    [
        ("GPL-3.0-or-later", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-3.0", False),
        ("MIT", False),
    ],
)
def test_copyleft_is_marked(licence: str, copyleft: bool) -> None:
    assert bool(audit.COPYLEFT.search(licence)) == copyleft
