"""The department investigation: Quality, Manufacturing, R&D and whoever else is asked."""
