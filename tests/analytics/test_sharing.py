"""A shared limit on the page of a case: how much of it each department has used, and how much of it is used (P1.23)."""

import re
from datetime import timedelta
from typing import Any

import pytest

from services.analytics.register.sharing import DepartmentUse, ShareUse, shares_of
from shared.contracts import intake
from shared.contracts.values import Deadline, Portion
from shared.http.language import LANGUAGES
from tests.analytics.course import ACCEPTED, FILED, days
from tests.analytics.desks import QUALITY, Desks
from tests.analytics.recording import BEGAN, CASE, Departments
from tests.worktime.calendars import TAIPEI, at

HOUR = timedelta(hours=1)


def round_of(
    stage: str, owner: str, opened: float, closed: float | None, allowed: str, used: str = "0 d", missed: bool = False
) -> dict[str, Any]:
    """A row of the stages: opened and closed so many hours after the beginning."""
    return {
        "stage": stage, "owner": owner, "share": "inquiry", "own": "1.6667 d", "allowed": allowed, "used": used,
        "opened": BEGAN + opened * HOUR, "closed": None if closed is None else BEGAN + closed * HOUR,
        "due": BEGAN + 90 * HOUR, "missed": BEGAN if missed else None, "time_limit": "5 d", "limit_rule": "P1.23",
    }  # fmt: skip


UNSHARED = {"share": None}
CAUSE = round_of("cause", "quality", 0, 24, "1.6667 d", "1 d")
OPINIONS = (
    round_of("opinion", "manager-office", 24, 36, "3 d", "0.5 d"),
    round_of("opinion", "rd", 24, 48, "3 d", "1 d", missed=True),
)
AGAIN = round_of("cause", "quality", 96, None, "1.8333 d", "1 d")


def use(stage: str, owner: str, rounds: int, used: str, allowed: str, late: bool = False) -> DepartmentUse:
    return DepartmentUse(stage, owner, rounds, used, allowed, "1.6667 d", late)


def test_P1_23_each_departments_days_are_told_and_those_of_two_at_once_count_once() -> None:
    assert shares_of([UNSHARED, CAUSE, *OPINIONS, AGAIN], BEGAN + 108 * HOUR, TAIPEI) == [
        ShareUse(
            name="inquiry",
            limit="5 d",
            rule="P1.23",
            used="2.5 d",
            departments=(
                use("cause", "quality", 2, "1.5 d", "1.8333 d", late=True),
                use("opinion", "manager-office", 1, "0.5 d", "3 d"),
                use("opinion", "rd", 1, "1 d", "3 d", late=True),
            ),
        )
    ]


@pytest.mark.parametrize(("now", "late"), [(timedelta(), False), (timedelta(microseconds=1), True)])
def test_P1_25_who_has_it_is_late_after_the_due_time_and_not_at_it(now: timedelta, late: bool) -> None:
    (share,) = shares_of([AGAIN], AGAIN["due"] + now, TAIPEI)
    assert share.departments[0].late is late


def test_P1_23_working_time_is_counted_by_the_calendar() -> None:
    """From Friday 17:00 to Monday 10:00 are two working hours."""
    friday, monday = at("2026-11-06 17:00", TAIPEI), at("2026-11-09 10:00", TAIPEI)
    row = CAUSE | {"opened": friday, "closed": None, "due": monday, "used": "0 wh", "time_limit": "20 wh"}
    (share,) = shares_of([row], monday, TAIPEI)
    assert (share.used, share.departments[0].used) == ("2 wh", "2 wh")


def test_a_case_without_a_shared_limit_has_none() -> None:
    assert shares_of([UNSHARED], BEGAN, TAIPEI) == []


PART = Deadline(
    "cause", "quality", BEGAN, BEGAN + 40 * HOUR, "5 d", "P1.23", (), Portion("inquiry", "1.6667 d", "0 d", "1.6667 d")
)
OPENED = intake.StageOpened("cause", "quality", 1, "P1.13", deadline=PART)
DONE = intake.StageClosed("cause", "quality", 1, "done", BEGAN + 48 * HOUR, "2 d")
WORDS = {"en": "A step was late", "zh-CN": "环节曾逾期", "zh-TW": "環節曾逾期"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_P1_23_the_case_page_shows_it_while_it_runs(desks: Desks, language: str) -> None:
    await desks.keep(*Departments().tell([FILED, ACCEPTED, OPENED]))
    desks.clock.moment = BEGAN + days(2) + timedelta(minutes=2)

    page = (await desks.ask(QUALITY, f"/cases/{CASE}", accept="text/html", **{"accept-language": language})).text

    card = re.sub(r"<[^>]*>|\s", "", page[page.index('data-share="inquiry"') : page.index("</table>")])
    for words in ("P1.23", WORDS[language].replace(" ", ""), "1.67", "2", "5"):
        assert words in card
    assert page.count('data-share="inquiry"') == 1


async def test_P1_23_the_history_tells_what_was_used_and_what_was_given(desks: Desks) -> None:
    await desks.keep(*Departments().tell([FILED, ACCEPTED, OPENED, DONE]))

    page = (await desks.ask(QUALITY, f"/cases/{CASE}/history", accept="text/html")).text
    (state,) = [
        each
        for each in (await desks.ask(QUALITY, f"/api/analytics/cases/{CASE}/history?event=4")).json()["view"]["stages"]
        if each["stage"] == "cause"
    ]

    assert (state["own"], state["allowed"], state["used"]) == ("1.6667 d", "1.6667 d", "2 d")
    assert "2 days of 1.67 days" in page
    changed = re.findall(r'<tr data-field="(\w+)">', page)
    assert "used" in changed
