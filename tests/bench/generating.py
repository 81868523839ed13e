"""Many cases at once: the events of a case, encoded once by the codec, filled in for each case by replacing bytes.

The rows of the read models come from the projections' own patches of those events, filled in the same way. So what
is generated is what the product would have written, chain and all; only faster.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from services.analytics.deadlines.timers import moments
from services.analytics.readmodel.rows import Patch, merged, of_text
from services.analytics.readmodel.sought import TEXTS, number
from shared.contracts import approval, intake, investigation
from shared.contracts.envelope import Envelope, Recorded
from shared.contracts.event import Event, owner_of, version_of, wire_name
from shared.contracts.values import SYSTEM, Deadline, Money
from shared.eventstore.codec import encode, skim

SITES = ("TPE", "KSH")
OPEN_EVERY = 10
"""Of so many cases one is open; it has come as far as the cause."""
LATE_EVERY = 5
"""Of so many open cases one is late."""
UNTIL_CLOSED = timedelta(days=9)
LIMIT = timedelta(days=13)
LATE = timedelta(days=20)
"""How long ago a late case began."""
SINCE = {True: LIMIT + timedelta(days=1), False: timedelta(days=700)}
"""Over how much time the open cases are spread, a day's work of which is due by now, and the closed ones."""

AHEAD = timedelta(days=1)
"""What falls due within this time was warned of and said already, so that nothing is past while it is measured."""

ID, CASE = UUID(int=1), UUID(int=2)
BEGAN, CLOSED, DUE = (datetime(1999, 1, 1, 0, 0, second, tzinfo=UTC) for second in (1, 2, 3))
NUMBER, ORDER, STAMP, LINK, SITE = "<number>", "<order>", "<stamp>", "<link>", "<site>"
CAUSE = Deadline("cause", "quality", BEGAN, DUE, "5 d", "P1.23")
OVERALL = Deadline("overall", "gm-office", BEGAN, DUE, "13 d", "P1.23")
AMOUNT = Money(Decimal("900.00"), "TWD")

COURSE: tuple[Event, ...] = (
    intake.ComplaintFiled(
        customer="Formosa Bicycles", region="domestic", order=ORDER, part="Frame tube 31.8",
        delivered_on=date(2026, 6, 2), delivered=Decimal(400), defective=Decimal(12), unit="piece",
        value=Money(Decimal("36000.00"), "TWD"), demand="return", reason="Weld seams are cracked",
    ),
    intake.StageOpened("endorsement", "sales", 1, "P1.9", level="supervisor"),
    intake.ComplaintEndorsed("The photographs are clear"),
    intake.StageClosed("endorsement", "sales", 1, "done"),
    intake.CaseAccepted(NUMBER, "quality-anomaly", OVERALL),
    intake.StageOpened("cause", "quality", 1, "P1.13", deadline=CAUSE),
    investigation.CauseReported("processing-conditions", "The welding current was too low", "manufacturing"),
    intake.StageClosed("cause", "quality", 1, "done"),
    approval.DispositionApproved(
        "discount", AMOUNT, AMOUNT, {"given": Decimal(900)}, "10 %", "sales-manager", "sales-manager"
    ),
    intake.StageOpened("closing", "gm-office", 1, "P1.17"),
    intake.StageClosed("closing", "gm-office", 1, "done"),
    intake.CaseClosed(NUMBER),
)  # fmt: skip
UNTIL_CAUSE = 6
"""An open case has had so many of these events."""
COMMANDS = ((0, 2), (2, 4), (4, 6), (6, 7), (7, 10))
"""Between which versions of intake's stream its commands stand, of a closed case."""


@dataclass(frozen=True, slots=True)
class Template:
    """An event with what differs from case to case left open."""

    service: str
    version: int
    topic: str
    state: bytes

    @classmethod
    def of(cls, recorded: Recorded) -> "Template":
        """What an event is when its blanks are left open."""
        envelope = recorded.envelope
        state = encode(recorded.event, envelope).replace(b"%", b"%%")
        for blank in (ID, CASE, NUMBER, ORDER, STAMP, LINK, SITE):
            state = state.replace(str(blank).encode(), b"%%(%b)b" % str(blank).encode())
        for moment in (BEGAN, CLOSED, DUE):
            text = moment.isoformat().replace("+00:00", "Z").encode()
            state = state.replace(text, b"%%(%b)b" % text)
        return cls(envelope.source, envelope.version, envelope.type, state)


@dataclass(frozen=True, slots=True)
class Rows:
    """What some cases add to the tables, by table: rows with the columns in ``COLUMNS``."""

    events: list[tuple[Any, ...]]
    commands: list[tuple[Any, ...]]
    history: list[tuple[Any, ...]]
    patches: dict[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]]
    moments: list[tuple[Any, ...]]


EVENT_COLUMNS = ("originator_id", "originator_version", "topic", "state")
COMMAND_COLUMNS = ("id", "digest", "subject", "version_before", "version_after")
HISTORY_COLUMNS = ("case_id", "service", "version", "position", "hlc", "site", "at", "type", "actor", "body")


def recorded(course: Sequence[Event]) -> list[Recorded]:
    """The events of a case with their blanks, each in its owner's stream; those of the last day at the end of it."""
    versions: dict[str, int] = {}
    told: list[Recorded] = []
    for event in course:
        name = wire_name(type(event))
        owner = owner_of(name)
        versions[owner] = versions.get(owner, 0) + 1
        envelope = Envelope(
            id=ID, source=owner, type=name, subject=CASE, time=CLOSED if len(told) >= UNTIL_CAUSE else BEGAN,
            version=versions[owner], schema=version_of(type(event)), site=SITE, actor=SYSTEM, correlation=CASE,
            causation=None, pack="glzd194", pack_version=1, hlc=STAMP, previous=LINK if versions[owner] > 1 else "",
        )  # fmt: skip
        told.append(Recorded(event, envelope))
    return told


