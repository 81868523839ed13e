"""Events as bytes: one CloudEvents 1.0 JSON object, the same in the store and on Kafka."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from shared.contracts.envelope import Envelope, Recorded
from shared.contracts.event import Event, registry, version_of, wire_name
from shared.contracts.values import Actor

SIZE_LIMIT = 900_000
"""The most bytes an event may have: what a broker takes as one message, with room to spare."""

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the data of one version of an event into that of the next."""

_upcasts: dict[tuple[str, int], Upcast] = {}


NO_EVENT = (msgspec.MsgspecError, UnicodeDecodeError)
"""What decoding raises for bytes that are no event."""


class UnreadableEvent(Exception):
    """Bytes that are no event known here; the text says why."""


class TooLarge(Exception):
    """An event that no broker would take."""


class _Attributes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    specversion: str
    id: UUID
    source: str
    type: str
    subject: UUID
    time: datetime
    datacontenttype: str
    dataversion: int
    streamversion: int
    site: str
    actor: str
    actorname: str
    actordepartment: str
    actorlevel: str
    correlationid: UUID
    pack: str
    packversion: int
    hlc: str
    actorsites: str = ""
    causationid: UUID | None = None
    prevhash: str = ""


class EventHeader(msgspec.Struct, frozen=True):
    """What can be told of an event whose type is not known here."""

    id: UUID
    type: str
    subject: UUID
    time: datetime
    hlc: str


class EventSummary(
    msgspec.Struct,
    frozen=True,
    gc=False,
    rename={
        "version": "streamversion",
        "schema": "dataversion",
        "pack_version": "packversion",
        "actor_name": "actorname",
    },
):
    """Of the circumstances of an event, those that rows are made of; named as in the envelope."""

    source: str
    type: str
    subject: UUID
    time: datetime
    version: int
    schema: int
    site: str
    actor: str
    actor_name: str
    pack: str
    pack_version: int
    hlc: str
    data: msgspec.Raw


class _Outgoing(_Attributes, frozen=True, kw_only=True, omit_defaults=True):
    data: Any


class _Incoming(_Attributes, frozen=True, kw_only=True, omit_defaults=True):
    data: msgspec.Raw


_encoder = msgspec.json.Encoder()
_envelopes = msgspec.json.Decoder(_Incoming)
_heads = msgspec.json.Decoder(EventHeader)
_skimmed = msgspec.json.Decoder(EventSummary)


def upcast(name: str, version: int) -> Callable[[Upcast], Upcast]:
    """Declare how the data of ``name`` at ``version`` becomes that of ``version + 1``.

    Raises ValueError when that is declared already.
    """

    def declare(change: Upcast) -> Upcast:
        if (name, version) in _upcasts:
            raise ValueError(f"{name}: the upcast from version {version} is declared twice")
        _upcasts[name, version] = change
        return change

    return declare


def encode(event: Event, envelope: Envelope) -> bytes:
    """The event in its envelope, as stored and sent. Raises TooLarge above :data:`SIZE_LIMIT`."""
    state = _encoder.encode(
        _Outgoing(
            specversion="1.0",
            id=envelope.id,
            source=envelope.source,
            type=envelope.type,
            subject=envelope.subject,
            time=envelope.time,
            datacontenttype="application/json",
            dataversion=envelope.schema,
            streamversion=envelope.version,
            site=envelope.site,
            actor=envelope.actor.person,
            actorname=envelope.actor.name,
            actordepartment=envelope.actor.department,
            actorlevel=envelope.actor.level,
            actorsites=",".join(envelope.actor.sites),
            correlationid=envelope.correlation,
            causationid=envelope.causation,
            pack=envelope.pack,
            packversion=envelope.pack_version,
            hlc=envelope.hlc,
            prevhash=envelope.previous,
            data=event,
        )
    )
    if len(state) > SIZE_LIMIT:
        raise TooLarge(f"{envelope.type} of {len(state)} bytes")
    return state


def decode(state: bytes, position: int = 0) -> Recorded:
    """The event and its envelope, in the newest version declared. Raises UnreadableEvent."""
    try:
        found = _envelopes.decode(state)
        event = _event(found.type, found.dataversion, found.data)
    except NO_EVENT as error:
        raise UnreadableEvent(str(error)) from error
    return Recorded(event, _envelope(found), position)


def skim(state: bytes) -> tuple[Event, EventSummary]:
    """The event as :func:`decode` gives it, with less around it and in a third of the time. Raises UnreadableEvent."""
    try:
        found = _skimmed.decode(state)
        return _event(found.type, found.schema, found.data), found
    except NO_EVENT as error:
        raise UnreadableEvent(str(error)) from error


def head(state: bytes) -> EventHeader:
    """What stands at the head of an event, whatever it says. Raises UnreadableEvent."""
    try:
        return _heads.decode(state)
    except NO_EVENT as error:
        raise UnreadableEvent(str(error)) from error


def schema_of(event: Event) -> tuple[str, int]:
    """The wire name and version under which an event is written."""
    return wire_name(type(event)), version_of(type(event))


def _envelope(found: _Incoming) -> Envelope:
    return Envelope(
        id=found.id,
        source=found.source,
        type=found.type,
        subject=found.subject,
        time=found.time,
        version=found.streamversion,
        schema=found.dataversion,
        site=found.site,
        actor=Actor(
            found.actor,
            found.actorname,
            found.actordepartment,
            found.actorlevel,
            tuple(found.actorsites.split(",")) if found.actorsites else (),
        ),
        correlation=found.correlationid,
        causation=found.causationid,
        pack=found.pack,
        pack_version=found.packversion,
        hlc=found.hlc,
        previous=found.prevhash,
    )


def _event(name: str, version: int, data: msgspec.Raw) -> Event:
    if (name, version) not in _upcasts:
        return _decoder(name, version).decode(data)
    changed: dict[str, Any] = msgspec.json.decode(data)
    while (name, version) in _upcasts:
        changed = _upcasts[name, version](changed)
        version += 1
    return _decoder(name, version).decode(_encoder.encode(changed))


@cache
def _decoder(name: str, version: int) -> msgspec.json.Decoder[Any]:
    try:
        return msgspec.json.Decoder(registry[name, version])
    except KeyError:
        raise UnreadableEvent(f"{name} version {version} is not declared here") from None
