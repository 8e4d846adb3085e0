"""Fingerprints change with all code that a component loads, and what was edited is loaded anew at run time."""

import importlib
import json
import shutil
import subprocess
import sys

import pytest
from google.protobuf import json_format
from tfx.proto import example_gen_pb2
from tfx.utils import import_utils

from utils import paths
from utils.complaints import schema
from utils.pipeline import components, custom_config, fingerprint
from utils.pipeline.config import PipelineConfig

MODULES = "utils.pipeline.modules"


def test_a_fingerprint_is_short_and_the_same_each_time():
    first = fingerprint.fingerprint(f"{MODULES}.trainer")
    assert len(first) == 16
    assert first == fingerprint.fingerprint(f"{MODULES}.trainer")
    assert first != fingerprint.fingerprint(f"{MODULES}.features")


def test_all_modules_that_one_loads_count():
    """What Python itself loads says which modules those are."""
    names = ["csv_executor", "modules.transform", "modules.trainer", "modules.tuner"]
    code = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module(name)\n"
        "    print(*(n for n, m in sys.modules.items() if n[:6] == 'utils.' and not hasattr(m, '__path__')))\n"
    )
    names = [f"utils.pipeline.{name}" for name in names]
    command = [sys.executable, "-c", code, *names]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=True)
    counted: set[str] = set()
    for name, loaded in zip(names, done.stdout.splitlines()[-len(names) :], strict=True):
        counted |= set(fingerprint.files(name))
        assert name in loaded.split()
        assert set(loaded.split()) <= counted
    assert "utils.complaints.schema" in fingerprint.files(names[0])
    assert f"{MODULES}.warm_start" in fingerprint.files(names[-1])


@pytest.mark.parametrize(
    "statement",
    [
        "import house.floor.other",
        "from house.floor import other",
        "from house.floor.other import x",
        "from . import other",
        "from .other import x",
        "from ..floor import other",
        "def later():\n    from . import other",
        "from . import between",
    ],
)
def test_a_fingerprint_follows_an_edit_however_it_is_imported(tmp_path, monkeypatch, statement):
    monkeypatch.setattr(fingerprint, "ROOT", tmp_path)
    folder = tmp_path / "house" / "floor"
    folder.mkdir(parents=True)
    (folder / "one.py").write_text(f"import json\n{statement}\n")
    (folder / "between.py").write_text("from . import other, one\n")
    (folder / "other.py").write_text("x = 1\n")
    (folder / "apart.py").write_text("x = 1\n")
    before = fingerprint.fingerprint("house.floor.one")
    (folder / "apart.py").write_text("x = 2\n")
    assert fingerprint.fingerprint("house.floor.one") == before
    (folder / "other.py").write_text("x = 2\n")
    assert fingerprint.fingerprint("house.floor.one") != before


def test_a_stamp_changes_what_names_our_code_and_nothing_else():
    config = PipelineConfig(input_base=str(paths.DATA / "complaints"), pattern="S{SPAN}.csv")
    plain, stamped = components.build(config), components.build(config)
    for _ in range(2):
        for node in stamped.values():
            fingerprint.stamp(node)
    changed = [
        name
        for name, node in plain.items()
        if node.exec_properties != stamped[name].exec_properties
    ]
    assert changed == ["example_gen", "transform", "trainer"]
    for name in ("transform", "trainer"):
        before, after = (
            json.loads(nodes[name].exec_properties["custom_config"]) for nodes in (plain, stamped)
        )
        assert after == {**before, "code": fingerprint.fingerprint(f"{MODULES}.{name}")}
    options = custom_config.unpack(stamped["example_gen"].exec_properties["custom_config"])
    assert options == {"code": fingerprint.fingerprint("utils.pipeline.csv_executor")}


def test_a_stamp_keeps_what_an_example_gen_was_told():
    config = PipelineConfig(label_as_text=True, groups=(), slices=())
    node = components.example_gen(config)
    told = custom_config.unpack(node.exec_properties["custom_config"])
    assert told == {"labelled_only": False, "label_as_text": True, "groups": []}
    fingerprint.stamp(node)
    options = custom_config.unpack(node.exec_properties["custom_config"])
    assert options == {**told, "code": options["code"]}


