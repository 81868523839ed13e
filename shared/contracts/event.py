"""How an event is declared: a plain frozen dataclass under an explicit wire name and version."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar, dataclass_transform

type_registry: dict[tuple[str, int], type] = {}
registry: Mapping[tuple[str, int], type] = MappingProxyType(type_registry)
"""Every declared event: (wire name, version) -> class."""

Event = Any
"""An instance of a class declared with :func:`event`. There is no base class: an event is plain data."""

T = TypeVar("T", bound=type)

SERVICES = ("intake", "investigation", "approval", "finance", "analytics")
"""The services, which own all events, in the order in which a case comes to them."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What :func:`event` was told about a class."""

    name: str
    version: int
    facts: tuple[str, ...]


declarations: dict[type, Declaration] = {}


@dataclass_transform(frozen_default=True)
def event(name: str, *, version: int = 1, facts: tuple[str, ...] = ()) -> Callable[[T], T]:
    """Declare a published event.

    ``name`` is ``<owner service>.<fact-in-past-tense>`` and never changes; a changed shape is a new
    declaration with the next ``version`` and an upcast in ``shared/eventstore``. ``facts`` names the fields
    that a pack's conditions and owner look-ups may ask for (for example ``complaint_class``).
    Raises ValueError when the name and version are taken or a fact is no field.
    """

    def declare(cls: T) -> T:
        made: Any = dataclass(frozen=True, slots=True)(cls)
        if (name, version) in type_registry:
            raise ValueError(f"{name} version {version} is declared twice")
        if unknown := set(facts) - set(made.__dataclass_fields__):
            raise ValueError(f"{name}: facts are no fields: {sorted(unknown)}")
        type_registry[name, version] = made
        declarations[made] = Declaration(name, version, facts)
        return made  # type: ignore[no-any-return]

    return declare


def wire_name(cls: type) -> str:
    """``intake.complaint-filed`` for ``ComplaintFiled``."""
    return declarations[cls].name


def version_of(cls: type) -> int:
    """The schema version of a declared event."""
    return declarations[cls].version


def owner_of(name: str) -> str:
    """The service that says an event: the part before the dot."""
    return name.partition(".")[0]


def facts_of(said: Event) -> dict[str, Any]:
    """The facts an event adds to its case, by name; an empty field adds nothing."""
    names = declarations[type(said)].facts
    return {name: value for name in names if (value := getattr(said, name)) not in (None, "")}
