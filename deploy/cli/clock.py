"""``redress clock``: see and move the demo's clock, the same one for every process of the stack."""

import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from deploy.dev.settings import StackSettings
from deploy.dev.trouble import Trouble
from shared.clock import OffsetClock

clock = typer.Typer(no_args_is_help=True, help="See and move the clock of the demo.")

UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
SPAN = re.compile(rf"(\d+)([{''.join(UNITS)}])")


@clock.command()
def show() -> None:
    """Show what time the stack believes it is, and how far that is from the machine's time."""
    tell(movable())


@clock.command()
def advance(by: Annotated[str, typer.Argument(help="How far: 3d, 12h, 1d12h, 90m, 2w.")]) -> None:
    """Move the clock forward."""
    found = movable()
    found.advance(span(by))
    tell(found)


@clock.command("set")
def set_to(
    to: Annotated[str, typer.Argument(help="2026-12-01T09:00, in this machine's zone unless it names one.")],
) -> None:
    """Set the clock to a moment; `now` gives it the machine's time again."""
    found = movable()
    if to == "now":
        found.advance(-found.offset)
    else:
        found.set(moment(to))
    tell(found)


def movable() -> OffsetClock:
    """The clock of the stack.

    Raises ``Trouble`` in production, and where no stack was ever started.
    """
    if os.environ.get("REDRESS_MODE") == "production":
        raise Trouble("A production system's clock cannot be moved: this is for the demo.")
    path = Path(os.environ.get("REDRESS_CLOCK_FILE") or StackSettings.from_environment().clock)
    if not path.parent.is_dir():
        raise Trouble(f"No stack was started in {path.parent} yet: start one with `make demo`.")
    return OffsetClock(path)


def span(text: str) -> timedelta:
    """The length of time that ``1d12h`` means. Raises ``Trouble`` for anything else."""
    parts = SPAN.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise Trouble(f"{text!r} is no length of time: write it like 3d, 12h or 1d12h.")
    try:
        return sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in parts), timedelta())
    except OverflowError as error:
        raise Trouble(f"{text!r} is too long.") from error


def moment(text: str) -> datetime:
    """The moment that an ISO 8601 text means, in the machine's zone where it names none. Raises ``Trouble``."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        raise Trouble(f"{text!r} is no moment: write it like 2026-12-01T09:00.") from error


def tell(found: OffsetClock) -> None:
    """Print the stack's time and its distance from the machine's."""
    seconds = round(found.offset.total_seconds())
    distance = timedelta(seconds=abs(seconds))
    where = f"{distance} {'ahead of' if seconds > 0 else 'behind'} this machine" if seconds else "as on this machine"
    print(f"{found.now().astimezone():%Y-%m-%d %H:%M:%S %Z}, {where}")
