"""Rehearses a form without a server: the door's check of the body, then intake's own decision; nothing is kept."""

import json
from typing import Any
from uuid import UUID

from deploy.importing.filling import FieldFault
from deploy.importing.sentences import Sentence
from services.intake.domain import FileComplaint, decide, initial
from shared.clock import Clock
from shared.contracts import Refused
from shared.contracts.values import Actor
from shared.http.body import body_of
from shared.http.problems import Problem, from_refused
from shared.procedures.course.rules import Rules
from shared.procedures.course.tasks import Tasks
from shared.procedures.language.company import Company, load_company
from shared.procedures.language.loader import load_pack

NOWHERE = UUID(int=0)


class Rehearsal:
    """What intake would say to a form of a site, filed by an actor."""

    def __init__(self, rules: Rules, actor: Actor, clock: Clock) -> None:
        self.rules = rules
        self.actor = actor
        self.clock = clock

    def faults(self, body: dict[str, Any]) -> tuple[FieldFault, ...]:
        """Why the form would be refused; empty when it would be accepted."""
        try:
            given = body_of(FileComplaint).read_json(json.dumps(body).encode())
            wish = FileComplaint(by=self.actor, serial=1, **given)
            list(decide(initial(NOWHERE), wish, self.rules, self.clock.now()))
        except Refused as refused:
            return told(from_refused(refused))
        except Problem as problem:
            return told(problem)
        return ()


def told(problem: Problem) -> tuple[FieldFault, ...]:
    """A problem as faults of fields, in words."""
    if problem.fields:
        return tuple(FieldFault(at.field, Sentence(at.key, at.values)) for at in problem.fields)
    return (FieldFault("", Sentence(problem.key, problem.values)),)


def rehearsal_for(site: str, person: str, clock: Clock) -> Rehearsal:
    """The rehearsal by this machine's company file and packs. Raises LookupError for a stranger or a strange site."""
    company = load_company()
    known = company.find(person)
    if known is None:
        raise LookupError(f"{person} is nobody of the company")
    return Rehearsal(rules_at(company, site), known.actor, clock)


def whoever_files(site: str) -> str:
    """The first person of this machine's company file who may file at a site. Raises LookupError."""
    company = load_company()
    rules = rules_at(company, site)
    for found in company.people:
        if rules.may("file-complaint", found.actor, Tasks()):
            return found.person
    raise LookupError(f"nobody may file at {site}; name a person with --as")


def rules_at(company: Company, site: str) -> Rules:
    """The rules of a site. Raises LookupError for one that the company lacks."""
    if site not in company.sites:
        raise LookupError(f"{site} is no site of the company; its sites are {', '.join(company.sites)}")
    place = company.sites[site]
    return Rules(load_pack(place.pack), place)
