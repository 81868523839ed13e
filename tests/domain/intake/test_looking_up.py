"""What is looked up before a complaint is filed, and the list of complaints: over HTTP, on a real read model."""

from uuid import UUID, uuid4

import pytest

from services.intake import domain
from services.intake.projections import COMPLAINTS
from shared.contracts import Event, intake
from tests.domain.intake.forms import ACCEPTED, ACCEPTING, DECLINED, FILED, filed
from tests.domain.intake.looking_up import Intake
from tests.domain.story import NOW

OLD, OTHER = uuid4(), uuid4()


async def test_a_first_complaint_is_filed(here: Intake) -> None:
    answer = await here.file()
    assert (answer.status_code, [event["type"] for event in answer.json()["events"]]) == (
        201,
        ["intake.complaint-filed", "intake.stage-opened"],
    )


@pytest.mark.parametrize(
    "filled",
    [{}, {"order": "SO-9"}, {"part": "PN-9"}, {"customer": "ACME tools"}],
    ids=["the same", "the same part", "the same order", "the customer written otherwise"],
)
async def test_a_complaint_that_looks_like_an_open_one_is_not_filed_unseen(
    here: Intake, filled: dict[str, str]
) -> None:
    await here.say(OLD, FILED, ACCEPTED)
    answer = await here.file(**filled)
    told = answer.json()
    assert (answer.status_code, told["code"], told["details"]) == (
        422,
        "possible-duplicate",
        {
            "count": 1,
            "alike": [
                {
                    "case": str(OLD),
                    "number": "261101",
                    "state": "accepted",
                    "filed_at": "2026-11-03T02:00:00Z",
                    "customer": "Acme Tools",
                    "order": "SO-1001",
                    "part": "PN-7",
                }
            ],
        },
    )
    assert [wrong["field"] for wrong in told["errors"]] == ["duplicates_seen"]


SPELLINGS = (
    "so-1001",
    "SO1001",
    "SO 1001",
    "ＳＯ－１００１",
    "ＳＯ１００１",
    "SO–1001",
    "SO—1001",
    "SO‑1001",
    "SO−1001",
    "SOー1001",
    "SO/1001",
    "SO_1001",
    "SO.1001",
    "#SO-1001",
    "SO-1001.",
    "(SO-1001)",
    "S O - 1 0 0 1",
    "SO\u30001001",
    "SO-1-001",
)


@pytest.mark.parametrize("order", SPELLINGS)
async def test_the_same_order_is_recognised_however_it_is_written(here: Intake, order: str) -> None:
    await here.say(OLD, FILED)
    assert (await here.file(order=order, part="PN-9")).json()["code"] == "possible-duplicate"


@pytest.mark.parametrize("part", ["pn7", "ＰＮ－７", "PN 7", "PN/7", "P/N 7"])
async def test_the_same_part_is_recognised_however_it_is_written(here: Intake, part: str) -> None:
    await here.say(OLD, FILED)
    assert (await here.file(order="SO-9", part=part)).json()["code"] == "possible-duplicate"


@pytest.mark.parametrize(
    ("customer", "other"),
    [
        ("臺北機械股份有限公司", "台北机械股份有限公司"),
        ("臺北機械股份有限公司", "臺北機械（股份）有限公司"),
        ("臺北機械股份有限公司", "臺北機械\u3000股份有限公司"),
        ("Trade Winds Co., Ltd.", "TRADE WINDS CO LTD"),
        ("Trade Winds Co., Ltd.", "Ｔｒａｄｅ　Ｗｉｎｄｓ　Ｃｏ．，Ｌｔｄ．"),
    ],
)
async def test_the_same_customer_is_recognised_however_he_is_written(here: Intake, customer: str, other: str) -> None:
    await here.say(OLD, filed(customer=customer))
    assert (await here.file(customer=other)).json()["code"] == "possible-duplicate"


@pytest.mark.parametrize("order", ["SO-1001A", "SO-101", "S0-1001", "SO-01001"])
async def test_another_order_is_no_duplicate(here: Intake, order: str) -> None:
    await here.say(OLD, FILED)
    assert (await here.file(order=order, part="PN-9")).status_code == 201


async def test_a_corrected_form_is_compared_as_it_now_stands(here: Intake) -> None:
    form = {name: getattr(FILED, name) for name in domain.FORM}
    corrected = intake.FormCorrected(**{**form, "order": "SO-2", "part": "PN-2"})
    await here.say(OLD, FILED, intake.FormReturned(("order",), "?"), corrected)
    assert (await here.file(order="so 2")).json()["code"] == "possible-duplicate"
    assert (await here.file(order="SO-3", part="pn2")).json()["code"] == "possible-duplicate"
    assert (await here.file()).status_code == 201


async def test_whoever_has_seen_them_files_all_the_same(here: Intake) -> None:
    await here.say(OLD, FILED)
    assert (await here.file(duplicates_seen=True)).status_code == 201


@pytest.mark.parametrize(
    ("events", "site", "filled"),
    [
        ((FILED,), "TPE", {"customer": "Brown Mills"}),
        ((FILED,), "TPE", {"order": "SO-9", "part": "PN-9"}),
        ((FILED,), "KSH", {}),
        ((FILED, ACCEPTED, intake.CaseClosed("261101")), "TPE", {}),
        ((intake.AnomalySlipFiled("A261101", "Acme Tools", "domestic", "SO-1001", "PN-7", "Scratch"),), "TPE", {}),
    ],
    ids=["another customer", "other goods", "a site one does not see", "closed", "a slip"],
)
async def test_what_is_no_open_complaint_of_the_customer_is_no_duplicate(
    here: Intake, events: tuple[Event, ...], site: str, filled: dict[str, str]
) -> None:
    await here.say(OLD, *events, site=site)
    assert (await here.file(**filled)).status_code == 201


