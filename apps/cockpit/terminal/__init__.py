"""The `bss` command: every operation as a word, with cards for people and JSON for programs."""
