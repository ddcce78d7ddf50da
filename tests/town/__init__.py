"""A whole installation of its own for tests that kill real processes."""
