"""``python -m utils.serving.server``."""

from __future__ import annotations

import sys

from utils.serving.server.program import main

sys.exit(main(sys.argv[1:]))
