"""How things are put to people, on whatever they look at."""
