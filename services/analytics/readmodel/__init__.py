"""Analytics' tables in PostgreSQL, and how events become their rows."""
