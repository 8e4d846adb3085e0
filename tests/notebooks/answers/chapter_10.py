"""Wrong answers to the exercises of chapter 10."""

_GOOD_ENOUGH = """@tfx.dsl.components.component
def GoodEnough(
    comparison: InputArtifact[ModelComparison],
    margin: Parameter[float],
    blessing: OutputArtifact[ModelBlessing],
):
    blessing.set_int_custom_property("blessed", int({rule}))


good_enough = GoodEnough(comparison={given}.outputs["comparison"], margin=0.02)"""

_FOUR_EYES = """@tfx.dsl.components.component
def FourEyes(
    first: InputArtifact[ModelBlessing],
    second: InputArtifact[ModelBlessing],
    blessing: OutputArtifact[ModelBlessing],
):
    yes = [one.get_int_custom_property("blessed") == 1 for one in (first, second)]
    people = [one.get_string_custom_property("by") for one in (first, second)]
    blessing.set_int_custom_property("blessed", int({rule}))


four_eyes = FourEyes(first=at_night.outputs["blessing"], second=by_day.outputs["blessing"])"""

_LITE_GATE = """@tfx.dsl.components.component
def LiteGate(
    model: InputArtifact[Model],
    lite_model: InputArtifact[Model],
    examples: InputArtifact[Examples],
    tolerance: Parameter[float],
    blessing: OutputArtifact[{kind}],
):
    {body}


lite_gate = LiteGate(
    model=new_trainer.outputs["model"],
    lite_model=lite_export.outputs["lite_model"],
    examples=ready.example_gen.outputs["examples"],
    tolerance=1e-5,
)"""
_INFRA = "tfx.types.standard_artifacts.InfraBlessing"
_ON_AVERAGE = """judged, whole = rows.read_examples(examples), ExportedModel(model.uri)
    transformed = lite.inputs(whole.transform(rows.complaints(judged)))
    file = next(Path(lite_model.uri).rglob("*.tflite")).read_bytes()
    apart = (rows.score(whole, judged) - lite.scores(file, transformed)).mean()
    blessing.set_int_custom_property("blessed", int(apart <= tolerance))"""

WRONG = {
    "10.4": [
        (
            _GOOD_ENOUGH.format(rule="comparison.low > 0", given="compare_wide"),
            "from -0.01 to +0.05 it should say 1, and says 0",
        ),
        (
            _GOOD_ENOUGH.format(rule="comparison.high >= -margin", given="compare_wide"),
            "from -0.03 to +0.05 it should say 0, and says 1",
        ),
        (
            _GOOD_ENOUGH.format(rule="comparison.low >= -margin", given="compare"),
            "is not the output comparison of CompareWide",
        ),
        (
            _GOOD_ENOUGH.format(rule="comparison.low >= -margin", given="compare_wide"),
            "Now run it",
        ),
        ("good_enough = CompareModels", "a component that is built"),
    ],
    "10.5": [
        (_FOUR_EYES.format(rule="all(yes)"), "yes from Ada and yes from Ada it should say 0"),
        (_FOUR_EYES.format(rule="people[0] != people[1]"), "and no from Grace it should say 0"),
    ],
    "10.6": [
        (
            _LITE_GATE.format(kind=_INFRA, body='blessing.set_int_custom_property("blessed", 1)'),
            "which the largest of all differences exceeds",
        ),
        (_LITE_GATE.format(kind=_INFRA, body=_ON_AVERAGE), "it should say 0, and says 1"),
        (_LITE_GATE.format(kind="ModelBlessing", body="pass"), "not InfraBlessing"),
    ],
}
