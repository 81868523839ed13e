"""Procedure packs: a regulation as data, the model that reads it, and the answers that departments ask of it."""
