"""Making a trained model smaller and faster, and measuring what that costs.

TensorFlow Lite holds a network without its preprocessing, so everything here works on transformed features, and on the
same rows for every model that is compared.
"""
