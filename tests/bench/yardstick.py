"""How fast the machine is at this moment, by a piece of work that never changes: shared machines differ by the hour."""

import hashlib
import statistics
import time

BLOCK = bytes(4 << 20)
COUNTED = 100_000
TURNS = 5


def yardstick() -> float:
    """Milliseconds of one core for hashing and counting, the median of some turns."""
    return 1000 * statistics.median(turn() for _ in range(TURNS))


def turn() -> float:
    """Seconds of one turn."""
    began = time.perf_counter()
    hashlib.sha256(BLOCK).digest()
    sum(number * number for number in range(COUNTED))
    return time.perf_counter() - began
