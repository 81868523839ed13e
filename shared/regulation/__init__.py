"""A regulation as data, in the second edition of the pack language: read, proved sound, and played without a server."""
