"""What a department asks of its pack: who may act, which level signs, what follows, how it is numbered and worded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from shared.contracts.event import Event, owner_of
from shared.contracts.refused import Refused
from shared.contracts.values import SYSTEM, Actor, Deadline, Money
from shared.money import is_payable, places_of
from shared.procedures.course import settlement, stages
from shared.procedures.course.goods import Goods
from shared.procedures.course.settlement import Settlement
from shared.procedures.course.shares import used_by
from shared.procedures.course.stages import Moves, Timing
from shared.procedures.course.tasks import Task, Tasks
from shared.procedures.language.company import Site
from shared.procedures.language.pack import Pack
from shared.procedures.language.sections import Act
from shared.procedures.language.words import NO_FACTS, Facts, answer


@dataclass(frozen=True)
class Rules:
    """A pack as it holds at a site: what every ``decide`` gets as ``rules``."""

    pack: Pack
    place: Site

    @property
    def site(self) -> str:
        """The site's code."""
        return self.place.code

    @property
    def currency(self) -> str:
        """The site's currency (ISO 4217)."""
        return self.place.currency

    def permit(self, act: str, by: Actor, tasks: Tasks) -> Task | None:
        """The task in which this actor does this act; None for an act that needs no stage.

        Raises Refused ``system-only``, ``wrong-site``, ``case-not-open``, ``case-touched``, ``stage-not-open``,
        ``wrong-department`` or ``level-too-low``, with the act's rule; KeyError for an act that the pack
        does not know.
        """
        asked = self.pack.acts[act]
        if asked.by == "system":
            if by == SYSTEM:
                return None
            raise Refused("system-only", asked.rule, act=act)
        if self.site not in by.sites:
            raise Refused("wrong-site", asked.rule, site=self.site)
        if asked.case == "open" and not any(map(self._before_closing, tasks.open)):
            raise Refused("case-not-open", asked.rule)
        if asked.case == "untouched" and any(map(self._before_closing, tasks.closed)):
            raise Refused("case-touched", asked.rule)
        task = self._task(asked, by, tasks)
        if asked.level and not self.outranks(by.level, asked.level):
            raise Refused("level-too-low", asked.rule, level=by.level, required=asked.level)
        return task

    def may(self, act: str, by: Actor, tasks: Tasks) -> bool:
        """Whether :meth:`permit` lets the actor."""
        try:
            self.permit(act, by, tasks)
        except Refused:
            return False
        return True

    def acts_in(self, stage: str, who: Actor) -> tuple[str, ...]:
        """The acts of a stage that whoever has it may do, by department and level, in the pack's order."""
        return tuple(
            act
            for act, asked in self.pack.acts.items()
            if stage in asked.stages
            and asked.by == "people"
            and (not asked.departments or who.department in asked.departments)
            and (not asked.level or self.outranks(who.level, asked.level))
        )

    def could(self, act: str, who: Actor) -> bool:
        """Whether somebody may do an act wherever its stage is open and theirs, by department and level."""
        stages = (self.pack.stage(stage) for stage in self.pack.acts[act].stages)
        return any(
            act in self.acts_in(each.stage, who)
            and (not isinstance(each.owner, str) or each.owner == who.department)
            and (not each.level or self.outranks(who.level, each.level))
            for each in stages
        )

    def is_for(self, service: str, stage: str) -> bool:
        """Whether a stage waits for this service: whether it is the one that says the events that end it."""
        return any(owner_of(end.event) == service for end in self.pack.stage(stage).ends)

    def has_limit(self, stage: str) -> bool:
        """Whether a stage has a limit, of its own or shared."""
        return self.pack.limit_of(self.pack.stage(stage)) is not None

    def outranks(self, level: str, required: str) -> bool:
        """Whether a level is the required one or a higher one. A level unknown to the pack outranks none."""
        return self.pack.rank(level) >= self.pack.rank(required) >= 0

    def level_for(self, amount: Money) -> str:
        """The least level that must sign for an amount (P1.24).

        Raises Refused ``wrong-currency`` for another currency than the site's, ``no-authority`` in a gap of
        the table.
        """
        if amount.currency != self.currency:
            raise Refused("wrong-currency", self.pack.authority.rule, currency=amount.currency, expected=self.currency)
        level = self.pack.level_for(amount.amount)
        if level is None:
            raise Refused("no-authority", self.pack.authority.rule, amount=str(amount.amount))
        return level

    def series(self, series: str, now: datetime) -> str:
        """The key of a number series: its name, the site, and the local date part, as ``case/TPE/2611`` (P1.8)."""
        return f"{series}/{self.site}/{self.pack.numbers[series].period(self._local(now))}"

    def number(self, series: str, now: datetime, serial: int) -> str:
        """The number with this serial, from 1, at a moment: ``261101`` (P1.8)."""
        return self.pack.numbers[series].number(self._local(now), serial)

    def missing(self, form: Mapping[str, object]) -> tuple[str, ...]:
        """The required fields of the complaint form that are empty (P1.9), in the pack's order.

        A quantity still in the customer's process is not missing for the demands that allow it (P1.10).
        """
        asked = self.pack.form
        waits = form.get("demand") in asked.undetermined_demands
        return tuple(
            name for name in asked.required if _empty(form.get(name)) and not (waits and name == asked.undetermined)
        )

    @property
    def undetermined_demands(self) -> tuple[str, ...]:
        """The demands whose quantity may still be undetermined (P1.10)."""
        return self.pack.form.undetermined_demands

    def oldest_delivery(self, now: datetime) -> date:
        """The earliest day on which goods of a complaint may have been delivered."""
        today = self._local(now).date()
        return date(today.year - self.pack.form.oldest_delivery, today.month, 1)

    def slip_may_lack(self, channel: str) -> bool:
        """Whether an anomaly slip that came by a channel may not tell how it was handled (P1.1)."""
        return channel in self.pack.form.untold_handling

    def choices(self, name: str) -> tuple[str, ...]:
        """The codes of a list, in the pack's order. Raises KeyError for an unknown list."""
        return self.pack.codes(name)

    def require_choice(self, name: str, value: str, field: str) -> None:
        """Raises Refused ``unknown-choice`` for a value that the list does not offer."""
        if value not in self.choices(name):
            raise Refused("unknown-choice", fields=(field,), value=value, list=name)

    def dispositions(self, established: str) -> tuple[str, ...]:
        """The dispositions for what was decided of a complaint; all of them where that is empty (P1.22)."""
        return self.pack.dispositions_for(established)

    def require_countable(self, unit: str, rule: str, quantities: Mapping[str, Decimal | None]) -> None:
        """Raises Refused ``not-whole`` with the fields that hold a part of what there are whole ones of only."""
        measure = self.pack.units.get(unit)
        broken = tuple(
            name for name, quantity in quantities.items() if measure and measure.whole and (quantity or 0) % 1
        )
        if broken:
            raise Refused("not-whole", rule, fields=broken, unit=unit)

    def inputs(self, disposition: str) -> tuple[str, ...]:
        """The numbers that a disposition's formulas ask for (P1.30). Raises Refused ``unknown-choice``."""
        self.require_choice("dispositions", disposition, "disposition")
        return self.pack.dispositions[disposition].inputs

    def settle(self, disposition: str, inputs: Mapping[str, Decimal]) -> Settlement:
        """The customer's amount and the loss of a disposition (P1.30), in the site's currency.

        Raises Refused ``unknown-choice``, ``inputs-wrong`` with the fields at fault, or ``amount-too-large``.
        """
        self.require_choice("dispositions", disposition, "disposition")
        return settlement.settle(self.pack.dispositions[disposition], inputs, self.currency)

    def require_real(self, disposition: str, inputs: Mapping[str, Decimal], goods: Goods | None) -> None:
        """See that inputs are what can be paid, and quantities of the goods, where these are known.

        Raises Refused ``too-many-decimals``, ``not-whole`` or ``more-than-delivered`` with the fields at fault.
        """
        rule, asked = self.pack.dispositions[disposition].rule, {name: self.pack.inputs[name] for name in inputs}
        unpayable = tuple(
            name for name, each in asked.items() if each.kind == "sum" and not is_payable(inputs[name], self.currency)
        )
        if unpayable:
            places = places_of(self.currency)
            raise Refused(
                "too-many-decimals", rule, fields=_of_inputs(unpayable), currency=self.currency, places=places
            )
        if goods is None:
            return
        quantities = {f"inputs.{name}": inputs[name] for name, each in asked.items() if each.kind == "quantity"}
        self.require_countable(goods.unit, rule, quantities)
        beyond = tuple(name for name, each in asked.items() if each.at_most and inputs[name] > goods.delivered)
        if beyond:
            raise Refused("more-than-delivered", rule, fields=_of_inputs(beyond), delivered=str(goods.delivered))

    @property
    def copies(self) -> tuple[tuple[int, str], ...]:
        """The copies of a closed form: number and recipient (P1.17)."""
        return tuple((copy.number, copy.recipient) for copy in self.pack.copies)

    def overall(self, facts: Facts, began: datetime) -> Deadline | None:
        """The deadline of the whole case, from its acceptance (P1.23)."""
        limit = self.pack.overall
        return stages.deadline_of("overall", limit.owner, limit, self.pack.warnings, facts, began, self.place.calendar)

    def lead(self, item: str, facts: Facts = NO_FACTS) -> str | None:
        """The department that leads an item (P1.3); None where it depends on a fact not known yet. Raises KeyError."""
        return answer(self.pack.leads[item], facts)

    def next_stages(
        self, facts: Facts, tasks: Tasks, event: Event, now: datetime, acted: datetime | None = None
    ) -> Moves:
        """The stages that an event closes and opens (P1.13); see :func:`shared.procedures.course.stages.next_stages`.

        ``acted`` is when it happened, where that was before ``now``.
        """
        return stages.next_stages(self.pack, facts, tasks, event, Timing(acted or now, now, self.place.calendar))

    def used(self, task: Task, now: datetime) -> str:
        """What a department has used of its limit (``1.25 d``), by its end or by now; empty where that is not kept."""
        return task.used or used_by(self.pack, task, task.ended or now, self.place.calendar)

    def returnable(self, sender: str, tasks: Tasks) -> tuple[tuple[str, str], ...]:
        """The (stage, owner) pairs that the holder of a stage may send back to."""
        return stages.returnable(self.pack, sender, tasks)

    def wording(self, key: str, lang: str) -> str:
        """A wording of the pack, as ``stage.cause`` or ``choice.demands.return``. Raises KeyError."""
        return self.pack.wordings[key].within(lang)

    def _local(self, now: datetime) -> datetime:
        return now.astimezone(self.place.timezone)

    def _before_closing(self, task: Task) -> bool:
        """Whether a task keeps its case open."""
        return not self.pack.stage(task.stage).after_closing

    def _task(self, asked: Act, by: Actor, tasks: Tasks) -> Task | None:
        """The open task in which the actor may do what is asked, or None where no stage is."""
        if not asked.stages:
            self._belongs(asked, by, asked.departments)
            return None
        waiting = [task for task in tasks.open if task.stage in asked.stages]
        if not waiting:
            raise Refused("stage-not-open", asked.rule, stages=list(asked.stages))
        held = [
            task
            for task in waiting
            if self.pack.stage(task.stage).authority or by.department in (asked.departments or (task.owner,))
        ]
        if not held:
            self._belongs(asked, by, asked.departments or tuple(task.owner for task in waiting))
        allowed = [task for task in held if not task.level or self.outranks(by.level, task.level)]
        if not allowed:
            raise Refused("level-too-low", asked.rule, level=by.level, required=held[0].level)
        return allowed[0]

    @staticmethod
    def _belongs(asked: Act, by: Actor, departments: tuple[str, ...]) -> None:
        if departments and by.department not in departments:
            raise Refused("wrong-department", asked.rule, department=by.department, expected=list(departments))


def _of_inputs(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"inputs.{name}" for name in names)


def _empty(value: object) -> bool:
    return value is None or value == () or (isinstance(value, str) and not value.strip())
