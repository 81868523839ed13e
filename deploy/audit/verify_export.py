"""Verifies one exported case, with nothing of Redress: Python 3.11, ``cryptography``, the export and the public key.

Run it as ``python verify_export.py CASE.jsonl KEY.pem``. Exit code 0: every byte is as it was signed; 1: not so.
"""

import json
import sys
from hashlib import sha256
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key


class InvalidExport(Exception):
    """The export is not as it was signed; the text says what does not fit."""


def refuse(words: str) -> NoReturn:
    """Give up on the export."""
    raise InvalidExport(words)


def verify(export: bytes, pem: bytes) -> list[str]:
    """What the export proves, as sentences. Raises Refused when something does not fit."""
    if not export.endswith(b"\n"):
        refuse("the file does not end with a whole line")
    first, *events, last = export[:-1].split(b"\n")
    whole = sha256(export[: -len(last) - 1]).hexdigest()
    if last != json.dumps({"sha256": whole}, separators=(",", ":")).encode():
        refuse("the file is not as it was written: its last line is not the hash of the others")
    header = json.loads(first)
    if header["format"] != "redress-export/1":
        refuse(f"the file is none of this kind: {header['format']!r}")
    statement = signed_statement(header, pem)
    if [folder["service"] for folder in header["folders"]] != list(statement["stores"]):
        refuse("the folders are not those of the stores that the checkpoint covers")
    told = [
        f"Checkpoint {statement['number']} of {statement['time']}, signed with key {statement['key']}.",
        f"Case {header['case']}:",
    ]
    for folder in header["folders"]:
        mine, events = events[: folder["events"]], events[folder["events"] :]
        if len(mine) != folder["events"]:
            refuse(f"{folder['service']}: {folder['events']} events are announced, {len(mine)} are there")
        told.append(verify_folder(folder, header["case"], mine, statement))
    if events:
        refuse(f"{len(events)} events follow that are not announced")
    return told


def signed_statement(header: dict[str, Any], pem: bytes) -> dict[str, Any]:
    """The checkpoint's statement, if the owner of the key signed it."""
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        refuse("the public key is not one of Ed25519")
    line = header["checkpoint"].encode()
    try:
        key.verify(bytes.fromhex(header["signature"]), line)
    except InvalidSignature:
        refuse("the checkpoint was not signed with this key")
    statement: dict[str, Any] = json.loads(line)
    if not statement["key"] == header["key"] == sha256(key.public_bytes_raw()).hexdigest()[:16]:
        refuse("the key's id is another one")
    return statement


def verify_folder(folder: dict[str, Any], case: str, events: list[bytes], statement: dict[str, Any]) -> str:
    """What is proved of a case's events in one store."""
    service = folder["service"]
    digests = verify_chain(service, case, events)
    covered = 0
    if folder["head"] is None:
        verify_absence(f"{service} {case} ", folder["beside"], statement)
    else:
        name, stream, version, digest = verify_leaf(folder["head"], statement).split(" ")
        covered = int(version)
        if (name, stream) != (service, case):
            refuse(f"{service}: the proof is one of {name}, {stream}")
        if len(events) < covered:
            refuse(f"{service}: the checkpoint knows {covered} events, {len(events)} are there")
        if digests[covered - 1] != digest:
            refuse(f"{service}: event {covered} is not the one that the checkpoint signed")
    later = len(events) - covered
    beyond = f"; {later} later than it, which only their chain holds together" if later else ""
    return f"  {service}: {covered} events as the checkpoint signed them{beyond}."


def verify_chain(service: str, case: str, events: list[bytes]) -> list[str]:
    """The hashes of a stream's events, if each names the one before it."""
    digests: list[str] = []
    for version, event in enumerate(events, start=1):
        said = json.loads(event)
        if said.get("prevhash", "") != (digests[-1] if digests else ""):
            refuse(f"{service}: event {version} does not follow the one before it")
        if (said["source"], said["subject"], said["streamversion"]) != (service, case, version):
            refuse(f"{service}: event {version} is one of another stream or place")
        digests.append(sha256(event).hexdigest())
    return digests


def verify_leaf(leaf: dict[str, Any], statement: dict[str, Any]) -> str:
    """A line of the checkpoint's tree (RFC 9162), if the hashes beside its way lead to the root."""
    index, size = leaf["index"], statement["streams"]
    path = [bytes.fromhex(beside) for beside in leaf["path"]]
    found = sha256(b"\x00" + leaf["line"].encode()).digest()
    if not 0 <= index < size:
        refuse(f"the checkpoint has no leaf {index}")
    while size > 1:
        if index ^ 1 < size:
            beside = path.pop(0) if path else b""
            found = sha256(b"\x01" + (beside + found if index % 2 else found + beside)).digest()
        index, size = index // 2, (size + 1) // 2
    if path or found.hex() != statement["root"]:
        refuse(f"the proof of {leaf['line']!r} does not lead to the checkpoint's root")
    line: str = leaf["line"]
    return line


def verify_absence(stream: str, beside: list[dict[str, Any]], statement: dict[str, Any]) -> None:
    """See that the checkpoint has no such stream: two leaves that follow each other leave no room for it."""
    lines = [verify_leaf(leaf, statement) for leaf in beside]
    places = [leaf["index"] for leaf in beside]
    before = [place for place, line in zip(places, lines, strict=True) if line < stream]
    after = [place for place, line in zip(places, lines, strict=True) if line > stream]
    if [max(before, default=-1) + 1] != (after or [statement["streams"]]) or any(stream in line for line in lines):
        refuse(f"{stream}: events are withheld that the checkpoint knows")


if __name__ == "__main__":
    try:
        with open(sys.argv[1], "rb") as export_file, open(sys.argv[2], "rb") as key_file:
            print("\n".join(verify(export_file.read(), key_file.read())))
    except (InvalidExport, ValueError, LookupError, TypeError, AttributeError, OSError) as error:
        sys.exit(f"REFUSED: {error}")