async def test_the_same_key_again_gives_the_first_answer_and_no_warning_of_itself(here: Intake) -> None:
    first, again = await here.file(key="k1"), await here.file(key="k1")
    assert (again.status_code, again.json()) == (201, first.json())


async def test_P1_18_a_declined_case_is_superseded(here: Intake) -> None:
    await here.say(OLD, FILED, ACCEPTED, DECLINED)
    answer = await here.file(supersedes=str(OLD))
    assert answer.status_code == 201
    assert answer.json()["events"][0]["data"]["supersedes"] == str(OLD)


@pytest.mark.parametrize(
    ("events", "site", "code"),
    [
        ((FILED, ACCEPTED), "TPE", "not-declined"),
        ((FILED, ACCEPTED, DECLINED, ACCEPTING), "TPE", "not-declined"),
        ((FILED, ACCEPTED, DECLINED, intake.CaseSuperseded(OTHER)), "TPE", "superseded-already"),
        ((FILED, ACCEPTED, DECLINED), "KSH", "unknown-predecessor"),
        ((), "TPE", "unknown-predecessor"),
    ],
    ids=["not asked yet", "accepted in the end", "superseded", "a site one does not see", "unknown"],
)
async def test_P1_18_no_other_case_is_superseded(here: Intake, events: tuple[Event, ...], site: str, code: str) -> None:
    await here.say(OLD, *events, site=site)
    answer = await here.file(supersedes=str(OLD))
    told = answer.json()
    assert (answer.status_code, told["code"], told["rule"]) == (422, code, "P1.18")
    assert [wrong["field"] for wrong in told["errors"]] == ["supersedes"]


async def test_P1_18_filing_it_again_with_the_same_key_gives_the_first_answer(here: Intake) -> None:
    await here.say(OLD, FILED, ACCEPTED, DECLINED)
    first = await here.file(key="k2", supersedes=str(OLD))
    await here.say(OLD, intake.CaseSuperseded(UUID(first.json()["case"])))
    again = await here.file(key="k2", supersedes=str(OLD))
    assert (again.status_code, again.json()) == (201, first.json())


async def test_P1_9_an_incomplete_form_is_refused_with_its_fields(here: Intake) -> None:
    answer = await here.file(order="", part="  ")
    told = answer.json()
    assert (answer.status_code, told["code"], told["rule"]) == (422, "form-incomplete", "P1.9")
    assert [wrong["field"] for wrong in told["errors"]] == ["order", "part"]


async def test_the_list_shows_each_complaint_as_it_stands(here: Intake) -> None:
    await here.say(OLD, FILED, ACCEPTED, DECLINED, intake.CaseSuperseded(OTHER), intake.CaseClosed("261101"))
    at = NOW.isoformat().replace("+00:00", "Z")
    assert await here.listed() == {
        "items": [
            {
                "case": str(OLD),
                "site": "TPE",
                "state": "closed",
                "number": "261101",
                "customer": "Acme Tools",
                "region": "domestic",
                "order": "SO-1001",
                "part": "PN-7",
                "complaint_class": "quality-anomaly",
                "filed_at": at,
                "accepted_at": at,
                "closed_at": at,
                "customer_accepts": "no",
                "supersedes": None,
                "successor": str(OTHER),
            }
        ]
    }


async def test_the_list_goes_on_page_by_page_and_can_leave_out_what_is_done(here: Intake) -> None:
    cases = sorted((uuid4() for _ in range(5)), reverse=True)
    for case in cases:
        await here.say(case, filed(customer=str(case)))
    await here.say(cases[2], intake.CaseClosed("261103"))
    seen, cursor = list[str](), None
    while cursor or not seen:
        page = await here.listed(limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [item["case"] for item in page["items"]]
        cursor = page.get("next")
    assert seen == [str(case) for case in cases]
    still_open = await here.listed(open="true")
    assert [item["case"] for item in still_open["items"]] == [str(case) for case in cases if case != cases[2]]


async def test_the_list_is_of_the_sites_one_works_for(here: Intake) -> None:
    await here.say(OLD, FILED, site="KSH")
    assert (await here.listed())["items"] == []
    assert [item["case"] for item in (await here.listed(person="chen-zhiming"))["items"]] == [str(OLD)]


async def test_the_rows_are_the_same_when_they_are_made_again(here: Intake) -> None:
    form = {name: getattr(FILED, name) for name in domain.FORM}
    await here.say(OLD, FILED, intake.FormReturned(("order",), "?"), intake.FormCorrected(**{**form, "order": "SO-2"}))
    await here.say(OTHER, filed(customer="Brown Mills"), ACCEPTED, DECLINED)
    async with here.pool.acquire() as connection:
        before = await COMPLAINTS.digest(connection)
        await COMPLAINTS.clear(connection)
        for case in (OLD, OTHER):
            await COMPLAINTS.apply(connection, here.gate.streams[case])
        assert await COMPLAINTS.digest(connection) == before
    rows = {item["customer"]: (item["state"], item["order"]) for item in (await here.listed())["items"]}
    assert rows == {"Acme Tools": ("filed", "SO-2"), "Brown Mills": ("accepted", "SO-1001")}
