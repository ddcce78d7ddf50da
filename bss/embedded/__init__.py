"""Starts what a machine lacks: PostgreSQL, Valkey, the web server, a worker and the schedule."""


class Refusal(Exception):
    """Why nothing was started, and the way out, in words for the person at the terminal."""
