"""Preprocessing outside of a pipeline: standalone tf.Transform, training-serving skew, the graph behind a function.

Each module does one thing; none is imported here, so that ``import utils.preprocessing`` loads nothing heavy.

Source: book, chapter 5; https://www.tensorflow.org/tfx/transform/get_started
"""
