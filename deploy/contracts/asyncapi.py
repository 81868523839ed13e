"""The AsyncAPI 3 document: which service says which event on which topic, and who hears it."""

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from deploy.contracts.schemas import ENVELOPE, STORED_ONLY, Key, told
from deploy.dev.settings import PROJECT
from deploy.journey.departments import rooms_of
from shared.contracts.event import SERVICES, owner_of, wire_name
from shared.eventstore.codec import SIZE_LIMIT
from shared.messaging.topics import Topics

Part = dict[str, Any]
"""An object of the document."""

READS_EVERYTHING = "analytics"
"""The service whose read models hear every topic."""
STORED = "stored"
"""The trait of every event's message."""
TOPIC = "topic"
"""The bindings of every channel."""
DEAD = "dead-letter"
"""The message that is no event of a service's own."""
TOLD_OF_THE_DEAD = ("number", "state", "reason", "detail", "topic", "partition", "offset", "position")
"""The headers of a dead letter: its number and state in its service's store, why, and where it came from."""


def document(events: Mapping[Key, type]) -> Part:
    """The whole document; ``events`` are those declared, by name and version."""
    sent = {key: cls for key, cls in events.items() if cls not in STORED_ONLY}
    return {
        "asyncapi": "3.0.0",
        "info": information(),
        "defaultContentType": "application/cloudevents+json",
        "servers": {"kafka": server()},
        "channels": {service: channel(service, sent) for service in SERVICES}
        | {f"{service}.dead": dead_channel(service) for service in SERVICES},
        "operations": operations(sent),
        "components": {
            "messages": {message_name(key): message(key, cls) for key, cls in sent.items()} | {DEAD: dead_message()},
            "messageTraits": {STORED: trait()},
            "channelBindings": {TOPIC: {"kafka": topic()}},
        },
    }


def information() -> Part:
    """What this is, in the version of the product."""
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return {
        "title": "Redress: what the departments say to each other",
        "version": version,
        "description": (
            "Every event of a case as its owner publishes it. The bytes on Kafka are the bytes in the owner's store.\n"
            "Written by `redress contracts` from the declarations in `shared/contracts`; not edited by hand."
        ),
    }


def server() -> Part:
    """Kafka, wherever ``KAFKA_BOOTSTRAP_SERVERS`` says."""
    return {
        "host": "{bootstrap}",
        "protocol": "kafka",
        "description": "The cluster that `KAFKA_BOOTSTRAP_SERVERS` names.",
        "variables": {"bootstrap": {"default": "localhost:9092"}},
    }


def channel(service: str, events: Iterable[Key]) -> Part:
    """The topic of what a service says."""
    names = [message_name(key) for key in events if owner_of(key[0]) == service]
    return {
        "address": Topics().of(service),
        "description": f"What {service} says, in the order of its log; the events of one case in one partition.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"$ref": f"#/components/channelBindings/{TOPIC}"},
    }


def dead_channel(service: str) -> Part:
    """The topic of what a service could not take."""
    return {
        "address": Topics().dead(service),
        "description": f"What {service} heard and could not take, as it came. For watching: replay is from its store.",
        "messages": {DEAD: {"$ref": f"#/components/messages/{DEAD}"}},
        "bindings": {"$ref": f"#/components/channelBindings/{TOPIC}"},
    }


def topic() -> Part:
    """How a topic is made when it is missing."""
    made = Topics()
    return {
        "partitions": made.partitions,
        "replicas": made.replication,
        "topicConfiguration": {
            "retention.ms": int(made.retention.total_seconds() * 1000),
            "max.message.bytes": 2 * SIZE_LIMIT,
        },
        "bindingVersion": "0.5.0",
    }


def operations(events: Mapping[Key, type]) -> Part:
    """What each service says and hears."""
    found: Part = {}
    for service in SERVICES:
        own = [key for key in events if owner_of(key[0]) == service]
        found[f"{service}.says"] = operation("send", f"What {service} says.", service, own)
        heard = {wire_name(cls) for cls in rooms_of(service).department.reactions}
        for other in SERVICES:
            keys = [key for key in events if key[0] in heard and owner_of(key[0]) == other]
            if keys:
                summary = f"What {service} makes something of when {other} says it."
                found[f"{service}.hears.{other}"] = operation("receive", summary, other, keys)
    for other in SERVICES:
        keys = [key for key in events if owner_of(key[0]) == other]
        summary = "What the read models keep: everything."
        found[f"{READS_EVERYTHING}.keeps.{other}"] = operation("receive", summary, other, keys)
    return found


def operation(action: str, summary: str, where: str, keys: Iterable[Key]) -> Part:
    """One service sends or receives these events on the topic of ``where``."""
    return {
        "action": action,
        "summary": summary,
        "channel": {"$ref": f"#/channels/{where}"},
        "messages": [{"$ref": f"#/channels/{where}/messages/{message_name(key)}"} for key in keys],
    }


def message_name(key: Key) -> str:
    """``intake.case-accepted.v1``."""
    return f"{key[0]}.v{key[1]}"


def message(key: Key, cls: type) -> Part:
    """An event in its envelope."""
    name, version = key
    said = {"type": {"const": name}, "dataversion": {"const": version}, "data": {"$ref": schema_at(key)}}
    return {
        "name": name,
        "title": f"{name}, version {version}",
        "summary": told(cls).partition("\n\n")[0].replace("\n", " "),
        "payload": {"allOf": [{"$ref": schema_at(ENVELOPE)}, {"type": "object", "properties": said}]},
        "traits": [{"$ref": f"#/components/messageTraits/{STORED}"}],
    }


def schema_at(key: Key) -> str:
    """Where the document finds a schema."""
    return f"./schemas/{message_name(key)}.json"


def trait() -> Part:
    """What holds for every message."""
    return {
        "contentType": "application/cloudevents+json",
        "correlationId": {
            "description": "The command that everything began with.",
            "location": "$message.payload#/correlationid",
        },
        "headers": {
            "type": "object",
            "properties": {
                "content-type": {"type": "string"},
                "position": {"type": "string", "description": "The event's position in its service's log."},
            },
            "required": ["position"],
        },
        "bindings": {"kafka": {"key": key_schema(), "bindingVersion": "0.5.0"}},
    }


def dead_message() -> Part:
    """A message put aside, byte for byte as it came: perhaps no event at all."""
    return {
        "name": DEAD,
        "title": "A dead letter",
        "summary": "A message that a service could not take, byte for byte as it came, with the reason in its headers.",
        "headers": {"type": "object", "properties": {name: {"type": "string"} for name in TOLD_OF_THE_DEAD}},
        "payload": {"description": "Usually an event in its envelope."},
        "bindings": {"kafka": {"key": key_schema(), "bindingVersion": "0.5.0"}},
    }


def key_schema() -> Part:
    """The key of every message."""
    return {"type": "string", "format": "uuid", "description": "The case."}
