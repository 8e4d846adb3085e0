"""Proxies that the reader's environment names: told in messages, and never asked for what runs on this machine."""

from __future__ import annotations

import re
from typing import Mapping

NAMES = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
"""The environment variables that name a proxy. Programs differ in which of them they read."""

PAST = ("no_proxy", "NO_PROXY")
"""Those that list what is asked without one."""

HERE = ("localhost", "127.0.0.1", "::1")
"""This machine. A proxy would look for it at its own place."""


def named(env: Mapping[str, str]) -> str:
    """Return how a message names the proxy, without the password that its address may hold.

    Args:
        env: Environment variables.

    Returns:
        For example ``"proxy.example:3128, which HTTPS_PROXY names"``; empty where there is none.
    """
    for name in NAMES:
        given = env.get(name, "").strip()
        if given:
            # By hand, as urlsplit ends a host at a sign that a password may hold as well, or refuses it.
            rest = given.partition("//")[2] if "//" in given else given
            place = re.split("[/?#]", rest.rpartition("@")[2])[0]
            return "{}, which {} names".format(place or "?", name)
    return ""


def past_this_machine(env: Mapping[str, str]) -> dict[str, str]:
    """Return the variables by which programs reach this machine past a proxy.

    Args:
        env: Environment variables.

    Returns:
        ``no_proxy`` and ``NO_PROXY``, which keep what they list already; nothing where no proxy is named.
    """
    if not named(env):
        return {}
    listed = [one.strip() for name in PAST for one in env.get(name, "").split(",")]
    every = ",".join(dict.fromkeys(one for one in (*listed, *HERE) if one))
    return dict.fromkeys(PAST, every)
