"""A command's form as templates draw it: sections of fields, with what was filled in and what was wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.values import Actor, Attachment
from shared.files import megabytes
from shared.http.doors import Door
from shared.http.problems import Problem
from shared.http.settings import Settings
from shared.http.surroundings import ServiceContext
from shared.procedures.course.rules import Rules
from shared.web.changes import ChangeGroup
from shared.web.fields import Asked, Kind, asked
from shared.web.filled import Filled, as_filled, lines_of, rows
from shared.web.names import kind_of, named
from shared.web.paper import CommandForm
from shared.web.translations import say

BLANK_ROWS = 3
FEW = 5
HEADINGS = {"stale-version": "ui.changed-meanwhile", "key-reused": "ui.sent-before"}
"""Problems that people at a form are told in other words than programs."""
OUT_OF_DATE = ("stale-version", "form-without-version")
"""Problems of a form that does not show what is: it is drawn anew."""
KEPT = {each.name for each in fields(Attachment)}


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: its code and what it is called."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field on the form.

    ``value`` is what its kind holds: a text, a list of rows, or a dict. ``needs`` says of each input which
    dispositions ask for it, their codes separated by blanks.
    """

    asked: Asked
    kind: Kind
    required: bool
    value: Any
    options: tuple[Option, ...] = ()
    errors: Mapping[str, Sequence[str]] | None = None
    needs: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        """The field's name on the form and in the command."""
        return self.asked.name

    @property
    def few(self) -> bool:
        """Whether the options are so few that they are all shown."""
        return len(self.options) <= FEW

    def wrong(self, part: str = "") -> Sequence[str]:
        """What is wrong with the field, or with a part of it (``amount``, ``0.weight``)."""
        return (self.errors or {}).get(part, ())

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything that is wrong in the field."""
        return tuple(message for messages in (self.errors or {}).values() for message in messages)


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together, under a title, if they have one."""

    code: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What may be attached to a form: kinds by their groups and endings, how many, how large (bytes) each and all."""

    groups: tuple[str, ...]
    endings: tuple[str, ...]
    most: int
    each: int
    all: int

    @classmethod
    def of(cls, settings: Settings) -> "FileLimits":
        """As the settings say."""
        kinds = settings.accepted
        return cls(kinds.groups, kinds.endings, settings.most_files, settings.file_limit, settings.upload_limit)

    @property
    def accept(self) -> str:
        """The endings as a file input takes them."""
        return ",".join(f".{ending}" for ending in self.endings)

    @property
    def each_mb(self) -> float:
        """How large a file may be, in MB."""
        return megabytes(self.each)

    @property
    def all_mb(self) -> float:
        """How large all files of a form together may be, in MB."""
        return megabytes(self.all)


@dataclass(frozen=True, slots=True)
class FormView:
    """A form to fill in.

    ``command_id`` makes sending it twice have one effect. ``version`` is that of the folder it was drawn on, 0 for a
    new case; ``changes`` is what changed since it was drawn before. ``back`` is where one goes who leaves it, ``draft``
    tells what is typed on it from what is typed on others. ``heading`` is the key of the words for the problem.
    """

    act: str
    action: str
    sections: tuple[Section, ...]
    command_id: UUID
    currency: str
    people: tuple[Option, ...]
    files: FileLimits
    back: str = "/"
    draft: str = ""
    problem: Problem | None = None
    heading: str = ""
    strays: tuple[str, ...] = ()
    version: int = 0
    changes: tuple[ChangeGroup, ...] = ()

    @property
    def multipart(self) -> bool:
        """Whether it takes files."""
        return any(each.kind == "files" for section in self.sections for each in section.fields)


@dataclass(frozen=True, slots=True)
class FormContext:
    """What a form is written on: the service's parts, the case's rules and folder, the person and their language.

    ``version`` is that of the folder, 0 for a new case.
    """

    here: ServiceContext
    rules: Rules
    folder: Any
    who: Actor
    language: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class SubmittedForm:
    """What came with a form that is drawn again: its command id, the version it was drawn on, and what was wrong.

    Trying again is the same command. What it was drawn on stays what it was, unless ``changes`` show what it became.
    """

    command_id: str
    seen: int | None
    problem: Problem
    changes: tuple[ChangeGroup, ...] = ()


def form(
    desk: FormContext, door: Door, paper: CommandForm, action: str, filled: Filled, sent: SubmittedForm | None = None
) -> FormView:
    """The form of a door, new or drawn again after it was ``sent``."""
    problem = sent.problem if sent else None
    errors = errors_of(problem, desk.language)
    made = {each.name: each for each in drawn(desk, door, paper, filled, errors)}
    placed = [name for _, names in paper.sections for name in names]
    last = tuple(each for name, each in made.items() if name not in placed)
    sections = [Section(code, tuple(made[name] for name in names if name in made)) for code, names in paper.sections]
    return FormView(
        act=door.act,
        action=action,
        sections=tuple(section for section in (*sections, Section("", last)) if section.fields),
        command_id=kept_id(sent),
        version=kept_version(sent) or desk.version,
        changes=sent.changes if sent else (),
        currency=desk.rules.currency,
        people=people(desk),
        files=FileLimits.of(desk.here.settings),
        back=f"/cases/{desk.folder.case}" if desk.folder else "/",
        draft=f"{action} {filled.get('supersedes') or ''}".strip(),
        problem=problem,
        heading=heading_of(problem, paper) if problem else "",
        strays=tuple(
            message for name, parts in errors.items() if name not in made for told in parts.values() for message in told
        ),
    )


def heading_of(problem: Problem, paper: CommandForm) -> str:
    """The key of the words that stand over a form with a problem."""
    if problem.code in HEADINGS:
        return HEADINGS[problem.code]
    marked = {wrong.field.partition(".")[0] for wrong in problem.fields} - set(paper.late)
    return "problem.invalid" if marked and problem.status == 422 else problem.key


def kept_id(sent: SubmittedForm | None) -> UUID:
    """The command id that a form was sent with, unless it was none or belongs to another command."""
    try:
        return uuid4() if sent is None or sent.problem.code == "key-reused" else UUID(sent.command_id)
    except ValueError:
        return uuid4()


def kept_version(sent: SubmittedForm | None) -> int | None:
    """The version that a form was drawn on before; none once it was told that this is not what is now."""
    return None if sent is None or sent.problem.code in OUT_OF_DATE else sent.seen


def drawn(
    desk: FormContext, door: Door, paper: CommandForm, filled: Filled, errors: Mapping[str, Mapping[str, list[str]]]
) -> Iterator[Field]:
    """The fields of a door's command that the form shows; a new case also asks for its site."""
    if door.creates:
        options = tuple(
            Option(code, named_site(desk, code)) for code in desk.here.company.sites if code in desk.who.sites
        )
        yield Field(Asked("site", "choice", True), "choice", True, desk.rules.site, options)
    for each in asked(door.command):
        if each.name not in errors and (each.name in paper.late or is_for_others(desk, paper, each.name)):
            continue
        yield field(desk, door, paper, each, filled.get(each.name), errors.get(each.name, {}))


