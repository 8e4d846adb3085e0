"""The configuration: pleasant to change, impossible to misspell."""

import json
import math

import pytest

from utils.pipeline.config import (
    STRATEGIES,
    ConfigError,
    Features,
    Group,
    ModelSpec,
    PipelineConfig,
    Search,
    Thresholds,
    check_strategy,
)


def test_json_gives_back_an_equal_configuration():
    config = PipelineConfig(
        span=(1, 3),
        splits={"train": 6, "eval": 2, "test": 2},
        extra_columns=("resolution_code",),
        features=Features().plus("resolution_code").without("state"),
        model=ModelSpec(layers=(16,), epochs=2),
        groups=(Group(values=("CA", "NY"), inside="coast"),),
        slices=("product", ("product", "state_group")),
    )
    again = PipelineConfig.from_dict(json.loads(json.dumps(config.as_dict())))
    assert again == config
    assert hash(again) == hash(config)
    assert again.splits == (("train", 6), ("eval", 2), ("test", 2))
    assert isinstance(again.features, Features)
    assert isinstance(again.groups[0], Group)


def test_json_may_leave_values_out():
    config = PipelineConfig.from_dict({"model": {"epochs": 1}})
    assert config.model == ModelSpec(epochs=1)
    assert config.features == Features()


def test_replace_leaves_the_original_alone():
    config = PipelineConfig()
    smaller = config.replace(model=config.model.replace(layers=[8]))
    assert smaller.model.layers == (8,)
    assert config == PipelineConfig()


def test_features_can_be_left_out_kept_and_added():
    features = Features()
    assert "state" not in features.without("state").columns
    assert features.only("product", "zip_code").columns == ("product", "zip_code")
    assert features.plus("state_group").categorical[-1] == "state_group"


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: PipelineConfig(features=Features().plus("produkt")), "mean 'product'"),
        (lambda: PipelineConfig(features=Features().plus("resolution_code")), "extra_columns"),
        (lambda: PipelineConfig(features=Features().plus("consumer_disputed")), "must not see"),
        (lambda: PipelineConfig(features=Features().plus("product")), "twice"),
        (lambda: PipelineConfig(features="state"), "Features(...)"),
        (lambda: PipelineConfig(slices=("prodct",)), "mean 'product'"),
        (lambda: PipelineConfig(slices=(("product", "stat"),)), "mean 'state'"),
        (lambda: PipelineConfig(splits={"train": 2}), "'eval'"),
        (lambda: PipelineConfig(splits={"train": 2, "eval": 0.5}), "whole number"),
        (lambda: PipelineConfig(splits=7), "names and shares"),
        (lambda: PipelineConfig(span="S1"), "a number such as 1"),
        (lambda: PipelineConfig(span=(3, 1)), "from the first span to the last"),
        (lambda: PipelineConfig(span=1, pattern="*.csv"), "{SPAN}"),
        (lambda: PipelineConfig(span=(1, 3), pattern="S{SPAN:x}/*.csv"), "whole number, 1 or more"),
        (lambda: PipelineConfig(span=None, pattern="S{SPAN:0}/*.csv"), "whole number, 1 or more"),
        (lambda: PipelineConfig(span=12, pattern="S{SPAN:1}/*.csv"), "2 or more"),
        (lambda: PipelineConfig(span=None, pattern=None), "give a text"),
        (lambda: PipelineConfig(seed=-1), "0 or more"),
        (lambda: PipelineConfig(seed=0.0), "whole number"),
        (lambda: PipelineConfig(seed=2**32), "4294967295 at most"),
        (lambda: PipelineConfig(groups=(Group(), Group(values=("CA",)))), "overwrite"),
        (lambda: PipelineConfig(extra_columns=("state_group",)), "overwrite"),
        (lambda: PipelineConfig(groups=Group()), "give a tuple"),
        (lambda: PipelineConfig().replace(slices=None), "give a tuple"),
        (lambda: PipelineConfig.from_dict([]), "give a dictionary"),
        (lambda: PipelineConfig.from_dict(None), "give a dictionary"),
        (lambda: PipelineConfig(groups=(Group(column="stat"),)), "mean 'state'"),
        (lambda: PipelineConfig(extra_columns="resolution_code"), "tuple of names"),
        (lambda: PipelineConfig().replace(fetures=1), "mean 'features'"),
        (lambda: PipelineConfig.from_dict({"modell": {}}), "mean 'model'"),
        (lambda: Group(name="state"), "another name"),
        (lambda: Group(values=()), "no values"),
        (lambda: Group(inside=1, outside=0), "inside of a group is 1: give a text"),
        (lambda: Features(categorical="product"), "tuple of names"),
        (lambda: Features(categorical=(), zip_code=(), text=()), "at least one"),
        (lambda: Features(text_terms=0), "1 or more"),
        (lambda: Features().without("stat"), "mean 'state'"),
        (lambda: Features().only("zip"), "There are product"),
        (lambda: Thresholds(min_auc=2), "between 0 and 1"),
        (lambda: Thresholds(max_auc_drop=-0.1), "between 0 and 1"),
        (lambda: Thresholds(fairness=()), "at least one number"),
        (lambda: ModelSpec(layers=()), "at least one hidden layer"),
        (lambda: ModelSpec(layers=(8, 0)), "at least one hidden layer"),
        (lambda: ModelSpec(dropout=1), "below 1"),
        (lambda: ModelSpec(learning_rate=0), "positive"),
        (lambda: ModelSpec(learning_rate=math.nan), "positive"),
        (lambda: ModelSpec(learning_rate=math.inf), "positive"),
        (lambda: ModelSpec(l2=math.nan), "positive"),
        (lambda: ModelSpec(l2=10**400), "positive"),
        (lambda: ModelSpec(epochs=True), "whole number"),
    ],
)
def test_a_wrong_value_is_named_with_its_cure(build, words):
    with pytest.raises(ConfigError) as caught:
        build()
    assert words in str(caught.value)


