"""Wrong answers to the exercises of chapter 11."""

_FEATURE = """features_file.write_text(
    as_exported.replace({old!r}, {new!r})
)"""
_CATEGORIES = "CATEGORICAL: tuple[str, ...] = ("

_COMPONENT = '''component = """    transformed_statistics = tfx.components.StatisticsGen(
        examples={examples}
    ){name}

"""
pipeline_file.write_text(
    built.replace("    trainer =", component + "    trainer =").replace({old!r}, {new!r})
)'''
_TRANSFORMED = 'transform.outputs["transformed_examples"]'
_NAME = '.with_id("TransformedStatistics")'
_IN_LIST = {
    "old": "            trainer,\n",
    "new": "            transformed_statistics, trainer,\n",
}

WRONG = {
    "11.5": [
        (
            _FEATURE.format(old=_CATEGORIES, new=f'{_CATEGORIES}\n    "sub_isue",'),
            "test_the_files_have_what_the_settings_name",
        ),
        (
            _FEATURE.format(old=_CATEGORIES, new=f'{_CATEGORIES}\n    "consumer_disputed",'),
            "test_the_model_sees_neither_label_nor_key",
        ),
        (
            _FEATURE.format(
                old='("consumer_complaint_narrative",)',
                new='("consumer_complaint_narrative", "sub_issue")',
            ),
            "one of few values",
        ),
    ],
    "11.6": [
        (
            _COMPONENT.format(examples=_TRANSFORMED, name=_NAME, old=" ", new=" "),
            "missing from the list",
        ),
        (
            _COMPONENT.format(examples='example_gen.outputs["examples"]', name=_NAME, **_IN_LIST),
            "the numbers that the model sees",
        ),
        (_COMPONENT.format(examples=_TRANSFORMED, name="", **_IN_LIST), "cannot be built"),
    ],
}