def is_for_others(desk: FormContext, paper: CommandForm, name: str) -> bool:
    """Whether a field does an act that this person could not do."""
    return name in paper.also and not desk.rules.could(paper.also[name], desk.who)


def people(desk: FormContext) -> tuple[Option, ...]:
    """The people of the case's site."""
    here = (each for each in desk.here.company.people if desk.rules.site in each.sites)
    return tuple(Option(each.person, each.name) for each in here)


def named_site(desk: FormContext, code: str) -> str:
    """A site's name in the person's language."""
    return str(desk.here.company.sites[code].name.within(desk.language))


def field(
    desk: FormContext, door: Door, paper: CommandForm, each: Asked, value: Any, errors: Mapping[str, list[str]]
) -> Field:
    """One field with its options and its value as its kind holds it.

    Inputs of a settlement that was decided before are those that it was decided on.
    """
    kind, options = each.kind, options_of(desk, paper, each)
    if options and kind in ("line", "lines"):
        kind = "choice" if kind == "line" else "several"
    if kind == "inputs" and value and not any(other.name == "disposition" for other in asked(door.command)):
        options = tuple(option for option in options if option.code in value)
    return Field(
        asked=each,
        kind=kind,
        required=each.required or each.name in required_by_pack(desk, each),
        value=shown(each, kind, value),
        options=options,
        errors=errors,
        needs=needs(desk) if kind == "inputs" else None,
    )


