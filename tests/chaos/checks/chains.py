"""Every stream is whole: its versions count from 1, and each event names the digest of the one before it."""

from collections.abc import Iterator

import shared.eventstore.number_series  # noqa: F401 (declares the events of number series)
from shared.eventstore.chain import first_break
from tests.chaos.violations import Evidence, Violation


def chains_hold(evidence: Evidence) -> Iterator[Violation]:
    """No stream has a gap, and no chain a break."""
    for service, store in evidence.stores.items():
        for stream, events in store.streams.items():
            versions = [event.version for event in events]
            if versions != list(range(1, len(events) + 1)):
                yield Violation("a stream has a gap", f"{service} {stream}: {versions}")
            elif (broken := first_break(event.state for event in events)) is not None:
                yield Violation("a chain is broken", f"{service} {stream} at {broken}")