def test_building_loads_nothing_anew():
    config = PipelineConfig(input_base=str(paths.DATA / "complaints"), pattern="S{SPAN}.csv")
    kept = {name: vars(module).copy() for name, module in sys.modules.items() if MODULES in name}
    assert kept
    components.build(config)
    for name, values in kept.items():
        assert all(vars(sys.modules[name])[key] is value for key, value in values.items()), name


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the modules that TFX loads, as a package of its own."""
    folder = tmp_path / "copied" / "modules"
    shutil.copytree(paths.ROOT / "utils" / "pipeline" / "modules", folder)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "copied"]:
        del sys.modules[name]


def load(module, function):
    """What TFX does before each run of a component."""
    return import_utils.import_func_from_module(f"copied.modules.{module}", function)


@pytest.mark.parametrize(
    ("module", "function", "part"),
    [
        ("transform", "preprocessing_fn", "features"),
        ("transform", "preprocessing_fn", "terms"),
        ("trainer", "run_fn", "features"),
        ("trainer", "run_fn", "warm_start"),
        ("tuner", "tuner_fn", "trainer"),
        ("tuner", "tuner_fn", "features"),
    ],
)
def test_an_edited_part_is_loaded_anew_when_tfx_loads_the_whole(copy, module, function, part):
    importlib.import_module(f"copied.modules.{part}")
    with (copy / f"{part}.py").open("a") as file:
        file.write("\nEDITED = 'once'\n")
    load(module, function)
    assert sys.modules[f"copied.modules.{part}"].EDITED == "once"
    with (copy / f"{part}.py").open("a") as file:
        file.write("\nEDITED = 'and again'\n")
    load(module, function)
    assert sys.modules[f"copied.modules.{part}"].EDITED == "and again"


def test_what_was_not_edited_stays_as_it_is(copy):
    load("transform", "preprocessing_fn")
    before = sys.modules["copied.modules.terms"].Counts
    load("transform", "preprocessing_fn")
    assert sys.modules["copied.modules.terms"].Counts is before


EXECUTOR_RUNS = """
import importlib, json, sys
from pathlib import Path
from tfx.types import standard_artifacts

module, executor, edited, edit, settings = json.loads(sys.argv[1])
module = importlib.import_module(f"utils.{module}")
loaded = vars(module)[executor]

def run():
    examples = standard_artifacts.Examples()
    examples.uri, examples.split_names = str(Path("examples").absolute()), '["train"]'
    loaded().Do({}, {"examples": [examples]}, settings)

run()
assert vars(module)[executor] is loaded
with Path("utils", f"{edited}.py").open("a") as file:
    file.write(edit)
for _ in range(2):
    try:
        run()
    except Exception as error:
        print(str(error).splitlines()[0])
assert vars(module)[executor] is not loaded
"""


@pytest.mark.parametrize(
    ("module", "executor", "edited", "edit", "error"),
    [
        pytest.param("pipeline.csv_executor", "Executor", "complaints/schema",
         "COLUMNS = (*COLUMNS, 'edited')", "lacks the column 'edited'", marks=pytest.mark.heavy),
        ("pipeline.csv_executor", "Executor", "complaints/csvio",
         "def separator(line): return '|'", "is separated by vertical bars, not by commas"),
        pytest.param("pipeline.csv_executor", "Executor", "complaints/readers",
         "def not_csv(head): return 'was edited'", "S1.csv was edited.", marks=pytest.mark.heavy),
        pytest.param("ingestion.query_gen", "DatabaseExecutor", "ingestion/records",
         "def to_example(row): raise ValueError('was edited')", "was edited", marks=pytest.mark.heavy),
    ],
    ids=["schema", "csvio", "readers", "a query's records"],
)  # fmt: skip
def test_an_edited_executor_runs_as_edited(tmp_path, module, executor, edited, edit, error):
    """ExampleGen's executors are found among what is loaded: they look after themselves, and what they import."""
    shutil.copytree(paths.ROOT / "utils", tmp_path / "utils")
    rows = (schema.COLUMNS, "1" * len(schema.COLUMNS))
    (tmp_path / "S1.csv").write_text("".join(f"{','.join(row)}\n" for row in rows))
    database = {"module": "sqlite3", "connect": {"database": ":memory:"}}
    pattern = "SELECT 1 AS one" if "query" in module else "S1.csv"
    settings = {
        "input_base": str(tmp_path),
        "input_config": json.dumps({"splits": [{"name": "train", "pattern": pattern}]}),
        "output_config": "{}",
        "output_data_format": example_gen_pb2.FORMAT_TF_EXAMPLE,
        "output_file_format": example_gen_pb2.FORMAT_TFRECORDS_GZIP,
        "custom_config": json_format.MessageToJson(custom_config.pack(database)),
    }
    given = json.dumps([module, executor, edited, f"\n{edit}\n", settings])
    done = subprocess.run(
        [sys.executable, "-c", EXECUTOR_RUNS, given],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert [error in line for line in done.stdout.splitlines()[-2:]] == [True, True], done.stdout
