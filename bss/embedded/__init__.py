"""Starts what a machine lacks: PostgreSQL, Valkey, the web server, a worker and the schedule."""

import os


class Refusal(Exception):
    """Why nothing was started, and the way out, in words for the person at the terminal."""


def administrator() -> dict[str, str]:
    """The environment with the system's own commands on its path: many shells leave them out."""
    return {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"}
