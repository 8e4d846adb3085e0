"""A stand-in for TensorFlow Serving: a server that speaks its gRPC and REST interfaces over exported SavedModels.

TensorFlow Serving's own program, ``tensorflow_model_server``, is in no package registry. This one is written in Python,
takes the same flags and files, answers the same requests with the official protos, and is no faster than Python is. Run
it as ``python -m utils.serving.server --rest_api_port=8501 --model_base_path=/models/mine``.

Source: https://www.tensorflow.org/tfx/guide/serving
"""
