"""Topics that bring what no relay would: things twice, out of order, unreadable; and a service that errs."""

import asyncio
from uuid import UUID, uuid4

import msgspec
import psycopg

from shared.contracts.event import SERVICES
from tests.chaos.course import opened
from tests.chaos.faults.fault import Fault, Scene
from tests.chaos.launching.cables import PULLED
from tests.chaos.launching.lines import KAFKA
from tests.chaos.letters import letters_of, replay
from tests.chaos.lives import Life, Stuck
from tests.chaos.stores import connect
from tests.chaos.topics import Sent, put
from tests.chaos.waits import became

MOST = 80
"""Messages that are sent again at a time."""
COMES_WITHIN = 5.0
"""Seconds within which what is said of a case has come to who hears it."""
COLUMNS = "notification_id, originator_id, state FROM stored_events WHERE starts_with(topic, %s)"
CURSOR = "(SELECT notification_id FROM notification_tracking WHERE application_name = 'relay')"
SENT = f"SELECT {COLUMNS} AND notification_id <= coalesce({CURSOR}, 0) ORDER BY random() LIMIT {MOST}"
UNSENT = f"SELECT {COLUMNS} AND notification_id > coalesce({CURSOR}, 0) ORDER BY 1 LIMIT {MOST}"
OF_A_CASE = f"SELECT {COLUMNS} AND originator_id = %s ORDER BY 1"


def repeated(service: str) -> Fault:
    """What a service said long ago comes again, in any order."""

    async def strike(scene: Scene) -> bool:
        sent = await asyncio.to_thread(said, scene, service, SENT)
        scene.chance.shuffle(sent)
        await put(scene.house.bootstrap, f"redress.{service}", sent)
        return bool(sent)

    return Fault("duplicates", f"{service} twice", strike)


def mixed(service: str) -> Fault:
    """What a service says comes in another order, though that of each case is kept."""

    async def strike(scene: Scene) -> bool:
        with scene.house.broken(f"{service} {KAFKA}", PULLED):
            await asyncio.sleep(scene.chance.uniform(0.3, 1.5))
            unsent = await asyncio.to_thread(said, scene, service, UNSENT)
            cases = sorted({message.key for message in unsent}, key=lambda _: scene.chance.random())
            await put(
                scene.house.bootstrap,
                f"redress.{service}",
                [message for case in cases for message in unsent if message.key == case],
            )
        return len(cases) > 1

    return Fault("reordering", f"{service} mixed", strike)


async def overtake(scene: Scene) -> bool:
    """What intake says of one case comes last things first."""
    case = scene.people.ledger.case_of(scene.name)
    scene.people.ledger.overtaken.add(case)
    scene.people.ledger.muddled.add(case)
    with scene.house.broken(f"intake {KAFKA}", PULLED):
        await Life(scene.people, scene.name, "TPE", scene.chance, course=opened("TPE")).live()
        unsent = await asyncio.to_thread(said, scene, "intake", OF_A_CASE, case)
        await put(scene.house.bootstrap, "redress.intake", unsent[::-1])
    return True


def spoilt(service: str) -> Fault:
    """Nobody can read what lies in a service's topic."""

    async def strike(scene: Scene) -> bool:
        states = [message.value for message in await asyncio.to_thread(said, scene, service, SENT)]
        future = msgspec.json.decode(scene.chance.choice(states)) if states else {}
        future |= {"id": str(uuid4()), "subject": str(uuid4()), "dataversion": 99}
        spoilt = (
            b"\x00\xff" + scene.name.encode(),
            b'{"chaos": "%s"}' % scene.name.encode(),
            msgspec.json.encode(future),
        )
        scene.people.ledger.garbage |= set(spoilt)
        await put(scene.house.bootstrap, f"redress.{service}", [Sent(0, 0, b"chaos", value, 0) for value in spoilt])
        return True

    return Fault("garbage", f"garbage from {service}", strike)


def mistaken(service: str) -> Fault:
    """A service cannot take what it hears of one case, while others flow; mended, it takes it when asked to.

    What it hears of the case after it was mended, and before it is asked, waits behind that.
    """

    async def strike(scene: Scene) -> bool:
        ledger, name = scene.people.ledger, f"{scene.name}-poison"
        case = ledger.case_of(name)
        ledger.poisoned.add(case)
        order = scene.house.points / f"{service}.poison"
        order.write_text(str(case), "utf-8")
        *before, last = opened("TPE")
        try:
            await Life(scene.people, name, "TPE", scene.chance, course=before).live()
            waits = await became(lambda: lies_aside(scene, service, case), 20)
            healthy = f"{scene.name}-healthy"
            await Life(scene.people, healthy, "TPE", scene.chance, course=opened("TPE")).live()
            if not await became(lambda: is_heard(scene, service, ledger.case_of(healthy)), 60):
                raise Stuck(f"{service} hears nothing of a case while another waits behind a dead letter")
        finally:
            order.unlink()
        first = len(await asyncio.to_thread(letters_of, scene.house.database_url, service, case))
        await Life(scene.people, name, "TPE", scene.chance, case, [last]).live()
        await became(lambda: lies_aside(scene, service, case, first), COMES_WITHIN)
        await asyncio.to_thread(replay, scene.house, service, case)
        return waits

    return Fault("poison", f"poison {service}", strike, lasting=True)


async def lies_aside(scene: Scene, service: str, case: UUID, more_than: int = 0) -> bool:
    """Whether more than so much of a case lies aside."""
    try:
        return len(await asyncio.to_thread(letters_of, scene.house.database_url, service, case)) > more_than
    except psycopg.OperationalError:
        return False


async def is_heard(scene: Scene, service: str, case: UUID) -> bool:
    """Whether a service has something in its own store of a case."""

    def look() -> bool:
        with connect(scene.house.database_url, service) as connection:
            found = connection.execute("SELECT 1 FROM stored_events WHERE originator_id = %s LIMIT 1", (case,))
            return found.fetchone() is not None

    try:
        return await asyncio.to_thread(look)
    except psycopg.OperationalError:
        return False


def said(scene: Scene, service: str, statement: str, *more: object) -> list[Sent]:
    """What a service said, as its relay would send it; nothing while the store is away."""
    try:
        with connect(scene.house.database_url, service) as connection:
            rows = connection.execute(statement, (f"{service}.", *more)).fetchall()
    except psycopg.OperationalError:
        return []
    return [Sent(0, 0, str(case).encode(), bytes(state), position) for position, case, state in rows]


DUPLICATES = tuple(repeated(service) for service in SERVICES)
REORDERINGS = (
    *(mixed(service) for service in SERVICES),
    Fault("reordering", "a case of intake backwards", overtake),
)
GARBAGE = tuple(spoilt(service) for service in SERVICES)
POISON = tuple(mistaken(service) for service in ("investigation", "approval", "finance", "analytics"))
