"""Dead letters as an operator deals with them: what lies there, and another try."""

from uuid import UUID

from shared.contracts.event import SERVICES
from tests.chaos.house import House
from tests.chaos.stores import connect

OPEN = (
    "SELECT number, state FROM dead_letters WHERE subject = %s AND state IN ('dead', 'parked', 'due') ORDER BY number"
)


def letters_of(database_url: str, service: str, case: UUID) -> list[tuple[int, str]]:
    """Number and state of what a service has put aside of a case and not tried again."""
    with connect(database_url, service) as connection:
        return [(number, state) for number, state in connection.execute(OPEN, (case,))]


def replay(house: House, service: str, case: UUID) -> None:
    """``redress deadletter replay`` for the letters of a case that are dead."""
    for number, state in letters_of(house.database_url, service, case):
        if state == "dead":
            house.started.run("deadletter", "replay", service, str(number))


def replay_all(house: House, cases: set[UUID]) -> None:
    """Have whatever is dead of these cases tried again, at every service; for operators who forget nothing."""
    with_dead = "SELECT number FROM dead_letters WHERE subject = ANY(%s) AND state = 'dead'"
    for service in SERVICES:
        with connect(house.database_url, service) as connection:
            numbers = [number for (number,) in connection.execute(with_dead, (list(cases),))]
        for number in numbers:
            house.started.run("deadletter", "replay", service, str(number))
