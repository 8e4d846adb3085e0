"""A network is drawn with its layers, shapes and weights."""

import keras
import pytest

from utils.training import views


def model():
    inputs = {name: keras.Input((1,), name=name) for name in ("one", "two")}
    text = keras.Input((5,), name="a_text_with_a_very_long_name_of_its_own")
    joined = keras.layers.Concatenate(name="joined")(list(inputs.values()))
    hidden = keras.layers.Dense(3, name="hidden")(keras.layers.Concatenate()([joined, text]))
    return keras.Model({**inputs, "text": text}, hidden, name="small")


def test_layers_shapes_and_weights():
    view = views.network(model())
    frame = view.data.set_index("layer")
    assert view.title == "small: 24 weights"
    assert frame.loc["hidden"].tolist()[0] == "Dense"
    assert frame.loc["hidden", "weights"] == (2 + 5 + 1) * 3
    assert frame.loc["joined", "reads"] == "one, two"
    assert frame.loc["one", "output"] == "[rows, 1]"


def test_inputs_that_go_the_same_way_share_a_box():
    picture = views.network(model()).picture
    assert "one and 1 more" in picture
    assert "a_text_with_…" in picture
    assert "Dense 3 · 24 weights" in picture


def test_what_is_no_network():
    with pytest.raises(ValueError, match="connected Keras layers"):
        views.network("model")
