"""The linter of packs: names, amounts, the course of a case and its limits, each finding with its line."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from shared.procedures.language.pack import Pack
from shared.procedures.language.sections import Bound
from shared.procedures.lint.findings import Finding, Found
from shared.procedures.lint.pace import check_pace
from shared.procedures.lint.proof import check_course
from shared.procedures.lint.references import check_facts, check_names


def lint(pack: Pack) -> list[Finding]:
    """Everything that is wrong with a pack, by line.

    The course is walked when every name is known, and its limits are added up when it is sound. A finding
    that the pack knows of (section ``known``) carries the reading that holds; one that it knows of in vain is
    a finding itself.
    """
    found = [*check_names(pack), *check_authority(pack), *check_dispositions(pack), *check_formulas(pack)]
    readings = {(known.finding, known.says): known.reading for known in pack.known}
    if not any(each.code in ("unknown", "twice") for each in found):
        course = [*check_facts(pack), *check_course(pack)]
        found += course or check_pace(pack)
        gone = set() if course else readings.keys() - {(each.code, each.message) for each in found}
        found += [Found("known-but-gone", ("known",), f"{finding}: {says}") for finding, says in gone]
    findings = {
        Finding(pack.line(each.place), each.code, each.message, readings.get((each.code, each.message), ""))
        for each in found
    }
    return sorted(findings, key=lambda finding: (finding.line, finding.code, finding.message))


def check_authority(pack: Pack) -> Iterator[Found]:
    """Findings ``authority-gap``, ``authority-overlap``, ``authority-descends`` of each bound after the one before."""
    bounds = pack.authority.bounds
    if not bounds[0].covers(Decimal(0)):
        yield Found("authority-gap", ("authority", "bounds", 0), f"nobody signs up to {bounds[0].lower}")
    for index, (lower, upper) in enumerate(pairwise(bounds), start=1):
        place = ("authority", "bounds", index)
        yield from (Found(code, place, says) for code, says in _meeting(lower, upper))
        if pack.rank(upper.level) < pack.rank(lower.level):
            yield Found("authority-descends", place, f"{upper.level} is below {lower.level}")
    if (highest := bounds[-1].upper) is not None:
        yield Found("authority-gap", ("authority", "bounds", len(bounds) - 1), f"nobody signs above {highest}")


def check_dispositions(pack: Pack) -> Iterator[Found]:
    """Finding ``no-disposition``: whatever was decided of a complaint, it can be settled somehow (P1.22)."""
    for decided, names in pack.choices.get("establishment", {}).items():
        if not pack.dispositions_for(decided):
            yield Found("no-disposition", ("dispositions",), f"nothing settles a complaint that is {names.en.lower()}")


def check_formulas(pack: Pack) -> Iterator[Found]:
    """Finding ``no-money``: each product of a formula is a sum of money, or a price times a quantity (P1.30)."""
    for code, disposition in pack.dispositions.items():
        for part in ("amount", "loss"):
            for index, product in enumerate(getattr(disposition, part)):
                known = [factor for factor in product if isinstance(factor, str) and factor in pack.inputs]
                kinds = sorted(pack.inputs[factor].kind for factor in known)
                if known and kinds not in (["sum"], ["price", "quantity"]):
                    says = f"{' × '.join(known)} is no money"
                    yield Found("no-money", ("dispositions", code, part, index), says)


def _meeting(lower: Bound, upper: Bound) -> Iterator[tuple[str, str]]:
    """What is wrong where two rows should meet: neither or both of them have the amounts there."""
    end, begin = lower.upper, upper.lower
    both = f"{lower.level} and {upper.level} are both named"
    if end is None or begin is None or begin < end:
        yield "authority-overlap", both
    elif begin > end:
        yield "authority-gap", f"nobody signs above {end} up to {begin}"
    elif lower.upto is not None and upper.at_least is not None:
        yield "authority-overlap", f"{both} for {end}"
    elif lower.upto is None and upper.at_least is None:
        yield "authority-gap", f"nobody signs for {end}"
