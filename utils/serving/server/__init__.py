"""A stand-in for TensorFlow Serving: a server that speaks its gRPC and REST interfaces over exported SavedModels.

TensorFlow Serving's own program, ``tensorflow_model_server``, is in no package registry. This one is written in Python,
takes the same flags and files, answers the same requests with the official protos, and is no faster than Python is. Run
it as ``python -m utils.serving.server --rest_api_port=8501 --model_base_path=/models/mine``.

It differs in these points:

- It listens on this machine only, unless its own flag ``--host`` says otherwise, and has no encryption.
- A request may have 64 MB; more is refused. JSON may be nested about as deeply as Python's stack allows.
- There is no profiler, no health service, and no operations but TensorFlow's own. ``flags.without_effect`` and
  ``flags.refused`` list the flags that it does not honour.
- A deadline of gRPC is kept by the client, and looked at before a model is run, not while it runs.

Source: https://www.tensorflow.org/tfx/guide/serving
"""
