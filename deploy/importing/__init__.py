"""Complaints from other systems: a sheet, a mapping file, and the same commands that the form sends."""
