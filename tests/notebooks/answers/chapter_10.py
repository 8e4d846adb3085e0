"""Wrong answers to the exercises of chapter 10."""

_SHARE = """import tensorflow as tf
from tfx import v1 as tfx
from tfx.types import artifact_utils
from tfx.types.standard_artifacts import Examples


@tfx.dsl.components.component
def DisputeShare(
    examples: tfx.dsl.components.InputArtifact[Examples],
    split: tfx.dsl.components.Parameter[str],
) -> tfx.dsl.components.OutputDict(share=float):
    labels = []
    for name in {splits}:
        files = tf.io.gfile.glob(artifact_utils.get_split_uri([examples], name) + "/*")
        for record in tf.data.TFRecordDataset(files, "GZIP").as_numpy_iterator():
            row = tf.train.Example.FromString(record)
            labels += row.features.feature["consumer_disputed"].int64_list.value
    return {{"share": {share}}}


my_share = DisputeShare(examples=example_gen.outputs["examples"], split="eval")"""
_RUN_SHARE = "\ncontext.run(my_share, enable_cache=False)"

_SAMPLER = """import tensorflow as tf
from tfx import v1 as tfx
from tfx.dsl.components.base.base_component import BaseComponent
from tfx.dsl.components.base.base_executor import BaseExecutor
from tfx.dsl.components.base.executor_spec import ExecutorClassSpec
from tfx.types import artifact_utils
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter
from tfx.types.standard_artifacts import Examples


class SamplerSpec(ComponentSpec):
    INPUTS = {{"examples": ChannelParameter(type=Examples)}}
    OUTPUTS = {{"sample": ChannelParameter(type=Examples)}}
    PARAMETERS = {{"every": ExecutionParameter(type=int)}}


class SamplerExecutor(BaseExecutor):
    def Do(self, input_dict, output_dict, exec_properties):
        (examples,), (sample,) = input_dict["examples"], output_dict["sample"]
        {names}
        for split in artifact_utils.decode_split_names(examples.split_names):
            folder = Path(sample.uri, f"Split-{{split}}")
            folder.mkdir()
            records = [record for record, _ in leak_audit.read(examples, split, "product")]
            with tf.io.TFRecordWriter(str(folder / "rows.gz"), "GZIP") as file:
                for record in records[{slice}]:
                    file.write(record)


class Sampler(BaseComponent):
    SPEC_CLASS = SamplerSpec
    EXECUTOR_SPEC = ExecutorClassSpec(SamplerExecutor)

    def __init__(self, examples, every):
        sample = tfx.dsl.Channel(type=Examples)
        super().__init__(SamplerSpec(examples=examples, every=every, sample=sample))


my_sampler = Sampler(examples=example_gen.outputs["examples"], every=10)
context.run(my_sampler, enable_cache=False)"""
_NAMES = "sample.split_names = examples.split_names"

_LETTERS = """from pathlib import PurePath

import apache_beam as beam
import tensorflow as tf
from apache_beam.io import fileio
from tfx.components.example_gen.base_example_gen_executor import BaseExampleGenExecutor


def letter_to_example(file):
    example = tf.train.Example()
    feature = example.features.feature
    name = PurePath(file.metadata.path)
    {lines}
    return example


@beam.ptransform_fn
@beam.typehints.with_input_types(beam.Pipeline)
@beam.typehints.with_output_types(tf.train.Example)
def examples_from_letters(pipeline, exec_properties, split_pattern):
    pattern = f"{{exec_properties['input_base']}}/{{split_pattern}}"
    found = pipeline | fileio.MatchFiles(pattern) | fileio.ReadMatches()
    return found | beam.Map(letter_to_example)


class LetterExecutor(BaseExampleGenExecutor):
    def GetInputSourceToExamplePTransform(self):
        return examples_from_letters


my_letter_gen = FileBasedExampleGen(
    input_base=str(letters),
    custom_executor_spec=BeamExecutorSpec(LetterExecutor),
).with_id("LetterGen")
context.run(my_letter_gen, enable_cache=False)"""
_TEXT = 'feature["consumer_complaint_narrative"].bytes_list.value.append(file.read())'

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
    "10.1": [
        (_SHARE.format(splits="[split]", share="sum(labels) / len(labels)"), "Now run it"),
        (
            _SHARE.format(splits='["train", "eval"]', share="sum(labels) / len(labels)")
            + _RUN_SHARE,
            "in all splits together",
        ),
        (
            _SHARE.format(splits="[split]", share="float(sum(labels))") + _RUN_SHARE,
            "divide it by the number of rows",
        ),
        (
            _SHARE.format(splits="[split]", share="sum(labels) / len(labels)")
            + "\ncontext.run(my_share)",
            "the component has an older one",
        ),
    ],
    "10.2": [
        (_SAMPLER.format(names="", slice='::exec_properties["every"]'), "no split_names"),
        (
            _SAMPLER.format(names=_NAMES, slice=': exec_properties["every"]'),
            "every tenth",
        ),
    ],
    "10.5": [
        (
            "my_letter_gen = tfx.components.ImportExampleGen(input_base=str(letters))",
            "its executor is one of TFX's",
        ),
        (
            _LETTERS.format(
                lines='feature["complaint_id"].bytes_list.value.append(name.name.encode())\n    '
                + _TEXT
            ),
            "without its ending",
        ),
        (_LETTERS.format(lines=_TEXT), "no feature 'complaint_id'"),
    ],
    "10.3": [
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
    "10.4": [
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
