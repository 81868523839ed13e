"""The figures that eventing and read models give to Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

COMMANDS = Counter(
    "redress_commands", "Commands by outcome, those that follow from heard events included", ["service", "outcome"]
)
APPEND_SECONDS = Histogram(
    "redress_append_seconds",
    "Time to append one group of commands",
    ["service"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
APPEND_CONFLICTS = Counter("redress_append_conflicts", "Groups that another writer got ahead of", ["service"])
RELAY_SENT = Counter("redress_relay_sent", "Events acknowledged by Kafka", ["service"])
RELAY_LAG_EVENTS = Gauge("redress_relay_lag_events", "Log entries that the relay has not passed yet", ["service"])
RELAY_LAG_SECONDS = Gauge("redress_relay_lag_seconds", "Age of the oldest entry not passed by the relay", ["service"])
INBOX_HEARD = Counter("redress_inbox_heard", "Messages handled", ["service"])
INBOX_LAG_EVENTS = Gauge("redress_inbox_lag_events", "Messages in Kafka not handled yet", ["service"])
PROJECTION_LAG_EVENTS = Gauge(
    "redress_projection_lag_events", "Log entries that a read model has not seen yet", ["service", "projection"]
)
DEAD_LETTERS = Gauge(
    "redress_dead_letters", "Events that could not be taken (dead) or wait behind one (parked)", ["service", "state"]
)
