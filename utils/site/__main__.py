"""Runs ``python -m utils.site``."""

import sys

from utils.site.build import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
