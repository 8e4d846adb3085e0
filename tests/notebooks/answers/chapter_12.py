"""Wrong answers to the exercises of chapter 12."""

_SIZED = """my_nodes = create_components(config, data, f"{{BUCKET}}/models")
t4 = ResourceSpec.AcceleratorConfig(type="NVIDIA_TESLA_T4", count=2)
request_of_mine = ResourceSpec(cpu_limit=8, memory_limit={memory}, accelerator=t4)
[one.with_platform_config(request_of_mine) for one in my_nodes if one.id in {who}]
my_file = compile_pipeline(my_nodes, "mine.json")"""

_COMPONENT = """{before}@dsl.component(base_image=PYTHON_IMAGE, install_kfp_package=False)
def brier_score(scores: dsl.Input[dsl.Dataset]) -> float:
    {imports}
    labels, answers = np.loadtxt(scores.path, delimiter=",", unpack=True)
    return float({value})"""

_JOB = """my_job = aiplatform.PipelineJob(
    display_name="complaints",
    template_path=str(compiled_file),
    parameter_values={{"data": {data}}},
    {more}
    credentials=AnonymousCredentials(),
    **place,
)
my_request = vertex.capture(my_job{account})"""
_SECOND = 'f"{BUCKET}/data/S2"'
_NEVER = "enable_caching=False,"
_ACCOUNT = ", service_account=account"

WRONG = {
    "12.1": [
        ('my_tasks = set(spec.root.dag.tasks["Pusher"].dependent_tasks)', "each of them waits"),
        ("my_tasks = set(spec.root.dag.tasks)", "need not wait for itself"),
        (
            'my_tasks = set(spec.root.dag.tasks) - {"Pusher"}',
            "can start while ExampleValidator",
        ),
        (
            """my_tasks, found = set(), {"Trainer", "Evaluator"}
while found:
    my_tasks |= found
    found = {
        needed for name in found for needed in spec.root.dag.tasks[name].dependent_tasks
    } - my_tasks
my_tasks -= {"LatestBlessedModel-model-blessing-resolver"}""",
            "LatestBlessedModel-model-blessing-resolver is missing",
        ),
    ],
    "12.2": [
        (_SIZED.format(memory=30, who='("Transform",)'), "but Transform does"),
        (_SIZED.format(memory=30, who='("Trainer", "Evaluator")'), "only the Trainer is to ask"),
        (
            _SIZED.format(memory=30e9, who='("Trainer",)'),
            "the unit of memory_limit is the gigabyte",
        ),
        ('my_file = my_folder / "nowhere.json"', "cannot be read"),
    ],
    "12.3": [
        ('my_finding = ("Pusher", "push_destination")', "is what it was"),
        ('my_finding = ("Trainer", "password")', "has no parameter 'password'"),
    ],
    "12.4": [
        (
            _COMPONENT.format(
                before="import numpy as np\n\n\n",
                imports="pass",
                value="np.mean((labels - answers) ** 2)",
            ),
            "import inside it",
        ),
        (
            _COMPONENT.format(
                before="",
                imports="import numpy as np",
                value="np.mean(abs(labels - answers))",
            ),
            "each difference is to be squared",
        ),
        (
            "def brier_score(scores: dsl.Input[dsl.Dataset]) -> float:\n    return 0.0",
            "made by @dsl.component",
        ),
    ],
    "12.5": [
        (_JOB.format(data=_SECOND, more="", account=_ACCOUNT), "enable_caching is an argument"),
        (_JOB.format(data=_SECOND, more=_NEVER, account=""), "the default account of the project"),
        (_JOB.format(data='"S2"', more=_NEVER, account=_ACCOUNT), "it would read S2"),
    ],
}
