"""Numbers are without gap and double in each series, site and month (P1.8), those of slips too."""

import re
from collections import defaultdict
from collections.abc import Iterator

from tests.chaos.violations import Evidence, Violation

NUMBERED = {
    "intake.case-accepted": "intake",
    "intake.anomaly-slip-filed": "intake",
    "approval.urging-slip-issued": "approval",
    "approval.inquiry-slip-issued": "approval",
}
"""What gets a number, and in whose store."""
NUMBER = re.compile(r"(\D*\d{4})(\d{2,})")


def numbers_have_no_gap(evidence: Evidence) -> Iterator[Violation]:
    """The serials of each month are 1, 2, 3 … as often as numbers were given, and each was drawn once."""
    for topic, service in NUMBERED.items():
        given: dict[tuple[str, str], list[int]] = defaultdict(list)
        for event in evidence.stores[service].of(topic):
            month, serial = number_of(event.data["number"])
            given[event.label.site, month].append(serial)
        for series, serials in given.items():
            if sorted(serials) != list(range(1, len(serials) + 1)):
                yield Violation("numbers have a gap or a double", f"{topic} {series}: {sorted(serials)}")
    for service, store in evidence.stores.items():
        drawn = len(store.of("series.number-drawn"))
        numbers = sum(len(store.of(topic)) for topic, whose in NUMBERED.items() if whose == service)
        if drawn != numbers:
            yield Violation("numbers were drawn and not given", f"{service}: {drawn} drawn, {numbers} given")


def number_of(written: str) -> tuple[str, int]:
    """Series and month, and the serial, of a number as it is written."""
    match = NUMBER.fullmatch(written)
    assert match, f"no number: {written}"
    return match[1], int(match[2])
