"""The linter's look at shared limits: whoever has a stage of one has a part of it, and no part is nobody's (P1.23)."""

from collections.abc import Iterator

from shared.procedures.language.pack import Pack
from shared.procedures.language.sections import Stage
from shared.procedures.language.words import ByFact, Facts
from shared.procedures.lint.findings import Found
from shared.procedures.lint.graph import Courses, Edge


def parted(pack: Pack, stage: Stage, edge: Edge) -> Iterator[tuple[str, str]]:
    """Findings ``no-part`` and ``parts-out-of-order`` of a stage that an edge begins, in words."""
    order = list(pack.shares[stage.share or ""].parts_for(edge.step.facts))
    if stage.stage not in order:
        yield "no-part", f"there is no part of {stage.share!r}"
        return
    for before, _ in pack.ended_by(edge.step.event):
        if before.share == stage.share and before.stage in order[order.index(stage.stage) + 1 :]:
            yield "parts-out-of-order", f"{before.stage!r} comes first"


def check_parts(pack: Pack, graph: Courses) -> Iterator[Found]:
    """Finding ``part-for-nobody``: for a stage that does not share the limit, or that no case of its table comes to.

    A stage that only some of these cases come to does no harm: what it would have had is passed on.
    """
    for name, shared in pack.shares.items():
        sharing = {stage.stage for stage in pack.stages if stage.share == name}
        for place, parts in shared.tables:
            asked = {shared.parts.by: place[-1]} if isinstance(shared.parts, ByFact) else {}
            for code in parts:
                if code not in sharing:
                    says = f"{code!r} does not share {name!r}"
                elif not _comes_to(graph, code, asked):
                    says = f"no such case comes to {code!r}"
                else:
                    continue
                yield Found("part-for-nobody", ("shares", name, "parts", *place, code), says)


def _comes_to(graph: Courses, code: str, asked: Facts) -> bool:
    """Whether a case with these facts has the stage at some time."""
    return any(
        code in {stage for stage, _ in position.open} and position.known.items() >= asked.items() for position in graph
    )
