"""How much of a list is shown at once."""


def clamp(limit: int, most: int) -> int:
    """A page length nobody regrets."""
    return max(1, min(limit, most))
