"""Finds or makes environments, with nothing but Python 3.8 or newer: the machine, uv, interpreters, packages."""
