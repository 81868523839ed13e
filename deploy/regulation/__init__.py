"""A pack at the terminal: shown, begun anew, played."""
