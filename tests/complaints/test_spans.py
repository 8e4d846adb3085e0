from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from utils import paths
from utils.complaints import spans
from utils.complaints.errors import ComplaintsError


@pytest.fixture(autouse=True)
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path))
    return tmp_path


def test_all_spans_lie_where_example_gen_looks(build: Path) -> None:
    made = spans.ensure_all(20, progress=False)
    assert list(made) == ["S1", "S2", "S3", "S4", "S5"]
    assert spans.base(20) == build / "complaints" / "20"
    assert sorted(spans.base(20).glob("S*/*.csv")) == sorted(made.values())
    assert all(path.name == "complaints.csv" for path in made.values())


def test_a_span_is_made_once_and_equals_the_committed_one() -> None:
    path = spans.ensure("S1", 2_000, progress=False)
    assert path.read_bytes() == (paths.DATA / "complaints" / "S1.csv").read_bytes()
    stamp = path.stat().st_mtime_ns
    assert spans.ensure("S1", 2_000, progress=False).stat().st_mtime_ns == stamp


@pytest.mark.parametrize("said", ['{"generator": "another"}', '{"genera', "\0"])
def test_data_of_another_generator_is_made_anew(said: str) -> None:
    path = spans.ensure("S2", 20, progress=False)
    good = path.read_bytes()
    path.write_text("made by something else\n")
    stamp = path.with_name(".complaints.csv.json")
    stamp.write_text(said)
    assert spans.ensure("S2", 20, progress=False).read_bytes() == good


def test_a_stamp_that_another_process_deletes_meanwhile_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = spans.ensure("S2", 20, progress=False)
    read_text = Path.read_text

    def late(stamp: Path, encoding: str) -> str:
        stamp.unlink(missing_ok=True)
        return read_text(stamp, encoding)

    monkeypatch.setattr(Path, "read_text", late)
    assert spans.ensure("S2", 20, progress=False) == path


def test_text_scales_do_not_share_a_folder(build: Path) -> None:
    weak = spans.ensure("S1", 200, text_scale=0.35, progress=False)
    assert weak == build / "complaints" / "200-text-0.35" / "S1" / "complaints.csv"
    assert weak.read_bytes() != spans.ensure("S1", 200, progress=False).read_bytes()


def test_two_processes_at_once_make_one_whole_file(build: Path) -> None:
    code = (
        "from utils.complaints import spans; p = spans.ensure('S1', 3000, progress=False); "
        "import hashlib; print(hashlib.sha256(p.read_bytes()).hexdigest())"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code], cwd=paths.ROOT, stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    results = {process.communicate()[0] for process in running}
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(results) == 1
    folder = build / "complaints" / "3000" / "S1"
    assert not [path for path in folder.iterdir() if path.suffix == ".tmp"]


def test_an_unknown_span_is_refused() -> None:
    with pytest.raises(ComplaintsError, match="no span 'S9'"):
        spans.ensure("S9", 20)
