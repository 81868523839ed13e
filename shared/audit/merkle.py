"""A Merkle tree over lines of text, as RFC 9162 (certificate transparency) builds it: one hash for all of them."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

WIDTH = 32
"""Bytes of a hash."""


class Tree:
    """The tree over ``leaves`` in their order. Two different sequences of leaves have different roots.

    A level is kept as one run of hashes, so that a tree over a million leaves takes 64 MB.
    """

    def __init__(self, leaves: Iterable[bytes]) -> None:
        levels = [b"".join(map(leaf_hash, leaves))]
        while len(levels[-1]) > WIDTH:
            levels.append(_above(levels[-1]))
        self._levels = levels

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0]) // WIDTH

    @property
    def root(self) -> bytes:
        """The hash of all leaves; of none, the hash of nothing."""
        return self._levels[-1] or sha256().digest()

    def path(self, index: int) -> list[bytes]:
        """The hashes beside the way from a leaf (from 0) up to the root. Raises IndexError without such a leaf."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        path = []
        for level in self._levels[:-1]:
            beside = WIDTH * (index ^ 1)
            if beside < len(level):
                path.append(level[beside : beside + WIDTH])
            index //= 2
        return path


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf, which can be the hash of no inner node."""
    return sha256(b"\x00" + leaf).digest()


def root_of(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a leaf, as number ``index`` of ``size``, and the hashes beside its way lead to.

    Raises ValueError when a tree of that size has no such way.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} of {size}")
    rest = list(path)
    found = leaf_hash(leaf)
    while size > 1:
        if index ^ 1 < size:
            if not rest:
                raise ValueError("the path is too short")
            beside = rest.pop(0)
            found = _joined(beside, found) if index % 2 else _joined(found, beside)
        index, size = index // 2, (size + 1) // 2
    if rest:
        raise ValueError("the path is too long")
    return found


def _joined(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _above(level: bytes) -> bytes:
    pairs, odd = divmod(len(level), 2 * WIDTH)
    above = [sha256(b"\x01" + level[2 * WIDTH * pair : 2 * WIDTH * (pair + 1)]).digest() for pair in range(pairs)]
    if odd:
        above.append(level[-WIDTH:])
    return b"".join(above)
