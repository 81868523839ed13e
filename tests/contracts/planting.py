"""Events declared otherwise than they are, without touching the registry: for showing what is caught."""

from dataclasses import MISSING, field, fields, make_dataclass
from typing import Any, get_type_hints


def altered(cls: type, *gone: str, **changed: Any) -> type:
    """A class like this one, without some fields and with others of some type, or of a (type, default)."""
    hints = get_type_hints(cls, include_extras=True)
    shapes: dict[str, tuple[Any, Any]] = {each.name: (hints[each.name], each.default) for each in fields(cls)}
    shapes |= {name: shape if isinstance(shape, tuple) else (shape, MISSING) for name, shape in changed.items()}
    kept = [(name, *shape) for name, shape in shapes.items() if name not in gone]
    made = [(name, kind, field() if default is MISSING else field(default=default)) for name, kind, default in kept]
    made_like = make_dataclass(cls.__name__, made, frozen=True, slots=True, kw_only=True)
    made_like.__doc__ = cls.__doc__
    return made_like
