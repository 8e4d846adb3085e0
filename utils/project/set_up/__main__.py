"""``python3 -m utils.project.set_up``: the entry point, which first checks the running Python."""

import sys

if sys.version_info < (3, 8):  # noqa: UP036 - the check is for readers whose Python is older
    sys.exit(
        "Set-up needs Python 3.8 or newer, and this one is "
        + sys.version.split()[0]
        + ". Install a newer one, or name one: `make run PYTHON=/path/to/python3`."
    )

from utils.project.set_up.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
