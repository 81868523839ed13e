"""How events are stored, decided on, sent and heard: the only place that knows eventsourcing and aiokafka."""
