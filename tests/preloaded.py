"""What the fork server of :mod:`tests.forked` has loaded before it forks; it runs nothing."""

from __future__ import annotations

import IPython.core.interactiveshell  # noqa: F401
import tfx.orchestration.experimental.interactive.interactive_context
import tfx.v1  # noqa: F401

import utils.pipeline.runners
import utils.session.context  # noqa: F401
