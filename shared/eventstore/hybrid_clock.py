"""A hybrid logical clock: stamps whose text order is the causal order, even when machines' clocks differ."""

from prometheus_client import Gauge

from shared.clock import Clock
from shared.observability import metrics

_COUNT_LIMIT = 999_999


class HybridClock:
    """Stamps events of one service: ``<milliseconds>.<count>.<service>``, fixed width, greater every time.

    Not safe for use from several threads at once.
    """

    def __init__(self, clock: Clock, service: str) -> None:
        self._clock = clock
        self._service = service
        self._millis = 0
        self._count = 0
        self._ahead: dict[str, Gauge] = {}

    def tick(self) -> str:
        """A stamp greater than every stamp that was given or observed before."""
        present = int(self._clock.now().timestamp() * 1000)
        if present > self._millis:
            self._millis, self._count = present, 0
        elif self._count < _COUNT_LIMIT:
            self._count += 1
        else:
            self._millis, self._count = self._millis + 1, 0
        return f"{self._millis:015d}.{self._count:06d}.{self._service}"

    def observe(self, stamp: str) -> None:
        """Take note of a stamp that was read, so that what follows from it is stamped later.

        How far another service's clock is ahead is told to Prometheus. Raises ValueError when it is no stamp.
        """
        millis, count, source = stamp.split(".", 2)
        seen = (int(millis), int(count))
        if source != self._service:
            self._compare(seen[0], source)
        if seen > (self._millis, self._count):
            self._millis, self._count = seen

    def _compare(self, millis: int, source: str) -> None:
        ahead = self._ahead.get(source)
        if ahead is None:
            ahead = self._ahead[source] = metrics.CLOCK_AHEAD.labels(self._service, source)
        ahead.set(max(0.0, millis / 1000 - self._clock.now().timestamp()))
