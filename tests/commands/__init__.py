"""The way of a command on real PostgreSQL."""
