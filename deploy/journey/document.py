"""Writes docs/journey.md: the course of a case by its pack; for each event who says it, who hears it, what follows."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from deploy.journey.departments import CommandRow, ReactionRow, deeds, hearings
from shared.contracts.approval import SentBack
from shared.contracts.event import SERVICES, declarations, owner_of, wire_name
from shared.procedures.language.pack import Pack
from shared.procedures.language.sections import Beginning, Stage
from shared.procedures.language.words import ByFact, Each, NamedBy, TimeLimit

SENT_BACK = wire_name(SentBack)


def journey(pack: Pack) -> str:
    """The whole document, as Markdown."""
    return "\n".join([*head(pack), *picture(pack), *course(pack), *events(pack)]) + "\n"


def head(pack: Pack) -> Iterator[str]:
    """Title, and what this is."""
    yield f"# The journey of a complaint: {pack.id}, version {pack.version}"
    yield ""
    yield f"{pack.name.en} ({pack.name.zh_cn})."
    yield "Written by `redress journey --out docs/journey.md` from the code and the pack; not edited by hand."
    yield ""


def picture(pack: Pack) -> Iterator[str]:
    """The stages as a flow, an arrow from each event's stage to the stages it begins."""
    yield from ("## The course", "", "```mermaid", "flowchart TD")
    for stage in pack.stages:
        yield f'  {stage.stage}["{stage.name.zh_cn}<br>{stage.name.en}<br><i>{owner(stage)}</i>"]'
    for stage in pack.stages:
        for beginning in stage.begins:
            senders = [sender.stage for sender in pack.stages if ends_with(sender, beginning.event)]
            arrow = f"-->|{condition(beginning)}|" if beginning.when else "-->"
            yield from (f"  {sender} {arrow} {stage.stage}" for sender in senders)
    for stage in pack.stages:
        yield from (f"  {stage.stage} -.->|sent back| {back}" for back in stage.sends_back)
    yield from ("```", "")


def course(pack: Pack) -> Iterator[str]:
    """A row a stage: who has it, how long, what begins and ends it, what may be done in it."""
    yield "| stage | who | limit | begins | what may be done | ends | rule |"
    yield "|---|---|---|---|---|---|---|"
    for stage in pack.stages:
        acts = [name for name, act in pack.acts.items() if stage.stage in act.stages]
        cells = (
            f"**{stage.stage}** {stage.name.zh_cn}",
            owner(stage),
            limit(pack.limit_of(stage)),
            lines(f"`{one.event}`" + (f" when {condition(one)}" if one.when else "") for one in stage.begins),
            lines(f"`{act}`" for act in acts),
            lines(f"`{one.event}`" for one in stage.ends),
            stage.rule,
        )
        yield f"| {' | '.join(cells)} |"
    yield from (
        "",
        f"The whole case: {limit(pack.overall)} from `{pack.overall.begins}` until `{pack.overall.ends}`.",
        "",
    )


def events(pack: Pack) -> Iterator[str]:
    """For each event: what says it, who hears it, the command that follows and the events it may lead to."""
    told, heard = tuple(deeds()), tuple(as_the_pack_has_it(pack, row) for row in hearings())
    yield from ("## Event by event", "", "A department that only *files* what it hears keeps a copy in its folder.", "")
    yield "| event | said on | heard by | command | event |"
    yield "|---|---|---|---|---|"
    published = (declaration.name for declaration in declarations.values())
    for name in sorted(name for name in published if owner_of(name) in SERVICES):
        listeners = [row for row in heard if row.event == name]
        yield f"| `{name}` | {origin(name, told, heard)} | " + (" | ".join(following(listeners)) or "- | - | -") + " |"
    yield ""


def as_the_pack_has_it(pack: Pack, row: ReactionRow) -> ReactionRow:
    """The register moves a case only on the events that the pack names, and on a stage sent back."""
    if row.service != "intake" or pack.moved_by(row.event) or row.event == SENT_BACK:
        return row
    return replace(row, says=tuple(name for name in row.says if not name.startswith("intake.stage-")))


def origin(name: str, told: Iterable[CommandRow], heard: Iterable[ReactionRow]) -> str:
    """The commands and the reactions that an event comes from."""
    if name.startswith("intake.stage-"):
        return "every event that moves the case"
    if name.startswith("analytics.deadline-"):
        return "the clock"
    acts = [f"`{deed.act}`" for deed in told if name in deed.says]
    reactions = [f"`{row.event}`" for row in heard if name in row.says and owner_of(name) == row.service]
    return lines([*acts, *(f"hearing {row}" for row in reactions)])


def following(listeners: list[ReactionRow]) -> tuple[str, str, str]:
    """Who hears, with which command, and what he may say then: three cells, a line a listener."""
    return (
        lines(row.service for row in listeners) or "-",
        lines("files it" if row.reaction == "file" else f"`{row.reaction}`" for row in listeners) or "-",
        lines(", ".join(f"`{name}`" for name in row.says) or "-" for row in listeners) or "-",
    )


def lines(parts: Iterable[str]) -> str:
    """Several entries of one cell."""
    return "<br>".join(parts)


def ends_with(stage: Stage, event: str) -> bool:
    """Whether an event ends a stage."""
    return any(ending.event == event for ending in stage.ends)


def condition(beginning: Beginning) -> str:
    """A condition as words."""
    return " and ".join(f"{fact} is {' or '.join(values)}" for fact, values in beginning.when.items())


def owner(stage: Stage) -> str:
    """Who has a stage, as words."""
    match stage.owner:
        case Each():
            who = " and ".join(stage.owner.each)
        case ByFact():
            who = ", ".join(f"{department} ({value})" for value, department in stage.owner.of.items())
        case NamedBy():
            who = f"the {stage.owner.named_by}"
        case _:
            who = stage.owner
    return f"{who}, {stage.level}" if stage.level else who


def limit(found: TimeLimit | None) -> str:
    """A limit as words."""
    if found is None:
        return "-"
    if isinstance(found.time, ByFact):
        return ", ".join(f"{value} {time}" for value, time in found.time.of.items())
    return str(found.time)
