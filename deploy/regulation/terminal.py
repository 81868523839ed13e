"""``redress pack try``: a case played at the terminal; the clock is moved by hand, and no server is needed."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from shared.contracts.refused import Refused
from shared.regulation.course.record import Due, Round
from shared.regulation.language.model import Pack
from shared.regulation.language.stages import Stage
from shared.regulation.language.times import NoTime, Passing, Span
from shared.regulation.play import Play, Said
from shared.worktime import Limit, deadline

Ask = Callable[[str], str]
Tell = Callable[[str], None]

HELP = """A number takes that stage: its outcome and its fields are asked one after the other.
  wait 3 wd            move the clock (min, h, d, wh, wd, months)
  extend STAGE reason  put a clock off, as the pack allows
  why                  how each deadline was counted, day by day
  known                what was filled in
  quit"""


class Terminal:
    """Plays one case with somebody who reads and types; ``ask`` raises EOFError when nothing more comes."""

    def __init__(self, play: Play, ask: Ask, tell: Tell, language: str) -> None:
        self._play = play
        self._ask = ask
        self._tell = tell
        self._language = language
        self._said = 0

    def run(self) -> None:
        """Play until the case has ended and nobody has anything left, or whoever plays leaves."""
        self._tell(f"{self._pack.title(self._language)}: 'help' lists what can be typed")
        while True:
            self._news()
            for line in self._situation():
                self._tell(line)
            if not self._play.case.open:
                return
            try:
                if not self._take(self._ask("> ").strip()):
                    return
            except EOFError:
                return
            except Refused as refused:
                self._tell(f"  refused: {self._words(refused)}")
            except (NoTime, ValueError) as fault:
                self._tell(f"  {fault}")

    @property
    def _pack(self) -> Pack:
        return self._play.pack

    def _take(self, typed: str) -> bool:
        word, _, rest = typed.partition(" ")
        choices = list(self._choices())
        match word:
            case "quit" | "q":
                return False
            case "help" | "?":
                self._tell(HELP)
            case "wait":
                self._play.wait(rest)
            case "extend":
                stage, _, reason = rest.partition(" ")
                self._play.put_off(stage, reason)
            case "why":
                for each in self._play.case.open:
                    for due in each.dues:
                        for line in self._why(each, due):
                            self._tell(line)
            case "known":
                for name, value in self._play.case.values.items():
                    self._tell(f"  {self._field(name)}: {value}")
            case _ if word.isdecimal() and 0 < int(word) <= len(choices):
                self._finish(*choices[int(word) - 1])
            case "":
                pass
            case _:
                self._tell("  'help' lists what can be typed")
        return True

    def _choices(self) -> Iterator[tuple[str, str]]:
        """The stages that can be taken now, each with who takes it."""
        case, stages = self._play.case, self._play.course.stages
        for each in case.open:
            if not stages[each.stage].until:
                yield each.stage, each.holder.person or each.holder.level or each.holder.unit
        for name, stage in stages.items():
            if stage.during and case.is_open(stage.during) and not case.ended:
                yield name, ""

    def _finish(self, name: str, by: str) -> None:
        stage = self._play.course.stages[name]
        outcome = self._outcome(stage)
        asked = (*stage.form, *(stage.choose[outcome].form if outcome else ()))
        filled = {each: self._value(each) for each in asked}
        self._play.do(name, {each: value for each, value in filled.items() if value != ""}, outcome, by)

    def _outcome(self, stage: Stage) -> str:
        if not stage.choose:
            return ""
        codes = list(stage.choose)
        return self._choice(
            "which?", {code: self._pack.called(code, stage.choose[code], self._language) for code in codes}
        )

    def _choice(self, asked: str, named: Mapping[str, str]) -> str:
        """One of several codes, by its number or by itself."""
        codes = list(named)
        listed = ", ".join(f"{place} {name}" for place, name in enumerate(named.values(), 1))
        typed = self._ask(f"  {asked} ({listed}): ").strip()
        return codes[int(typed) - 1] if typed.isdecimal() and 0 < int(typed) <= len(codes) else typed

    def _value(self, name: str) -> Any:
        spec = self._pack.fields[name]
        if spec.type == "choice":
            return self._choice(
                self._field(name), {code: self._pack.value(spec, code, self._language) for code in spec.codes}
            )
        if spec.type in ("unit", "units"):
            of = self._pack.units[spec.of].members if isinstance(spec.of, str) else tuple(self._pack.units)
            return self._ask(f"  {self._field(name)} ({', '.join(of)}): ").strip()
        return self._ask(f"  {self._field(name)}: ").strip()

    def _field(self, name: str) -> str:
        return self._pack.called(name, self._pack.fields[name], self._language)

    def _stage(self, name: str) -> str:
        return self._pack.called(name, self._play.course.stages[name], self._language)

    def _situation(self) -> Iterator[str]:
        yield f"\n{self._local(self._play.now)}"
        if self._play.case.ended:
            yield "  the case has ended"
        places = {choice: place for place, choice in enumerate(self._choices(), 1)}
        for each in self._play.case.open:
            by = each.holder.person or each.holder.level or each.holder.unit
            place = places.get((each.stage, by))
            yield f"  {place or '-'} {self._stage(each.stage)}: {self._who(each)}{self._until(each)}"
        for (name, by), place in places.items():
            if not by:
                yield f"  {place} {self._stage(name)} (may be done)"
        if (ahead := self._play.next_rung()) is not None:
            yield f"  next: {ahead.rung.at} of {self._stage(ahead.round.stage)} on {self._local(ahead.at)}"

    def _who(self, each: Round) -> str:
        names = [self._pack.called(unit, self._pack.units[unit], self._language) for unit in each.holder.unit.split()]
        level = each.holder.level
        if level in self._pack.levels:
            names.append(self._pack.called(level, self._pack.levels[level], self._language))
        elif level:
            names.append(level)
        return each.holder.person or ", ".join(names) or "anybody"

    def _until(self, each: Round) -> str:
        stage = self._play.course.stages[each.stage]
        cited = self._pack.cited(stage.cite)
        dues = "; ".join(f"{due.limit}, until {self._local(due.at)}" for due in each.dues)
        return "".join(filter(None, [f", {dues}" if dues else "", f" ({cited})" if cited else ""]))

    def _news(self) -> None:
        for each in self._play.said[self._said :]:
            if line := self._one(each):
                self._tell(f"  {line}")
        self._said = len(self._play.said)

    def _one(self, said: Said) -> str:
        if said.rung:
            does = [f"slip {said.rung.rung.slip}"] if said.rung.rung.slip else []
            does += [f"{self._stage(said.rung.rung.begins)} begins"] if said.rung.rung.begins else []
            does += [f"a case of {said.rung.rung.opens} opens"] if said.rung.rung.opens else []
            word = "late" if said.rung.rung.at == "due" else said.rung.rung.at
            return f"! {self._local(said.at)} {self._stage(said.rung.round.stage)}: {', '.join([word, *does])}"
        move = said.move
        if move is None or move.what in ("opened", "moved"):
            return ""
        if move.what == "closed":
            return f"+ {self._stage(move.stage)}{f': {move.detail}' if move.detail else ''}"
        return {"ended": "the case ends", "begins": f"a case of {move.detail} begins"}.get(
            move.what, f"{self._stage(move.stage)}: {move.what}"
        )

    def _why(self, each: Round, due: Due) -> Iterator[str]:
        yield f"  {self._stage(each.stage)}: {due.limit} from {self._local(due.began)}"
        limit = self._play.course.stages[each.stage].due[due.clock].within
        if isinstance(limit, Span) and limit.unit not in (Passing.MINUTES, Passing.MONTHS):
            _, lines = deadline(due.began, Limit.parse(str(limit)), self._play.calendar)
            for line in lines:
                yield f"    {line.date} {line.kind}{f' {line.name}' if line.name else ''}: {line.counted}"
        yield f"    until {self._local(due.at)}"

    def _local(self, moment: datetime) -> str:
        return moment.astimezone(self._play.calendar.zone).strftime("%Y-%m-%d %H:%M")

    def _words(self, refused: Refused) -> str:
        faults = refused.details.get("faults")
        if isinstance(faults, dict):
            return "; ".join(
                f"{self._field(name) if name in self._pack.fields else name} {why}" for name, why in faults.items()
            )
        told = ", ".join(f"{name} {value}" for name, value in refused.details.items())
        said = " ".join(filter(None, [refused.code.replace("-", " "), told and f"({told})"]))
        return ", ".join(filter(None, [said, refused.rule]))
