"""The figures of the moment, and the feed that keeps open pages up to date."""
