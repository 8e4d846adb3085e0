"""Set-up: finds or makes the environment, then runs a command in it. Needs only Python 3.8."""
