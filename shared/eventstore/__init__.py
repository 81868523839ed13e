"""The event store of a service: events as bytes, their hash chain, number series, dead letters, one transaction."""
