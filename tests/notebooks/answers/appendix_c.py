"""Wrong answers to the exercises of appendix C."""

_OPEN = "store = metadata_store.MetadataStore(sqlite(str(metadata_file)))\n"
_SCHEMA = 'my_schema = tfdv.load_schema_text(str(project / "schema.pbtxt"))\n'
_CLAIM = "my_claim = yaml.safe_load(claim_file.read_text())\n"
_NEED = "need = 30 * sum(one.bytes for one in items) // 2**20 + 1\n"
_STORAGE = 'my_claim["spec"]["resources"]["requests"]["storage"] = '
_RUNBOOK = """my_runbook = {{
    "no file": ("CsvExampleGen", "data"),
    "no column": ({component!r}, {who!r}),
    "no disk": ("CsvExampleGen", {platform!r}),
}}"""

WRONG = {
    "C.1": [
        (
            'my_words = ["pipeline", "update", "--engine=local", "--pipeline-name=complaints"]',
            "No such option",
        ),
        (
            'my_words = ["pipeline", "update", "--pipeline-path=nightly_runner.py"]',
            "take Kubeflow because kfp is installed",
        ),
        (
            'my_words = ["pipeline", "create", "--engine=local", "--pipeline-path=nightly_runner.py"]',
            "the command is tfx pipeline update",
        ),
    ],
    "C.2": [
        (
            f"{_OPEN}my_cached = {{e.id for e in store.get_executions() if e.last_known_state != e.FAILED}}",
            "the cache had no part in it",
        ),
        (
            f"{_OPEN}my_cached = [e.id for e in store.get_executions() if e.last_known_state == e.CACHED][:1]",
            "more executions came from the cache",
        ),
    ],
    "C.3": [
        (
            _RUNBOOK.format(component="Transform", who="code", platform="platform"),
            "would code help",
        ),
        (_RUNBOOK.format(component="SchemaGen", who="data", platform="platform"), "had finished"),
        (_RUNBOOK.format(component="Transform", who="data", platform="data"), "would data help"),
    ],
    "C.4": [
        (
            f'{_SCHEMA}tfdv.get_feature(my_schema, "product").domain = ""',
            "every word would be accepted",
        ),
        (
            f'{_SCHEMA}tfdv.get_domain(my_schema, "product").value.append("Credit card or prepaid card")',
            "TFDV still finds",
        ),
        (
            f'{_SCHEMA}tfdv.get_domain(my_schema, "product").value.extend([*set(newer["product"]), "Bananas"])',
            "nothing like it has come",
        ),
    ],
    "C.5": [
        (f'{_CLAIM}{_STORAGE}"five"', "asks for 0 Mi"),
        (f'{_CLAIM}my_claim["spec"]["accessModes"] = "ReadWriteMany"', "schema refuses it"),
        (
            f'{_CLAIM}{_NEED}{_STORAGE}f"{{need}}Mi"\nmy_claim["spec"]["accessModes"] = ["ReadWriteOnce"]',
            "one node only",
        ),
    ],
}
