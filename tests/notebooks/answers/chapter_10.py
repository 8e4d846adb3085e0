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
    "10.3": [
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
}
