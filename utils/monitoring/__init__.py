"""Watching a server: Prometheus, alerts that are tested, and dashboards whose queries are tried.

Prometheus is Debian's own package, started here as it would be on a server. Where it is not installed, and this machine
has apt, the package is unpacked into the build folder, which needs no rights.

Example::

    with prometheus.start(folder / "prometheus.yml") as watching:
        watching.query("up")
"""
