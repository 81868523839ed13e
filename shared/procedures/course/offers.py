"""What somebody is offered to do: only what the facts allow, what goes on first, what sends back last."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, NoReturn

from shared.contracts.approval import SentBack
from shared.contracts.commands import Command
from shared.contracts.event import Event, wire_name
from shared.contracts.intake import StageOpened
from shared.contracts.refused import Refused
from shared.contracts.values import Actor
from shared.procedures.course.rules import Rules
from shared.procedures.language.pack import Pack

Effect = Literal["done", "sent-back", "withdrawn", ""]
"""What an act makes of its stage: it ends it, sends it back, ends it with the case, or leaves it open."""

Decide = Callable[[Any, Any, Rules, datetime], Iterable[Event]]


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that somebody may do now. ``leads`` marks the one that is meant to be done next."""

    act: str
    effect: Effect
    leads: bool = False


def effect(pack: Pack, act: str, stage: str | None) -> Effect:
    """What an act makes of a stage, by what it says."""
    said = pack.acts[act].says
    if stage is None or said is None:
        return ""
    if said == wire_name(SentBack):
        return "sent-back"
    return next((end.outcome for end in pack.stage(stage).ends if end.event == said), "")


def offers(pack: Pack, acts: Iterable[tuple[str, str | None, Collection[str]]]) -> tuple[Offer, ...]:
    """Acts in the order in which they are meant.

    Each comes with the stage in which it is done, if it takes one, and the names of the events that were said in that
    stage so far. What ends the stage is first, then what is still to be done in it, what may be done again, what takes
    no stage, and what sends back; each in the pack's order.
    """
    places = {act: place for place, act in enumerate(pack.acts)}
    ranked = sorted((rank(pack, act, stage, said), places[act], act, stage) for act, stage, said in acts)
    return tuple(
        Offer(act, effect(pack, act, stage), leads=number == 0 and height < AGAIN)
        for number, (height, _, act, stage) in enumerate(ranked)
    )


GOES_ON, STILL_TO_DO, AGAIN, ASIDE, BACK = range(5)


def rank(pack: Pack, act: str, stage: str | None, said: Collection[str]) -> int:
    """Where an act stands among others, from 0."""
    made = effect(pack, act, stage)
    if made:
        return GOES_ON if made == "done" else BACK
    if stage is None:
        return ASIDE
    return AGAIN if pack.acts[act].says in said else STILL_TO_DO


def said_since(events: Sequence[Event], stage: str) -> frozenset[str]:
    """The names of what was said in a folder since a stage was opened last."""
    opened = (place for place, said in enumerate(events) if isinstance(said, StageOpened) and said.stage == stage)
    first = max(opened, default=0)
    return frozenset(wire_name(type(said)) for said in events[first:])


class Unfilled:
    """Stands for whatever somebody may fill in. It is equal to nothing; whoever asks more of it gets AskedForMore."""

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> NoReturn:
        raise AskedForMore

    def __getattr__(self, name: str) -> NoReturn:
        raise AskedForMore

    def _ask(self, *_: object) -> NoReturn:
        raise AskedForMore

    __bool__ = __iter__ = __len__ = __contains__ = __str__ = _ask
    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _ask


class AskedForMore(Exception):
    """It depends on what is filled in."""


UNFILLED: Any = Unfilled()


def blank(command: type[Command], by: Actor) -> Command:
    """A command of somebody who has not said yet what they fill in."""
    names = [each.name for each in fields(command) if each.name not in ("by", "serial")]
    return command(by=by, serial=1, **dict.fromkeys(names, UNFILLED))


def refusal(
    decide: Decide, folder: Any, command: type[Command], by: Actor, rules: Rules, now: datetime
) -> Refused | None:
    """Why a department would refuse a command whatever is filled in; None where that depends on it.

    The department is asked with a blank: it says no before it looks at any field, or its no is about the fields.
    """
    try:
        next(iter(decide(folder, blank(command, by), rules, now)), None)
    except AskedForMore:
        return None
    except Refused as refused:
        return None if refused.fields else refused
    return None
