"""PostgreSQL: where a service's database is, and the connections to it."""
