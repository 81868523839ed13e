"""Questions that tell whether a process does its work yet; each answers within a second."""

import socket
import struct
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from deploy.dev.ports import LOOPBACK

Probe = Callable[[], bool]

API_VERSIONS = struct.pack(">hhih", 18, 0, 1, -1)
"""Kafka's ApiVersions request, version 0, correlation 1, no client id: a broker answers it once it serves."""


def answers(url: str) -> Probe:
    """Whether this address answers with a success."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def probe() -> bool:
        try:
            with opener.open(url, timeout=1) as response:
                return bool(200 <= response.status < 300)
        except (OSError, urllib.error.URLError):
            return False

    return probe


def accepts_queries(pg_isready: Path, port: int) -> Probe:
    """Whether PostgreSQL takes connections on this port."""
    argv = [str(pg_isready), "--quiet", f"--host={LOOPBACK}", f"--port={port}", "--timeout=1"]

    def probe() -> bool:
        return subprocess.run(argv, check=False).returncode == 0

    return probe


def serves_kafka(host: str, port: int) -> Probe:
    """Whether a Kafka broker answers requests at this address."""

    def probe() -> bool:
        try:
            with socket.create_connection((host, port), timeout=1) as broker:
                broker.sendall(struct.pack(">i", len(API_VERSIONS)) + API_VERSIONS)
                return len(broker.recv(4)) == 4
        except OSError:
            return False

    return probe
