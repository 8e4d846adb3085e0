"""Holding back what native code and other programs write to this process's standard output and error."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator


@contextlib.contextmanager
def held(descriptor: int) -> Iterator[None]:
    """Hold back what is written to a descriptor during the block; it is shown after all if the block raises.

    What Python prints in a notebook takes another way and is not touched.

    Args:
        descriptor: 1 for standard output, 2 for standard error.
    """
    with tempfile.TemporaryFile() as written:
        (sys.stdout if descriptor == 1 else sys.stderr).flush()
        kept = os.dup(descriptor)
        os.dup2(written.fileno(), descriptor)
        try:
            yield
        except BaseException:
            written.seek(0)
            os.write(kept, written.read())
            raise
        finally:
            os.dup2(kept, descriptor)
            os.close(kept)
