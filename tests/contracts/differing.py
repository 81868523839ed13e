"""Whether what is found says what was recorded."""

from collections.abc import Iterator, Mapping
from typing import Any


def differences(recorded: Any, found: Any, place: str = "") -> Iterator[str]:
    """Where what was found does not say what was recorded. It may say more: a folder learns, and fields are added."""
    if isinstance(recorded, Mapping) and isinstance(found, Mapping):
        for name, value in recorded.items():
            if name not in found:
                yield f"{place}.{name} is gone"
            else:
                yield from differences(value, found[name], f"{place}.{name}")
    elif isinstance(recorded, list) and isinstance(found, list) and len(recorded) == len(found):
        for number, (one, other) in enumerate(zip(recorded, found, strict=True)):
            yield from differences(one, other, f"{place}[{number}]")
    elif recorded != found:
        yield f"{place} was {recorded!r}, is {found!r}"
