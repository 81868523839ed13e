"""Proves a pack sound: clean means that it runs."""

from shared.regulation.language.model import Pack
from shared.regulation.lint.findings import MEANINGS, Observation, PackFinding
from shared.regulation.lint.guards import check_guards
from shared.regulation.lint.names import check_names
from shared.regulation.lint.proof import check_courses
from shared.regulation.lint.tables import check_tables
from shared.regulation.lint.texts import check_rungs, check_texts

__all__ = ["MEANINGS", "PackFinding", "lint"]


def lint(pack: Pack) -> list[PackFinding]:
    """Everything that is wrong with a pack, by its place in the file.

    The courses are walked when names, guards and rungs are right. A finding that the pack knows of carries the reading
    that holds; one that it knows of in vain is a finding itself. What the pack says ``waits`` is told, and is no fault.
    """
    found = [*check_names(pack), *check_guards(pack), *check_tables(pack), *check_texts(pack), *check_rungs(pack)]
    if not any(each.code in ("unknown", "no-such-value", "no-guard", "no-rung") for each in found):
        found += check_courses(pack)
    findings = {_placed(pack, each) for each in found}
    findings |= {_placed(pack, each) for each in _known_in_vain(pack, found)}
    for place, waiting in enumerate(pack.waits):
        line, column = pack.mark(("waits", place))
        findings.add(PackFinding(line, column, "waits", f"{pack.cited(waiting.cite)} {waiting.says}: {waiting.needs}"))
    return sorted(findings)


def _placed(pack: Pack, found: Observation) -> PackFinding:
    reading = next(
        (each.reading for each in pack.known if each.finding == found.code and each.says in found.message), ""
    )
    return PackFinding(*pack.mark(found.path), found.code, found.message, reading)


def _known_in_vain(pack: Pack, found: list[Observation]) -> list[Observation]:
    return [
        Observation("known-but-gone", ("known", place), f"{each.finding}: {each.says}")
        for place, each in enumerate(pack.known)
        if not any(each.finding == other.code and each.says in other.message for other in found)
    ]