def test_a_pair_of_spans_becomes_a_pattern():
    assert PipelineConfig(span=(1, 3)).input_pattern == "S[1-3]/*.csv"
    assert PipelineConfig(span=2).input_pattern == "S{SPAN}/*.csv"
    assert PipelineConfig(span=(1, 3), pattern="S{SPAN:1}.csv").input_pattern == "S[1-3].csv"
    assert PipelineConfig(span=(1, 3), pattern="S{SPAN:3}.csv").input_pattern == "S00[1-3].csv"
    assert PipelineConfig(seed=2**32 - 1).seed == 4_294_967_295


def test_the_text_shows_every_value_and_what_differs_from_the_default():
    config = PipelineConfig()
    changed = config.replace(thresholds=config.thresholds.replace(min_auc=0.7))
    assert "(default:" not in repr(config)
    assert "0.7   (default: 0.6)" in repr(changed)
    for name in ("input_base", "categorical", "layers", "max_auc_drop", "seed"):
        assert name in repr(config)


def test_a_strategy_is_one_that_a_single_machine_can_follow():
    assert [check_strategy(name) for name in STRATEGIES] == list(STRATEGIES)
    for name in ("MultiWorkerMirroredStrategy", "mirroredstrategy", ""):
        with pytest.raises(ConfigError, match="OneDeviceStrategy, MirroredStrategy"):
            check_strategy(name)


def test_a_name_is_not_a_setting():
    """A notebook's pipeline is named by its context, any other by whoever runs it."""
    with pytest.raises(ConfigError, match="PipelineConfig has no 'name'"):
        PipelineConfig().replace(name="mine")


def test_a_search_reads_as_a_list_of_values():
    assert "16, 32 x 16, 64 x 32" in repr(Search())
    assert Search.from_dict(Search().as_dict()) == Search()
