"""What programs are told: worklists by department and level, the register, the figures, the history at any moment."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY

from services.analytics.history.case_file import newest_of
from services.analytics.register.search import Filters, register
from shared.contracts import intake
from shared.contracts.envelope import Recorded
from shared.http.paging import Page, cursor
from tests.analytics.course import (
    ACCEPTED,
    CAUSE_MISSED,
    CAUSE_OPENED,
    COURSE,
    FILED,
    OVERALL_MISSED,
    SUCCESSOR,
    days,
    limit,
)
from tests.analytics.desks import CLERK, ELSEWHERE, MANAGER, OFFICE, QUALITY, SUPERVISOR, VICE, Desks, picked
from tests.analytics.recording import BEGAN, CASE, Departments

RECORDED = Departments().tell(COURSE)
OTHER = UUID("0d4c1e5a-0000-5000-8000-00000000000f")
AT = {each.envelope.type: each.envelope.time for each in RECORDED}


def a_case(number: int, *events: Any, site: str = "TPE") -> list[Recorded]:
    """Some events of the case with this number among many, begun so many hours after the first."""
    case = UUID(int=number, version=5)
    return Departments(case, site=site, began=BEGAN + timedelta(hours=number)).tell(events)


@pytest.fixture
async def course(desks: Desks) -> Desks:
    """The whole course of one case."""
    await desks.keep(*RECORDED)
    return desks


async def json(desks: Desks, person: str, address: str) -> Any:
    answer = await desks.ask(person, f"/api/analytics{address}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_who_works_for_no_site_has_an_empty_register(course: Desks) -> None:
    assert await register(course.pool, [], course.clock.now(), Filters(), Page(50, None)) == []


SIGNATURE = intake.StageOpened("signature", "management", 1, "P1.24", level="vice-general-manager")
ENDORSEMENT = intake.StageOpened("endorsement", "sales", 1, "P1.9", level="supervisor")


@pytest.mark.parametrize(
    ("person", "mine"),
    [
        (CLERK, []),
        (SUPERVISOR, ["endorsement"]),
        (QUALITY, ["cause"]),
        (MANAGER, ["endorsement"]),
        (VICE, ["signature"]),
        (OFFICE, []),
    ],
)
async def test_P1_24_a_worklist_has_what_department_and_level_may_do(
    desks: Desks, person: str, mine: list[str]
) -> None:
    await desks.keep(*a_case(1, FILED, ENDORSEMENT, CAUSE_OPENED, SIGNATURE))

    worklist = await json(desks, person, "/worklist")

    assert [row["stage"] for row in worklist["items"]] == mine


async def test_P1_23_a_worklist_begins_with_the_most_urgent(desks: Desks) -> None:
    stages = [
        intake.StageOpened("cause", "quality", number, "P1.13", deadline=limit("cause", "quality", length))
        for number, length in enumerate((5, 1, 3), start=1)
    ]
    unlimited = intake.StageOpened("cause", "quality", 4, "P1.13")
    await desks.keep(*a_case(1, FILED, *stages, unlimited))

    first = await json(desks, QUALITY, "/worklist?limit=3")
    rest = await json(desks, QUALITY, f"/worklist?limit=3&cursor={first['next']}")

    assert [row["round"] for row in first["items"]] == [2, 3, 1]
    assert ([row["round"] for row in rest["items"]], "next" in rest) == ([4], False)


async def test_a_worklist_says_why_and_what_to_do_next(desks: Desks) -> None:
    await desks.keep(*a_case(1, FILED, CAUSE_OPENED))

    (row,) = (await json(desks, QUALITY, "/worklist"))["items"]

    assert (row["customer"], row["rule"], row["limit_rule"], row["time_limit"]) == (
        "Formosa Fasteners", "P1.13", "P1.23", "5 d",
    )  # fmt: skip
    assert row["acts"] == ["inspect-goods", "report-cause"]


async def test_what_is_done_leaves_the_worklist(course: Desks) -> None:
    assert (await json(course, QUALITY, "/worklist"))["items"] == []


async def test_nobody_sees_cases_of_sites_that_he_does_not_work_for(course: Desks) -> None:
    for address in (f"/register/{CASE}", f"/cases/{CASE}/history", f"/cases/{CASE}/history?event=1"):
        assert (await course.ask(ELSEWHERE, f"/api/analytics{address}")).status_code == 403
    assert (await json(course, ELSEWHERE, "/register"))["items"] == []
    assert (await json(course, ELSEWHERE, "/dashboard"))["newest"] == []


async def test_nobody_sees_anything_without_logging_in(course: Desks) -> None:
    async with course.of(CLERK) as client:
        del client.headers["authorization"]
        for address in ("/worklist", "/dashboard", "/register", f"/cases/{CASE}/history", "/stream"):
            assert (await client.get(f"/api/analytics{address}")).status_code == 401


async def test_P1_13_the_register_is_paged_newest_first(desks: Desks) -> None:
    for number in range(1, 8):
        await desks.keep(*a_case(number, FILED))

    pages, cursor = [], ""
    while len(pages) < 10:
        page = await json(desks, CLERK, f"/register?limit=3{cursor}")
        pages.append([UUID(row["case_id"]) for row in page["items"]])
        if "next" not in page:
            break
        cursor = f"&cursor={page['next']}"

    numbers = [[7, 6, 5], [4, 3, 2], [1]]
    assert pages == [[UUID(int=number, version=5) for number in page] for page in numbers]


async def test_the_register_is_searched_and_filtered(desks: Desks) -> None:
    await desks.keep(*a_case(1, FILED, ACCEPTED, CAUSE_OPENED))
    await desks.keep(*a_case(2, replace(FILED, customer="100%_Nuts", order="SO-88", region="overseas")))
    await desks.keep(*a_case(3, FILED, CAUSE_OPENED, CAUSE_MISSED))

    async def found(query: str) -> list[int]:
        rows = (await json(desks, CLERK, f"/register?{query}"))["items"]
        return sorted(UUID(row["case_id"]).int & 0xFF for row in rows)

    assert await found("q=so-77") == [1, 3]
    assert await found("q=261101") == [1]
    assert await found("q=100%25_nuts") == [2]
    assert await found("q=SO_77") == [1, 3]
    assert await found("q=SO_78") == []
    assert await found("region=overseas") == [2]
    assert await found("state=accepted&class=quality-anomaly") == [1]
    assert await found("department=quality") == [1, 3]
    assert (await found("late=yes"), await found("step_late=yes")) == ([], [3])
    desks.clock.moment = BEGAN + days(14)
    assert (await found("late=yes"), await found("step_late=yes")) == ([1], [1, 3])


CLOSED = intake.CaseClosed("261101")
CAUSE_CLOSED = intake.StageClosed("cause", "quality", 1, "done")


@pytest.mark.parametrize(
    ("said", "after", "late", "step_late"),
    [
        ((CAUSE_OPENED,), days(5), False, False),
        ((CAUSE_OPENED,), days(5) + timedelta(microseconds=1), False, True),
        ((CAUSE_OPENED, CAUSE_CLOSED), days(13), False, False),
        ((CAUSE_OPENED, CAUSE_CLOSED), days(13) + timedelta(microseconds=1), True, False),
        ((CAUSE_OPENED, CAUSE_CLOSED, CLOSED), days(99), False, False),
        ((CAUSE_OPENED, CAUSE_MISSED, CAUSE_CLOSED, CLOSED), days(99), False, True),
        ((CAUSE_OPENED, CAUSE_CLOSED, OVERALL_MISSED, CLOSED), days(99), True, False),
        ((CAUSE_OPENED, CAUSE_MISSED, CAUSE_CLOSED, OVERALL_MISSED, CLOSED), days(99), True, True),
    ],
)
async def test_P1_23_that_the_case_is_late_is_one_thing_and_that_a_step_was_another(
    desks: Desks, said: tuple[Any, ...], after: timedelta, late: bool, step_late: bool
) -> None:
    await desks.keep(*a_case(1, FILED, ACCEPTED, *said))
    desks.clock.moment = BEGAN + after
    case = UUID(int=1, version=5)

    row = await json(desks, CLERK, f"/register/{case}")
    pages = [(await desks.ask(CLERK, path, accept="text/html")).text for path in ("/register", f"/cases/{case}")]
    found = [(await json(desks, CLERK, f"/register?{wanted}=yes"))["items"] for wanted in ("late", "step_late")]

    assert (row["late"], row["step_late"]) == (late, step_late)
    assert [('data-late="case"' in page, 'data-late="step"' in page) for page in pages] == [(late, step_late)] * 2
    assert [len(rows) for rows in found] == [late, step_late]


@pytest.mark.parametrize("name", ["q", "state", "class", "region", "department", "late", "step_late"])
async def test_a_filter_that_no_text_can_equal_is_refused(desks: Desks, name: str) -> None:
    refused = await desks.ask(CLERK, f"/api/analytics/register?{name}=a%00b")

    assert (refused.status_code, [each["field"] for each in refused.json()["errors"]]) == (422, [name])


async def test_a_place_of_the_worklist_that_no_row_can_have_is_refused(desks: Desks) -> None:
    beyond = cursor(BEGAN, BEGAN, CASE, "cause", "quality", 2**31)

    assert (await desks.ask(CLERK, f"/api/analytics/worklist?cursor={beyond}")).status_code == 422


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=x", "cursor=e30"])
async def test_a_bad_page_is_refused(desks: Desks, query: str) -> None:
    for path in ("/worklist", "/register"):
        assert (await desks.ask(CLERK, f"/api/analytics{path}?{query}")).status_code == 422


async def test_a_case_of_the_register_shows_its_stages(course: Desks) -> None:
    row = await json(course, CLERK, f"/register/{CASE}")

    assert (row["number"], row["state"], row["late"], row["amount"]) == ("261101", "closed", True, "900.00")
    assert [stage["stage"] for stage in row["stages"]] == [
        "endorsement", "registration", "registration", "cause", "opinion", "opinion", "loss",
    ]  # fmt: skip


async def test_P1_25_the_figures_tell_what_is_open_and_overdue_by_stage_and_department(desks: Desks) -> None:
    await desks.keep(*a_case(1, FILED, ACCEPTED, CAUSE_OPENED))
    await desks.keep(*a_case(2, FILED, ACCEPTED, CAUSE_OPENED))
    await desks.keep(*a_case(3, FILED, ENDORSEMENT))
    await desks.keep(*a_case(4, FILED, intake.CaseClosed("261104")))
    desks.clock.moment = BEGAN + days(6)

    figures = await json(desks, CLERK, "/dashboard")

    assert (figures["open"], figures["overdue"], figures["closed"], figures["closed_late"]) == (3, 0, 1, 0)
    assert picked(figures["stages"], "stage", "owner", "open", "overdue") == [
        ("cause", "quality", 2, 2),
        ("endorsement", "sales", 1, 0),
    ]
    assert picked(figures["late"], "stage", "owner") == [("cause", "quality")] * 2
    assert figures["newest"][0]["type"] == "intake.case-closed"


async def test_the_history_tells_who_said_what_under_which_rule_and_what_it_changed(course: Desks) -> None:
    first = await json(course, CLERK, f"/cases/{CASE}/history?limit=20")
    rest = await json(course, CLERK, f"/cases/{CASE}/history?limit=20&cursor={first['next']}")
    items = first["items"] + rest["items"]

    assert [item["event"] for item in items] == list(range(1, len(COURSE) + 1))
    assert [item["type"] for item in items] == [each.envelope.type for each in RECORDED]
    corrected = items[7]
    assert (corrected["rule"], corrected["actor"]["person"]) == ("P1.9", "system")
    assert {(change["field"], change["old"], change["new"]) for change in corrected["changes"]} == {
        ("state", "returned", "corrected"),
        ("part", "M8", "M8x40"),
        ("defective", None, "20"),
        ("reason", "cracks", "cracks at the head"),
    }


async def test_the_case_is_told_as_it_was_after_any_event(course: Desks) -> None:
    told = await json(course, CLERK, f"/cases/{CASE}/history?event=10")

    assert (told["event"], told["of"], told["view"]["state"], told["view"]["number"]) == (
        10, len(COURSE), "accepted", "261101",
    )  # fmt: skip
    assert "finance.loss-recorded" not in told["view"]["sheets"]


async def test_the_case_is_told_as_it_was_at_any_moment(course: Desks) -> None:
    accepted = AT["intake.case-accepted"]

    async def state(at: str) -> str:
        view = (await json(course, CLERK, f"/cases/{CASE}/history?at={at}"))["view"]
        return str(view["state"])

    assert await state((accepted - timedelta(microseconds=1)).isoformat().replace("+", "%2B")) == "corrected"
    assert await state(accepted.isoformat().replace("+", "%2B")) == "accepted"
    assert await state("2026-12-24") == "closed"


async def test_a_moment_without_a_zone_is_on_the_clocks_of_the_site(course: Desks) -> None:
    """02:10 UTC is 10:10 in Taipei."""
    before = await json(course, CLERK, f"/cases/{CASE}/history?at=2026-11-03T10:09:59")
    after = await json(course, CLERK, f"/cases/{CASE}/history?at=2026-11-03T10:10:00")

    assert (before["view"]["state"], after["view"]["state"]) == ("corrected", "accepted")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("at=2026-11-03T02:00:00Z", 404),
        ("event=0", 404),
        (f"event={len(COURSE) + 1}", 404),
        ("event=x", 422),
        ("event=²", 422),
        ("at=tomorrow", 422),
        ("at=", 422),
        ("cursor=x", 422),
    ],
)
async def test_before_the_first_event_there_is_no_case(course: Desks, query: str, status: int) -> None:
    assert (await course.ask(CLERK, f"/api/analytics/cases/{CASE}/history?{query}")).status_code == status


async def test_an_unknown_case_is_not_found(desks: Desks) -> None:
    for path in (f"/register/{OTHER}", f"/cases/{OTHER}/history", f"/cases/{OTHER}/history?event=1"):
        answer = await desks.ask(CLERK, f"/api/analytics{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-case")


async def test_a_new_form_leads_to_the_old_one_and_back(course: Desks) -> None:
    """P1.18."""
    again = Departments(SUCCESSOR).tell([replace(FILED, supersedes=CASE)])
    await course.keep(*again)

    old, new = [await json(course, CLERK, f"/register/{case}") for case in (CASE, SUCCESSOR)]

    assert (old["superseded_by"], new["supersedes"]) == (str(SUCCESSOR), str(CASE))


@pytest.fixture
async def listening(desks: Desks) -> AsyncIterator[Desks]:
    """The feed of the live pages runs."""
    feed = desks.console.feed
    feed.start()
    await feed.ready()
    yield desks
    await feed.close()


async def test_the_stream_tells_what_changed_to_those_of_the_site(listening: Desks) -> None:
    feed = listening.console.feed
    with feed.watching(frozenset(["TPE"])) as here, feed.watching(frozenset(["KSH"])) as there:
        await listening.keep(*RECORDED)

        assert await here.take(10) == [str(CASE)]
        assert await there.take(0.05) is None


async def test_a_reader_who_does_not_keep_up_gets_one_notice(listening: Desks) -> None:
    feed = listening.console.feed
    with feed.watching(frozenset(["TPE"])) as slow, feed.watching(frozenset(["TPE"])) as quick:
        seen = []
        for number in range(1, 4):
            await listening.keep(*a_case(number, FILED))
            seen.append(await quick.take(10))

        cases = [str(UUID(int=number, version=5)) for number in range(1, 4)]
        assert (seen, await slow.take(10)) == ([[case] for case in cases], cases)
        assert await slow.take(0.05) is None


async def test_who_has_just_acted_waits_until_it_shows(listening: Desks) -> None:
    who = listening.app.state.surroundings.actors[CLERK]
    console = listening.console

    await listening.keep(RECORDED[0])
    assert await console.reached(who, CASE, "intake", 1) is True
    assert await console.reached(who, CASE, "approval", 1) is False


async def test_open_and_overdue_cases_are_counted_for_the_gauges(desks: Desks) -> None:
    await desks.keep(*a_case(1, FILED, ACCEPTED), *a_case(2, FILED), *a_case(3, FILED, intake.CaseClosed("261103")))
    desks.clock.moment = BEGAN + days(14)
    counting = desks.loops[-1]

    counting.start()
    await counting.ready()
    await counting.close()

    figures = [REGISTRY.get_sample_value(f"redress_cases_{name}", {"site": "TPE"}) for name in ("open", "overdue")]
    assert figures == [2.0, 1.0]


async def test_the_newest_event_of_each_case_is_the_last_of_its_history(course: Desks) -> None:
    await course.keep(*a_case(7, FILED, ENDORSEMENT))
    other = UUID(int=7, version=5)
    newest = await newest_of(course.console.pool, [CASE, uuid4(), other])
    assert {each.envelope.subject: each.event for each in newest} == {CASE: COURSE[-1], other: ENDORSEMENT}
