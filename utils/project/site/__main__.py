"""Runs ``python -m utils.project.site``."""

import sys

from utils.project.site.build import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
