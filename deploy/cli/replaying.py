"""``redress replay``: a case as it was at any moment, told in the terminal from the HTTP API."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import httpx
import typer
from rich import box
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from deploy.dev.settings import StackSettings
from deploy.dev.trouble import Trouble
from shared.procedures.language.company import load_company
from shared.web import formats
from shared.web.translations import known, say
from shared.worktime import Limit

MOST_SHOWN = 200
"""So many entries are asked for at a time."""
LONGEST = 60
"""So many characters of a value are shown."""
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}\S*(Z|[+-]\d{2}:\d{2})")
"""How the server writes a moment."""


def front_door() -> str:
    """Where the stack of this machine is."""
    return StackSettings.from_environment().address


def whoever_sees_most() -> str:
    """The person of the company who works for the most sites."""
    return max(load_company().people, key=lambda person: len(person.sites)).person


def replay(
    case: Annotated[str, typer.Argument(help="The case: its number or its id.")],
    address: Annotated[
        str, typer.Option(help="Where Redress is.", envvar="REDRESS_ADDRESS", default_factory=front_door)
    ],
    at: Annotated[str, typer.Option(help="A moment, as 2026-11-05T10:00; on the site's clocks unless it says.")] = "",
    person: Annotated[str, typer.Option("--as", help="Who looks; in the demo anybody may be picked.")] = "",
    language: Annotated[str, typer.Option("--lang", help="en, zh-CN or zh-TW.")] = "en",
) -> None:
    """Show a case as it was: who had it, until when, what was said by whom under which rule, and what that changed."""
    with httpx.Client(base_url=address, timeout=30, headers={"accept-language": language}) as client:
        desk = AnalyticsClient(client, person)
        found = desk.find(case)
        entries = desk.entries(found)
        state = desk.state(found, {"at": at} if at else {"event": str(len(entries))})
    paper = HistoryPrinter(language, zone_of(state["view"]["site"]))
    shown = (paper.head(state), paper.stages(state["view"]), paper.timeline(entries[: state["event"]]))
    Console().print(Group(*shown))


class AnalyticsClient:
    """What one person asks analytics. Raises Trouble whatever goes wrong, in a sentence."""

    def __init__(self, client: httpx.Client, person: str) -> None:
        self._client = client
        token = os.environ.get("REDRESS_TOKEN") or self._login(person or whoever_sees_most())
        client.headers["authorization"] = f"Bearer {token}"

    def find(self, case: str) -> str:
        """The id of a case that is named by its number or its id."""
        try:
            return str(UUID(case))
        except ValueError:
            rows = self._get("/api/analytics/register", {"q": case, "limit": str(MOST_SHOWN)})["items"]
        found = [row for row in rows if row["number"] == case]
        if not found:
            raise Trouble(f"There is no case {case} that this person may see.")
        if len(found) > 1:
            ids = ", ".join(f"{row['case_id']} ({row['site']})" for row in found)
            raise Trouble(f"Several sites have a case {case}: name one by its id: {ids}")
        return str(found[0]["case_id"])

    def state(self, case: str, moment: Mapping[str, str]) -> dict[str, Any]:
        """The case as it was ``at`` a moment or after an ``event``."""
        return self._get(f"/api/analytics/cases/{case}/history", moment)

    def entries(self, case: str) -> list[dict[str, Any]]:
        """All entries of the history."""
        entries: list[dict[str, Any]] = []
        asked = {"limit": str(MOST_SHOWN)}
        while True:
            page = self._get(f"/api/analytics/cases/{case}/history", asked)
            entries += page["items"]
            if "next" not in page:
                return entries
            asked["cursor"] = page["next"]

    def _login(self, person: str) -> str:
        return str(self._ask("POST", "/api/login", json={"person": person})["token"])

    def _get(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        return self._ask("GET", f"{path}?" + "&".join(f"{name}={quote(value)}" for name, value in query.items()))

    def _ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            answer = self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise Trouble(f"Redress does not answer at {self._client.base_url}: {error}. Is it running?") from error
        if answer.is_error:
            raise Trouble(problem_of(answer))
        told: dict[str, Any] = answer.json()
        return told


def problem_of(answer: httpx.Response) -> str:
    """What the server has against it, in its words."""
    try:
        told = answer.json()
        return " ".join([str(told["detail"]), *(str(each["message"]) for each in told.get("errors", ()))])
    except (ValueError, KeyError, TypeError):
        return f"Redress answered {answer.status_code}."


def zone_of(site: str) -> tzinfo:
    """The clocks of a site of the company; UTC for one that is not known here."""
    sites = load_company().sites
    return sites[site].timezone if site in sites else UTC


@dataclass(frozen=True, slots=True)
class HistoryPrinter:
    """Writes what the server told, in a language and on the clocks of a site."""

    language: str
    zone: tzinfo

    def head(self, state: Mapping[str, Any]) -> Text:
        """Which case, in which state, after which event."""
        view = state["view"]
        number = view["number"] or self.say("ui.not-numbered")
        parts = (number, view["customer"], self.say(f"state.{view['state']}"), f"{state['event']}/{state['of']}")
        return Text(" · ".join(part for part in parts if part), style="bold")

    def stages(self, view: Mapping[str, Any]) -> Table:
        """Who has, or had, the case; what is open stands out."""
        table = self.table("field.stage", "field.owner", "field.opened", "field.due", "field.closed", "field.rule")
        for stage in view["stages"]:
            missed = "ui.late" if stage["stage"] == "overall" else "ui.step-late"
            late = Text(f" {self.say(missed)}", style="red") if stage["missed"] else Text()
            table.add_row(
                self.named("stage", stage["stage"]),
                self.named("department", stage["owner"]),
                self.minute(stage["opened"]),
                Text(self.minute(stage["due"])) + late + self.used(stage),
                self.minute(stage["closed"]),
                stage["rule"],
                style="" if stage["closed"] else "bold",
            )
        return table

    def used(self, stage: Mapping[str, Any]) -> str:
        """What was used of a limit and what there was of it, on a line of its own; nothing where it is not kept."""
        if not stage["used"]:
            return ""
        used, allowed = (self.span(words) for words in (stage["used"], stage["allowed"] or stage["limit"]))
        return "\n" + self.say("ui.used-of", used=used, allowed=allowed)

    def span(self, words: str) -> str:
        """An amount of a limit as people read it."""
        return formats.span(Limit.read(words), self.language)

    def timeline(self, entries: Sequence[Mapping[str, Any]]) -> Table:
        """What was said, by whom, under which rule, and what it changed."""
        table = self.table("", "ui.when", "ui.what-changed", "ui.who", "field.rule")
        for entry in entries:
            title = (self.say(f"event.{entry['type']}"), "bold")
            table.add_row(
                str(entry["event"]),
                self.minute(entry["at"]),
                Text.assemble(title, *map(self.changed, entry["changes"])),
                entry["actor"]["name"],
                entry["rule"],
            )
        return table

    def changed(self, change: Mapping[str, Any]) -> str:
        """A field that changed as ``name: old → new``, only the new value where there was none."""
        old = f"{self.value(change['old'])} → " if change["old"] not in (None, "") else ""
        return f"\n{self.say('field.' + change['field'])}: {old}{self.value(change['new'])}"

    def value(self, value: Any) -> str:
        """A JSON value in one line, cut where it is long."""
        match value:
            case None:
                text = "–"
            case {"amount": amount, "currency": currency}:
                text = f"{currency} {amount}"
            case dict():
                text = ", ".join(f"{name} {self.value(each)}" for name, each in value.items())
            case list():
                text = ", ".join(map(self.value, value))
            case str() if MOMENT.fullmatch(value):
                text = self.minute(value)
            case _:
                text = str(value)
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

    def table(self, *keys: str) -> Table:
        """An empty table with these words above its columns."""
        return Table(*(self.say(key) if key else "" for key in keys), box=box.SIMPLE_HEAD)

    def say(self, key: str, **values: str) -> str:
        """The words for a key."""
        return say(self.language, key, **values)

    def named(self, kind: str, code: str) -> str:
        """What a code is called."""
        return known(self.language, f"{kind}.{code}") or code

    def minute(self, text: str | None) -> str:
        """A moment as the server told it, on the site's clocks."""
        return f"{datetime.fromisoformat(text).astimezone(self.zone):%Y-%m-%d %H:%M}" if text else ""
