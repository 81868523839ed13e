"""``python -m tests.chaos.launching.cables FILE``: the network between the parts of a stack, which can be broken.

The file says ``{"control": port, "lines": {name: [port, target port]}}``. Whoever writes ``name|mode`` to the control
port has the lines of that name put into that mode; ``plugged`` mends them.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from deploy.dev.ports import LOOPBACK

PLUGGED, PULLED, SILENT, DEAF, SLOW = "plugged", "pulled", "silent", "deaf", "slow"
"""All passes; all is cut; nothing passes either way; answers do not pass; everything comes late."""
LATE = 0.15
"""Seconds by which a slow line delays."""
TICK = 1e-5
"""Seconds between two sendings that must keep their order."""
BACKLOG = 4096
"""Callers that may wait to be answered, as many as a service lets wait."""
MOST_WAITING = 1 << 18
"""Bytes that may wait for a receiver before the sender is made to wait."""


class Line:
    """One listening port and what is connected through it."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.mode = PLUGGED
        self.wires: set[Wire] = set()

    def answered(self) -> "End":
        """The near end of a new connection."""
        return Wire(self).near

    def put(self, mode: str) -> None:
        """Change what passes. Answers that were held back are lost with their connections."""
        lost = mode == PULLED or self.mode == DEAF
        self.mode = mode
        for wire in list(self.wires):
            if lost:
                wire.cut()
            else:
                wire.adjust()


class Wire:
    """One connection: its near end, at the one who called, and its far end, at the server."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.near = End(self)
        self.far = End(self)
        self.connecting: asyncio.Task[None] | None = None
        line.wires.add(self)

    async def connect(self) -> None:
        """Call the server; when it does not answer, hang up."""
        try:
            await asyncio.get_running_loop().create_connection(lambda: self.far, LOOPBACK, self.line.target)
        except OSError:
            self.cut()
        else:
            self.adjust()

    def other(self, end: "End") -> "End":
        """The end at the other side."""
        return self.far if end is self.near else self.near

    def adjust(self) -> None:
        """Have each end read or wait, as the line's mode and the receivers want it."""
        for end, deaf in ((self.near, False), (self.far, self.line.mode == DEAF)):
            end.read(self.far.is_open and self.line.mode != SILENT and not deaf and not self.other(end).is_full)

    def cut(self) -> None:
        """Break it."""
        self.line.wires.discard(self)
        for end in (self.near, self.far):
            end.abort()


class End(asyncio.Protocol):
    """A socket; what it receives goes to the other end."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._transport: asyncio.Transport | None = None
        self._until = 0.0
        self.is_full = False

    @property
    def is_open(self) -> bool:
        """Whether it is connected."""
        return self._transport is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is connected."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=MOST_WAITING)
        if self._wire.line.mode == PULLED or self._wire not in self._wire.line.wires:
            self._wire.cut()
        elif self is self._wire.near:
            self.read(False)
            self._wire.connecting = asyncio.create_task(self._wire.connect())

    def data_received(self, data: bytes) -> None:
        """Pass it on."""
        self._wire.other(self).write(data, LATE if self._wire.line.mode == SLOW else 0.0)

    def eof_received(self) -> None:
        """One side has hung up."""
        self._wire.other(self).finish()

    def connection_lost(self, error: Exception | None) -> None:
        """It is gone, and so is the other."""
        self._transport = None
        self._wire.line.wires.discard(self._wire)
        self._wire.other(self).finish()

    def pause_writing(self) -> None:
        """The receiver does not keep up."""
        self.is_full = True
        self._wire.adjust()

    def resume_writing(self) -> None:
        """The receiver has caught up."""
        self.is_full = False
        self._wire.adjust()

    def write(self, data: bytes, late: float) -> None:
        """Send after so many seconds, and never before what was to be sent before."""
        loop = asyncio.get_running_loop()
        if late or loop.time() < self._until:
            self._until = max(loop.time() + late, self._until + TICK)
            loop.call_at(self._until, self._send, data)
        else:
            self._send(data)

    def finish(self) -> None:
        """Hang up when all is sent."""
        loop = asyncio.get_running_loop()
        loop.call_at(max(loop.time(), self._until + TICK), self._close)

    def read(self, wanted: bool) -> None:
        """Read on, or do not."""
        if self._transport is None or self._transport.is_closing():
            return
        if wanted and not self._transport.is_reading():
            self._transport.resume_reading()
        elif not wanted and self._transport.is_reading():
            self._transport.pause_reading()

    def abort(self) -> None:
        """Break it off."""
        if self._transport is not None:
            self._transport.abort()

    def _send(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def serve(control: int, plan: Mapping[str, tuple[int, int]]) -> None:
    """Carry everything, and obey who calls at ``control``, until the process is ended."""
    lines: dict[str, Line] = {}
    loop = asyncio.get_running_loop()
    for name, (port, target) in plan.items():
        line = lines[name] = Line(target)
        await loop.create_server(line.answered, LOOPBACK, port, backlog=BACKLOG)

    async def obey(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while order := (await reader.readline()).decode().strip():
            name, _, mode = order.partition("|")
            lines[name].put(mode)
            writer.write(b"done\n")
        writer.close()

    await asyncio.start_server(obey, LOOPBACK, control)
    await asyncio.Event().wait()


if __name__ == "__main__":
    told = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    asyncio.run(serve(told["control"], told["lines"]))
