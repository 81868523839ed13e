"""The ids that follow from an ``Idempotency-Key``: of the command, and of the case that it creates."""

from uuid import NAMESPACE_URL, UUID, uuid5

_KEYS = uuid5(NAMESPACE_URL, "urn:redress:command")


def command_of(person: str, key: str) -> UUID:
    """The id of the command that a person gave under a key; a key is a person's own."""
    return uuid5(_KEYS, f"{person}/{key}")


def case_of(command: UUID, service: str) -> UUID:
    """The case that a command creates at a service."""
    return uuid5(command, service)
