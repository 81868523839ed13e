"""The processor time that the whole stack spends on something: what stops a rate on a machine of so many cores."""

import os

import psutil

from tests.bench.ground import House
from tests.bench.rows import Row


class Meter:
    """Counts from its making on."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._before = spent(house)

    def row(self, what: str, operations: float) -> Row:
        """What one of so many operations took since, by part, and how many a second the cores allow at that price."""
        now = spent(self._house)
        by_part = {name: 1000 * (now[name] - self._before.get(name, 0.0)) / operations for name in now}
        price = sum(by_part.values())
        parts = ", ".join(f"{name} {took:.2f}" for name, took in sorted(by_part.items(), key=lambda part: -part[1]))
        cores = os.cpu_count() or 1
        note = f"{parts}; {cores} cores allow {1000 * cores / price:,.1f} a second at that price"
        return Row(f"processor time of {what}, all processes", price, "ms", note=note)


def spent(house: House) -> dict[str, float]:
    """Seconds of processor time so far by the name of the process, and those of the clients, which are in this one."""
    found = {name: sum(map(seconds, family)) for name, family in house.processes().items()}
    return found | {"clients": seconds(psutil.Process())}


def seconds(process: psutil.Process) -> float:
    """What a process alone has spent; nothing when it has ended."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
