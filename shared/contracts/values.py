"""The small values that events and commands are made of."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from annotated_types import Ge, Gt, Le, MaxLen, MinLen

LONGEST_LINE = 200
"""Characters: what may be longer may have several lines."""

Code = Annotated[str, MinLen(1), MaxLen(60)]
"""A short identifier: a department, an order number, a kind."""
OptionalCode = Annotated[str, MaxLen(60)]
"""A short identifier that may stay empty."""
Line = Annotated[str, MinLen(1), MaxLen(LONGEST_LINE)]
"""One line that somebody wrote."""
OptionalLine = Annotated[str, MaxLen(LONGEST_LINE)]
"""One line that may stay empty."""
Text = Annotated[str, MinLen(1), MaxLen(8000)]
"""What somebody wrote, several lines."""
OptionalText = Annotated[str, MaxLen(8000)]
"""Several lines that may stay empty."""
Quantity = Annotated[Decimal, Ge(0), Le(Decimal("999999999.999"))]
"""A number of pieces, metres or kilograms."""
SomeQuantity = Annotated[Decimal, Gt(0), Le(Decimal("999999999.999"))]
"""A quantity of what is there: more than nothing."""
Amount = Annotated[Decimal, Ge(0), Le(Decimal("999999999999.99"))]
"""A sum of money without its currency."""
Inputs = Annotated[dict[Code, Amount], MaxLen(50)]
"""The numbers that a formula asks for, by name."""
Codes = Annotated[tuple[Code, ...], MaxLen(50)]
"""Several short identifiers."""
Lines = Annotated[tuple[Line, ...], MaxLen(100)]
"""Several things of a line each."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Marks a field whose values a pack lists, for example ``Annotated[Code, Choice("demands")]``."""

    name: str


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217), already rounded."""

    amount: Amount
    currency: Annotated[str, MinLen(3), MaxLen(3)]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person of a department, with a level of authority and the sites he works for."""

    person: str
    name: str
    department: str
    level: str
    sites: tuple[str, ...] = ()


SYSTEM = Actor("system", "Redress", "system", "system")
"""The actor of what follows by itself: reactions, clocks, the register's stages."""


@dataclass(frozen=True, slots=True)
class Portion:
    """What a department has of a limit that several share (P1.23), in the limit's own unit (``1.6667 d``).

    ``share`` is the pack's name of the shared limit, ``own`` this department's part of it by the pack. ``used`` is
    what it had used in earlier rounds, ``allowed`` what it may have used when this round is due, those rounds included.
    """

    share: str
    own: str
    used: str
    allowed: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when something must be done; carried by the event that starts it.

    ``name`` is the stage (or ``overall``), ``owner`` the department that answers for it, ``limit`` the
    pack's own words (``0.5 d``), ``rule`` its source. ``began`` and ``due`` are aware UTC.
    ``warnings`` are the moments before ``due`` at which to warn, with their percentage of the time until then.
    ``portion`` is set where the limit is shared; old events that lack it are due when the whole limit was used.
    """

    name: str
    owner: str
    began: datetime
    due: datetime
    limit: str
    rule: str
    warnings: tuple[tuple[int, datetime], ...] = ()
    portion: Portion | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the responsibility: who bears it, and its weight in percent."""

    department: Code
    person: OptionalLine
    weight: Annotated[Decimal, Ge(0), Le(100)]


@dataclass(frozen=True, slots=True)
class OutsideShare:
    """A part of the responsibility that is not the company's own: what kind of party bears it, its name, its weight."""

    party: Annotated[Code, Choice("parties")]
    name: Line
    weight: Annotated[Decimal, Ge(0), Le(100)]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored file: ``digest`` is the SHA-256 of its content in hex, ``size`` in bytes."""

    digest: Annotated[str, MinLen(64), MaxLen(64)]
    name: Line
    media_type: Annotated[str, MinLen(1), MaxLen(100)]
    size: Annotated[int, Ge(0)]


OutsideShares = Annotated[tuple[OutsideShare, ...], MaxLen(50)]
"""The companies outside who share a responsibility."""
Shares = Annotated[tuple[Share, ...], MaxLen(50)]
"""Who bears which part of the responsibility."""
Attachments = Annotated[tuple[Attachment, ...], MaxLen(100)]
"""The files of a form."""
