"""The hash chain of a stream: each event names the SHA-256 of the stored bytes before it."""

from collections.abc import Iterable
from hashlib import sha256

from shared.eventstore.codec import decode


def digest(state: bytes) -> str:
    """The SHA-256 of an event's stored bytes, in hex."""
    return sha256(state).hexdigest()


def first_break(states: Iterable[bytes]) -> int | None:
    """The version (from 1) of the first event of a stream that does not fit what stands before it.

    An altered event shows at its successor, a removed, inserted or exchanged one where it was; the alteration of
    the very last event needs a checkpoint kept elsewhere. None when the chain is whole.
    """
    previous = ""
    for version, state in enumerate(states, start=1):
        envelope = decode(state).envelope
        if envelope.previous != previous or envelope.version != version:
            return version
        previous = digest(state)
    return None
