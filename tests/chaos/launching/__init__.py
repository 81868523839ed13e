"""Starts the stack with services that can be told to die at a point, or that lack one of their guards."""
