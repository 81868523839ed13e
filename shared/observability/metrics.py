"""The figures that services give to Prometheus; alert rules and dashboards are made of them."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

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
NOT_AS_READ = Counter("redress_store_not_as_read", "Groups that stood on events which are gone or altered", ["service"])
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
KAFKA_AHEAD = Gauge(
    "redress_kafka_ahead_events", "Events of a service that Kafka holds and its store lacks", ["service"]
)
COVERED = Gauge(
    "redress_checkpoint_timestamp_seconds",
    "When a signed checkpoint last covered everything that was recorded, in seconds since 1970",
    ["service"],
)
CHECKPOINT_INTERVAL = Gauge(
    "redress_checkpoint_interval_seconds", "How long after a checkpoint the next one is to be taken", ["service"]
)
CLOCK_AHEAD = Gauge(
    "redress_clock_ahead_seconds",
    "How far ahead of this machine's clock the last stamp heard from a source was; 0 for one that is not ahead",
    ["service", "source"],
)
LAST_LOOK = Gauge(
    "redress_clockwork_last_look_timestamp_seconds",
    "When all deadlines that were due had last been said, in seconds since 1970",
    ["service"],
)
READY = Gauge(
    "redress_ready", "1 while the service can do its work, 0 while something that it needs is away", ["service"]
)
FILES_FREE = Gauge("redress_files_free_bytes", "Free space on the disk of a folder of files", ["service", "folder"])
FILES_SIZE = Gauge("redress_files_size_bytes", "All space on the disk of a folder of files", ["service", "folder"])


def watch_readiness(service: str, missing: Callable[[], Iterable[str]]) -> None:
    """Have each scrape ask what is missing."""
    READY.labels(service).set_function(lambda: 0.0 if list(missing()) else 1.0)


def watch_disk(service: str, name: str, folder: Path) -> None:
    """Have each scrape look at the disk that a folder is on, or will be on once it is made."""
    FILES_FREE.labels(service, name).set_function(lambda: shutil.disk_usage(there(folder)).free)
    FILES_SIZE.labels(service, name).set_function(lambda: shutil.disk_usage(there(folder)).total)


def there(folder: Path) -> Path:
    """The folder itself, or the nearest one above it that exists."""
    return next(each for each in (folder, *folder.absolute().parents) if each.exists())
