"""What a caller gets from the gate: an answer, or the reason why there is none."""

from dataclasses import dataclass
from uuid import UUID

from shared.contracts.envelope import Recorded


@dataclass(frozen=True, slots=True)
class Answer:
    """A command was taken.

    ``version`` is the folder's version after it, ``position`` that of its last event in the service's log (of the
    folder's last event, when the command changed nothing). ``repeated``: the command id had been answered before,
    and this is that answer.
    """

    case: UUID
    version: int
    position: int
    events: tuple[Recorded, ...] = ()
    repeated: bool = False


class UnknownCase(Exception):
    """No folder of this case, and the command does not open one."""

    def __init__(self, case: UUID) -> None:
        super().__init__(f"no case {case}")
        self.case = case


class StaleVersion(Exception):
    """The caller decided on an older version of the folder than the ``current`` one."""

    def __init__(self, current: int) -> None:
        super().__init__(f"the folder is at version {current}")
        self.current = current


class KeyReused(Exception):
    """The command id was used before, for something else."""


class Busy(Exception):
    """Not taken: too much is waiting, others change the same folder all the time, or the service is closing.

    Nothing was recorded. Worth another try after ``retry_after`` seconds.
    """

    def __init__(self, retry_after: float, reason: str = "too many commands waiting") -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Unavailable(Busy):
    """The store did not answer in time. The command may have been recorded: repeat it under the same id."""
