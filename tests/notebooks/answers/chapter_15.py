"""Wrong answers to the exercises of chapter 15."""

_NETWORK = '''my_code = """

from sklearn.neural_network import MLPClassifier


def fit_network(x, y, settings):
    return MLPClassifier({hidden}, max_iter=1, random_state=42).fit(x[:500], y[:500])


def layers_of_network(model):
    return list(zip(model.coefs_, model.intercepts_, strict=True))


FRAMEWORKS["wrong network"] = fit_network, layers_of_network, score_sklearn
"""
my_module = my_folder / "wrong_network.py"
my_module.write_text(module_file.read_text() + my_code)
my_trainer = tfx.components.Trainer(
    module_file=str(my_module),
    **shared,
    custom_config={{"framework": "wrong network", "features": features}},
).with_id("WrongTrainer")'''

_STACK = """def roll_back(history):
    stable = [entry["version"] for entry in history if entry["label"] == "stable"]
    {line}"""

_TEST = """def my_test(predict, complaints):
    together = predict(complaints)
    {line}"""

WRONG = {
    "15.1": [
        ("my_trainer = sklearn_trainer", "a LogisticRegression and no MLPClassifier"),
        (_NETWORK.format(hidden="(8,)"), "Now run it"),
        (
            _NETWORK.format(hidden="(16,)") + "\ntrial_context.run(my_trainer)",
            "one of 8 units is asked for",
        ),
        ("my_trainer = 'JAX'", "a component, built by"),
    ],
    "15.2": [
        (
            _STACK.format(line="return stable[-2] if len(stable) > 1 else None"),
            "then a roll back to 101, there is nothing to go back to",
        ),
        (
            _STACK.format(
                line="others = [one for one in stable if one != stable[-1]]\n"
                "    return others[-1] if others else None"
            ),
            "there is nothing to go back to, and your function says '102'",
        ),
        (
            "def roll_back(history):\n    return history[-2]['version']",
            "then canary of 102, there is nothing to go back to",
        ),
        ("roll_back = '101'", "a function, to be called as roll_back(history)"),
    ],
    "15.3": [
        (_TEST.format(line="assert 0.0 < together.mean() < 0.5"), "it passes for"),
        (
            _TEST.format(
                line="alone = [predict([one])[0] for one in complaints]\n"
                "    assert (together == alone).all()"
            ),
            "which has no fault",
        ),
        (
            _TEST.format(
                line="alone = [predict([one])[0] for one in complaints]\n"
                "    return abs(together - alone).max() < 1e-5"
            ),
            "it returns a truth value",
        ),
        (_TEST.format(line="assert together.max() != 0.9"), "it passes for"),
    ],
    "15.4": [
        (
            'mended = hurried.replace("runs-in", "runs-on").replace(\n'
            '    "    environment", "    timeout-minutes: 9\\n    environment"\n)',
            "dangerous-triggers",
        ),
        ("mended = workflow", "no longer prints the title"),
        (
            'mended = workflow.replace("      - run: make test\\n", "      - run: make tests\\n")',
            "the job test no longer runs 'make test'",
        ),
        (
            'mended = workflow.replace("    needs: test\\n", "").replace(\n'
            '    "      - run: make test\\n",\n'
            '    "      - env:\\n          TITLE: ${{ github.event.pull_request.title }}\\n"\n'
            '    "        run: echo \\"$TITLE\\"\\n      - run: make test\\n",\n)',
            "does not wait for the job test",
        ),
    ],
}