WHOLE, BEGUN = recorded(COURSE), recorded(COURSE[:UNTIL_CAUSE])
TEMPLATES = {False: [Template.of(each) for each in WHOLE], True: [Template.of(each) for each in BEGUN]}
PATCHES = {
    False: merged(skim(encode(each.event, each.envelope)) for each in WHOLE),
    True: merged(skim(encode(each.event, each.envelope)) for each in BEGUN),
}
"""Whether a case is open -> what it consists of."""


def cases(first: int, count: int, now: datetime, *, of: int) -> Iterator[Mapping[Any, Any]]:
    """The blanks of so many cases, filled; ``of``: among how many the ids are spread, in their order."""
    step = 2**128 // of
    chance = Random(first)
    for place in range(count):
        number = first + place
        is_open = number % OPEN_EVERY == 0
        began = now - (LATE if number % (OPEN_EVERY * LATE_EVERY) == 0 else SINCE[is_open] * (1 - place / count))
        yield {
            "open": is_open,
            "now": now,
            CASE: UUID(int=place * step + chance.getrandbits(64)),
            NUMBER: f"{number:09d}",
            ORDER: f"SO-{number}",
            SITE: SITES[number % len(SITES)],
            BEGAN: began,
            CLOSED: began + UNTIL_CLOSED,
            DUE: began + LIMIT,
        }


def rows(filled: Sequence[Mapping[Any, Any]], position: int) -> Rows:
    """What these cases add to the tables, after a position of the log."""
    made = Rows([], [], [], {}, [])
    for blanks in filled:
        position = add_events(made, blanks, position)
        add_commands(made, blanks)
        for patch in PATCHES[blanks["open"]]:
            if patch.table != "sought":
                key = tuple(blanks.get(part, part) for part in patch.key)
                values = tuple(fill(blanks, value) for value in patch.values.values())
                made.patches.setdefault((patch.table, tuple(patch.values)), []).append((*key, *values))
        for patch in found_by(blanks):
            made.patches.setdefault((patch.table, tuple(patch.values)), []).append((*patch.key, *patch.values.values()))
        if blanks["open"] and blanks[DUE] > blanks["now"] + AHEAD:
            made.moments.extend(moments_of(blanks))
    return made


def found_by(blanks: Mapping[Any, Any]) -> Iterator[Patch]:
    """The texts by which a case is found: its form, its number."""
    form = replace(WHOLE[0].event, order=blanks[ORDER])
    around = replace(WHOLE[0].envelope, subject=blanks[CASE], site=blanks[SITE])
    for sought in (*TEXTS[intake.ComplaintFiled](form), *number(blanks[NUMBER])):
        yield of_text(around, sought)


def fill(blanks: Mapping[Any, Any], value: Any) -> Any:
    """A value of a row, filled where it is a blank."""
    return blanks.get(value, value) if isinstance(value, str | UUID | datetime) else value


def add_events(made: Rows, blanks: Mapping[Any, Any], position: int) -> int:
    """Add a case's events, chained; the log's position after them."""
    case, site = blanks[CASE], blanks[SITE]
    texts = {str(name).encode(): str(blanks[name]).encode() for name in (CASE, NUMBER, ORDER, SITE)}
    texts |= {moment_text(name): moment_text(blanks[name]) for name in (BEGAN, CLOSED, DUE)}
    links: dict[str, str] = {}
    head = case.int & ~0xFFFF
    for place, template in enumerate(TEMPLATES[blanks["open"]]):
        at = blanks[CLOSED if place >= UNTIL_CAUSE else BEGAN]
        stamp = f"{int(at.timestamp() * 1000):015d}.{place:06d}.{template.service}"
        texts[ID_TEXT] = str(UUID(int=head | place)).encode()
        texts[STAMP_TEXT] = stamp.encode()
        texts[LINK_TEXT] = links.get(template.service, "").encode()
        state = template.state % texts
        links[template.service] = sha256(state).hexdigest()
        if template.service == "intake":
            position += 1
            made.events.append((case, template.version, template.topic, state))
        row = (case, template.service, template.version, position, stamp, site, at, template.topic, "system", state)
        made.history.append(row)
    return position


ID_TEXT, STAMP_TEXT, LINK_TEXT = str(ID).encode(), STAMP.encode(), LINK.encode()


def moment_text(moment: datetime) -> bytes:
    """A moment as the codec writes it."""
    return moment.isoformat().replace("+00:00", "Z").encode()


def add_commands(made: Rows, blanks: Mapping[Any, Any]) -> None:
    """Add the ids of the commands that were answered."""
    case = blanks[CASE]
    for place, (before, after) in enumerate(COMMANDS[:3] if blanks["open"] else COMMANDS):
        made.commands.append((UUID(int=case.int ^ (place + 1) << 100), bytes(32), case, before, after))


def moments_of(blanks: Mapping[Any, Any]) -> Iterator[tuple[Any, ...]]:
    """When the clock must speak of an open case that is not late yet."""
    for deadline in (CAUSE, OVERALL):
        for moment in moments(blanks[CASE], deadline, 1):
            yield (blanks[DUE], blanks[CASE], moment.name, moment.owner, moment.round, moment.percent)
