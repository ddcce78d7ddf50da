"""Commands that are not one operation: lists, checks, the demonstration."""
