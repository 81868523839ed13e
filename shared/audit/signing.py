"""The key that signs checkpoints, and the public keys that others check them with (Ed25519)."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PUBLIC = ".pem"
"""How the file of a public key ends; its name is the key's id."""


class NoKey(Exception):
    """A file that holds no key of the kind wanted; the text says which."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """``id`` is the beginning of the SHA-256 of the key's 32 bytes: short enough to compare by eye."""

    id: str
    key: Ed25519PublicKey

    @classmethod
    def of(cls, key: Ed25519PublicKey) -> "PublicKey":
        """The key with its id."""
        return cls(sha256(key.public_bytes_raw()).hexdigest()[:16], key)

    @classmethod
    def read(cls, path: Path) -> "PublicKey":
        """The key in a PEM file. Raises NoKey, OSError."""
        try:
            key = serialization.load_pem_public_key(path.read_bytes())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise NoKey(f"{path} holds no public key") from error
        if not isinstance(key, Ed25519PublicKey):
            raise NoKey(f"{path} holds a key, but not one of Ed25519")
        return cls.of(key)

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether the owner of this key signed these bytes."""
        try:
            self.key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def write(self, folder: Path) -> Path:
        """Put the key beside what it signed, for those who check it."""
        path = folder / f"{self.id}{PUBLIC}"
        if not path.exists():
            form = serialization.PublicFormat.SubjectPublicKeyInfo
            path.write_bytes(self.key.public_bytes(serialization.Encoding.PEM, form))
        return path


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Signs. Whoever holds it can write checkpoints, so it lies where those who change the database cannot read."""

    key: Ed25519PrivateKey

    @classmethod
    def of(cls, path: Path) -> "SigningKey":
        """The key in a PEM file that only its owner reads, made now if there is none. Raises NoKey, OSError."""
        try:
            found = path.read_bytes()
        except FileNotFoundError:
            return cls._made(path)
        try:
            key = serialization.load_pem_private_key(found, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise NoKey(f"{path} holds no private key, or one with a password") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise NoKey(f"{path} holds a key, but not one of Ed25519")
        return cls(key)

    @classmethod
    def _made(cls, path: Path) -> "SigningKey":
        key = Ed25519PrivateKey.generate()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            form, without = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            file.write(key.private_bytes(serialization.Encoding.PEM, form, without))
        return cls(key)

    @property
    def public(self) -> PublicKey:
        """What others check its signatures with."""
        return PublicKey.of(self.key.public_key())

    def sign(self, message: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self.key.sign(message)


def keyring(paths: Iterable[Path]) -> dict[str, PublicKey]:
    """Public keys by id. Raises NoKey, OSError."""
    return {key.id: key for key in map(PublicKey.read, paths)}
