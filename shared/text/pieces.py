"""The pieces of a text, by which an index finds every text that it is a part of.

A piece is three signs, and two where one of them is Chinese or the like, whose words are that short. What has a text as
its part has all its pieces; the other way round it need not be so, which who asks looks at.
"""

from zlib import crc32

WIDE = 4
"""Bytes in UTF-8 from which on two signs are enough."""


def pieces(form: str) -> list[int]:
    """The pieces of a text in its form (see :mod:`shared.text.normal`), as whole numbers of four bytes, in order.

    None for what is shorter than a piece.
    """
    return sorted({crc32(piece.encode()) - 2**31 for place in range(len(form)) if (piece := piece_at(form, place))})


def piece_at(form: str, place: int) -> str:
    """The piece that begins at a place; empty where what is left is none."""
    two, three = form[place : place + 2], form[place : place + 3]
    if len(two.encode()) >= WIDE:
        return two
    return three if len(three) == 3 else ""
