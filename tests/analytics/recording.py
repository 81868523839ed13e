"""Events with an envelope around them, as five departments would have recorded them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from shared.contracts.envelope import Envelope, Recorded
from shared.contracts.event import Event, owner_of, version_of, wire_name
from shared.contracts.values import SYSTEM, Actor

CASE = UUID("0d4c1e5a-0000-5000-8000-000000000001")
BEGAN = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)


class Departments:
    """Records events one after the other, a minute apart, each in its owner's stream of the case and log."""

    def __init__(self, case: UUID = CASE, *, site: str = "TPE", began: datetime = BEGAN) -> None:
        self.case = case
        self.site = site
        self.now = began
        self.ticks = 0
        self.versions: dict[str, int] = {}

    def say(self, event: Event, *, by: Actor = SYSTEM, after: timedelta = timedelta(minutes=1)) -> Recorded:
        """The event as its owner records it next."""
        name = wire_name(type(event))
        owner = owner_of(name)
        self.now += after
        self.ticks += 1
        self.versions[owner] = self.versions.get(owner, 0) + 1
        envelope = Envelope(
            id=uuid5(self.case, f"{owner}/{self.versions[owner]}"), source=owner, type=name, subject=self.case,
            time=self.now, version=self.versions[owner], schema=version_of(type(event)), site=self.site, actor=by,
            correlation=self.case, causation=None, pack="glzd194", pack_version=1,
            hlc=f"{int(self.now.timestamp() * 1000):015d}-{self.ticks:05d}-{owner}", previous="",
        )  # fmt: skip
        return Recorded(event, envelope, self.ticks)

    def tell(self, events: Iterable[Event]) -> list[Recorded]:
        """Several, in order."""
        return [self.say(event) for event in events]
