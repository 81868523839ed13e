"""Breaks the running house on purpose, under load, by a seed, and looks afterwards whether all that was said holds."""
