"""``python -m utils.serving.server``."""

from __future__ import annotations

import os
import sys

from utils.serving.server.program import main

code = main(sys.argv[1:])
sys.stdout.flush()
sys.stderr.flush()
# All is closed by now. Threads of gRPC and TensorFlow that still end may abort an interpreter that takes itself apart.
os._exit(code)
