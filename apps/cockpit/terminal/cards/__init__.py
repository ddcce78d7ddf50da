"""Cards: what an operation answered, for people."""
