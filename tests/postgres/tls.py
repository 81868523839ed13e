"""A door in front of a PostgreSQL that takes nothing but TLS: the server that comes as a wheel speaks none."""

import socket
import ssl
import struct
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TLS_WANTED = struct.pack(">ii", 8, 80877103)
"""PostgreSQL's SSLRequest."""


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    kept, secret = folder / f"{name}.crt", folder / f"{name}.key"
    kept.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem, pkcs8, plain = (
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    secret.write_bytes(key.private_bytes(pem, pkcs8, plain))
    return kept, secret


class TlsDoor(ThreadingTCPServer):
    """Passes on to a server what comes encrypted, and hangs up on what does not."""

    daemon_threads = True

    def __init__(self, port: int, kept: Path, secret: Path) -> None:
        super().__init__(("127.0.0.1", 0), Passing)
        self.behind = port
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(kept, secret)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller who hangs up is no news."""


class Passing(BaseRequestHandler):
    """One connection."""

    server: TlsDoor

    def handle(self) -> None:
        """Ask for TLS, then pass bytes on in both directions until one side ends."""
        if self.request.recv(8) != TLS_WANTED:
            return
        self.request.sendall(b"S")
        with (
            self.server.context.wrap_socket(self.request, server_side=True) as caller,
            socket.create_connection(("127.0.0.1", self.server.behind)) as server,
        ):
            answering = threading.Thread(target=passed, args=(server, caller), daemon=True)
            answering.start()
            passed(caller, server)
            answering.join(5)


def passed(source: socket.socket, target: socket.socket) -> None:
    """Pass bytes on until one side ends."""
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
