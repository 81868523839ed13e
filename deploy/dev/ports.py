"""Choosing TCP ports on the loopback address, and seeing whether one is taken."""

import random
import socket

LOOPBACK = "127.0.0.1"
BELOW_EPHEMERAL = range(12_000, 32_000)
"""Where free ports are looked for. Not the ephemeral range: a client that retries a dead server's port there can
connect to itself and so keep the server from coming back."""


def is_free(port: int) -> bool:
    """True when a server could listen on this port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listens on now.

    Raises ``OSError`` when none is found.
    """
    for _ in range(200):
        port = random.choice(BELOW_EPHEMERAL)
        if is_free(port):
            return port
    raise OSError("no free TCP port found")


def free_ports(names: tuple[str, ...], remembered: dict[str, int], promised: int) -> dict[str, int]:
    """A port for each name, no two the same: the remembered one while it is still free, else another.

    ``promised`` is the port of somebody who does not listen yet; nobody else gets it.
    """
    chosen: dict[str, int] = {}
    for name in names:
        port = remembered.get(name, 0)
        while port in (0, promised, *chosen.values()) or not is_free(port):
            port = free_port()
        chosen[name] = port
    return chosen