def required_by_pack(desk: FormContext, each: Asked) -> tuple[str, ...]:
    """The fields that the pack's complaint form requires, where the field may be left empty as far as its type goes."""
    return desk.rules.pack.form.required if each.usual in ("", None) and not each.required else ()


def options_of(desk: FormContext, paper: CommandForm, each: Asked) -> tuple[Option, ...]:
    """What can be chosen: from the offer on the paper, else from the pack's list."""
    if each.name in paper.offers:
        kind, offer = paper.offers[each.name]
        codes: Sequence[str] = tuple(dict.fromkeys(offer(desk.folder, desk.rules, desk.who)))
    elif each.choices:
        kind, codes = kind_of(each.choices), desk.rules.choices(each.choices)
    elif each.kind == "shares":
        kind, codes = "department", desk.rules.choices("departments")
    elif each.kind == "parties":
        kind, codes = "choice.parties", desk.rules.choices("parties")
    elif each.kind == "inputs":
        kind, codes = "input", tuple(needs(desk))
    else:
        return ()
    return tuple(Option(code, named(desk.language, desk.rules, kind, code)) for code in codes)


def needs(desk: FormContext) -> dict[str, str]:
    """The inputs of the formulas, and the dispositions, separated by blanks, that ask for each."""
    asking: dict[str, list[str]] = {}
    for code, disposition in desk.rules.pack.dispositions.items():
        for name in disposition.inputs:
            asking.setdefault(name, []).append(code)
    return {name: " ".join(codes) for name, codes in asking.items()}


def shown(each: Asked, kind: Kind, value: Any) -> Any:
    """A value as the template of its kind expects it."""
    if value is None and each.usual not in (None, (), ""):
        value = as_filled(each.usual)
    match kind:
        case "lines":
            return "\n".join(lines_of(value))
        case "several":
            return [value] if isinstance(value, str) and value else rows(value)
        case "shares":
            return with_blanks(value, {"department": "", "person": "", "weight": ""}, BLANK_ROWS)
        case "parties":
            return with_blanks(value, {"party": "", "name": "", "weight": ""}, 1)
        case "files":
            return [row for row in rows(value) if isinstance(row, Mapping) and set(row) == KEPT]
        case "inputs" | "money":
            return value if isinstance(value, dict) else {}
    return value if isinstance(value, str) else ""


def with_blanks(value: Any, blank: Filled, least: int) -> list[Filled]:
    """The rows that were filled in and blank ones after them, one at least and so many rows in all."""
    filled = [{**blank, **row} for row in rows(value) if isinstance(row, Mapping)]
    return filled + [blank] * max(1, least - len(filled))


def errors_of(problem: Problem | None, language: str) -> dict[str, dict[str, list[str]]]:
    """What is wrong, by field and part of it."""
    found: dict[str, dict[str, list[str]]] = {}
    for wrong in problem.fields if problem else ():
        name, _, part = wrong.field.partition(".")
        found.setdefault(name, {}).setdefault(part, []).append(say(language, wrong.key, **wrong.values))
    return found
