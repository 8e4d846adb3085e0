"""What happened in training: learning curves, TensorBoard, runs compared from ML Metadata, trials, and uncertainty.

Each module returns plain values or pandas frames; how they look is the matter of :mod:`utils.displays.views`.
"""
