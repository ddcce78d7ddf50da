"""Measures the product on a database of its own, each figure beside a baseline of the same run."""
