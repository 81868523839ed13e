"""Where databases are."""
