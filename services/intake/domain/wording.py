"""What free words may say beside what was approved: no amount and no share that was not approved (P1.19)."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from services.intake.domain.folder import IntakeFolder
from shared.contracts import Refused

DIGITS = dict(zip("〇零一二三四五六七八九", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
DIGITS |= dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True)) | dict(
    zip("貳參陸兩两", (2, 3, 6, 2, 2), strict=True)
)
TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
CHINESE = "".join({*DIGITS, *TENS, *MYRIADS})
DAYS = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}:\d{2}|\d{4}年|\d{1,2}[月日号號時时點点]"
    r"|\d+ ?(?:days?|hours?|weeks?|天|小时|小時|周|週)"
    r"|\b0\d{1,3}-\d[\d-]{4,}\d|[一二三四五六七八九十廿]+(?:天|日|月|小时|小時|周|週)",
    re.IGNORECASE,
)
"""Days, times, spans and telephone numbers, which are no amounts."""
WRITTEN = re.compile(r"\d{1,3}(?:[,' ]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?")
"""A number in figures, with whatever separates its thousands."""
PART = re.compile(r"\s*(?:%|percent|per cent|折|成)", re.IGNORECASE)
"""What makes a number a share of something, which is never approved as such."""
MULTIPLES = re.compile(r"\s*(万|萬|千|亿|億|k\b|thousand|million)", re.IGNORECASE)
TIMES = {"k": 1000, "thousand": 1000, "million": 10**6, "千": 1000, **MYRIADS}
SPELT = re.compile(rf"[{CHINESE}]{{2,}}|[{CHINESE}](?=\s*(?:元|块|塊|圆|圓|件|套|箱|个|個|折|成|%))")
"""A number in Chinese characters: several of them, or one before what it counts."""
PHRASES = re.compile("十分|百分百|千万不|千萬不|万分|萬分|一一|千百|万一|萬一")
"""Phrases that are written with numerals and are no numbers."""


def require_approved(words: str, folder: IntakeFolder, field: str) -> None:
    """Raise Refused ``unapproved-number`` for a number in free words that is no figure of the case and no day (P1.19).

    What is known of the case may be named: what was approved, and the goods, their order and its numbers.
    """
    approved = folder.approved
    if approved is None:
        return
    known = {approved.amount.amount, *approved.inputs.values()} | quantities(folder)
    text = without_names(unicodedata.normalize("NFKC", words), folder)
    for written, value, end in numbers(text):
        if value not in known or PART.match(text, end):
            told = {"number": written, "approved": approved.amount}
            raise Refused("unapproved-number", "P1.19", fields=(field,), **told)


def quantities(folder: IntakeFolder) -> set[Decimal]:
    """How many were delivered and are defective."""
    return {number for number in (folder.delivered, folder.defective) if number is not None}


def without_names(words: str, folder: IntakeFolder) -> str:
    """The words without the numbers by which goods and case are known, and without days and times."""
    form = folder.form
    names = (folder.number, form.order if form else "", form.part if form else "")
    for name in filter(None, (unicodedata.normalize("NFKC", name) for name in names)):
        words = words.replace(name, " ; ")
    return DAYS.sub(" ; ", PHRASES.sub(" ; ", words))


def numbers(words: str) -> Iterator[tuple[str, Decimal, int]]:
    """Every number in a text as it is written, its value, and where it ends."""
    rest = words
    for found in WRITTEN.finditer(words):
        value = Decimal(re.sub(r"[,' ]", "", found.group()))
        multiple = MULTIPLES.match(words, found.end())
        if multiple:
            value *= TIMES[multiple.group(1).lower()]
        end = multiple.end() if multiple else found.end()
        yield words[found.start() : end], value, end
        rest = rest[: found.start()] + ";" * (end - found.start()) + rest[end:]
    for found in SPELT.finditer(rest):
        yield found.group(), Decimal(spelt(found.group())), found.end()


def spelt(characters: str) -> int:
    """The value of Chinese numerals: ``一万二千`` is 12000, ``二五〇〇`` is 2500."""
    if not set(characters) & {*TENS, *MYRIADS}:
        return int("".join(str(DIGITS[each]) for each in characters))
    total = part = digit = 0
    for each in characters:
        if each in DIGITS:
            digit = DIGITS[each]
        elif each in TENS:
            part, digit = part + (digit or 1) * TENS[each], 0
        else:
            total, part, digit = ((total + part + digit) or 1) * MYRIADS[each], 0, 0
    return total + part + digit
