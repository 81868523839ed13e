"""A form in the browser: shown, sent, shown again with what was wrong, sent once."""

import re
from uuid import UUID, uuid4

import httpx
import pytest

from shared.http.settings import Settings
from tests.http.conftest import SUPERVISOR
from tests.http.memory import MemoryGate
from tests.http.test_attachments import DIGEST, PNG, kept
from tests.web.conftest import log_in, text

FILLED = {
    "site": "TPE",
    "customer": "昆山精密机械",
    "order": "order",
    "value.amount": "356400.50",
    "value.currency": "TWD",
    "delivered": "1200",
    "delivered_on": "2026-10-12",
    "demand": "return",
    "samples": "one\r\n\r\n two \r\n",
}
NEW, COMPLAINTS = "/intake/complaints/new", "/intake/complaints"
HTMX = {"hx-request": "true"}


def values(html: str, name: str) -> list[str]:
    """What the inputs of a name hold."""
    return re.findall(rf'name="{re.escape(name)}"[^>]*?value="([^"]*)"', html)


async def test_a_form_has_the_currency_of_its_site_and_its_own_command_id(clerk: httpx.AsyncClient) -> None:
    answer = await clerk.get(NEW)

    assert answer.status_code == 200
    assert values(answer.text, "value.currency") == ["TWD"]
    assert UUID(values(answer.text, "command_id")[0])
    assert 'enctype="multipart/form-data"' in answer.text
    assert text(answer.text).count("File a complaint") == 3  # title, head, button


async def test_htmx_gets_the_form_alone(clerk: httpx.AsyncClient) -> None:
    answer = await clerk.get(NEW, headers=HTMX)
    assert answer.text.startswith("<form ")


async def test_an_address_may_fill_in_a_form(clerk: httpx.AsyncClient) -> None:
    html = (await clerk.get(f"{NEW}?customer=%22%3E%3Cscript%3E&supersedes={uuid4()}")).text
    assert values(html, "customer") == ["&#34;&gt;&lt;script&gt;"]
    assert UUID(values(html, "supersedes")[0])


async def test_a_sent_form_leads_to_the_case_as_far_as_it_is_recorded(clerk, gate: MemoryGate) -> None:
    plain = await clerk.post(COMPLAINTS, data=FILLED)
    by_htmx = await clerk.post(COMPLAINTS, data=FILLED, headers=HTMX)

    first, second = gate.streams
    assert (plain.status_code, plain.headers["location"]) == (303, f"/cases/{first}?after=intake:2")
    assert (by_htmx.status_code, by_htmx.headers["hx-redirect"]) == (204, f"/cases/{second}?after=intake:4")
    assert gate.streams[first][0].event.samples == ("one", "two")


async def test_a_form_sent_twice_has_one_effect(clerk, gate: MemoryGate) -> None:
    sent = FILLED | {"command_id": str(uuid4())}
    first = await clerk.post(COMPLAINTS, data=sent)
    second = await clerk.post(COMPLAINTS, data=sent)
    assert first.headers["location"] == second.headers["location"]
    assert len(gate.streams) == 1


async def test_what_was_wrong_stands_beside_its_field_and_nothing_typed_is_lost(clerk, gate: MemoryGate) -> None:
    sent = FILLED | {"delivered": "many", "order": "", "command_id": str(uuid4())}
    answer = await clerk.post(COMPLAINTS, data=sent, headers=HTMX)

    assert answer.status_code == 422
    assert re.search(r'id="wrong-delivered">\s*Must be a number\.', answer.text)
    assert re.search(r'id="wrong-order">\s*Please fill this in\.', answer.text)
    assert values(answer.text, "customer") == ["昆山精密机械"]
    assert values(answer.text, "delivered") == ["many"]
    assert values(answer.text, "command_id") == [sent["command_id"]]
    assert gate.streams == {}


async def test_the_department_s_no_stands_on_the_form(clerk) -> None:
    answer = await clerk.post(COMPLAINTS, data=FILLED | {"defective": "1200.01"}, headers=HTMX)
    assert answer.status_code == 422
    assert re.search(r'id="wrong-defective">\s*More is defective than was delivered\.', answer.text)
    assert "P1.4" in answer.text


@pytest.mark.parametrize("field", ["colour", "by.person", "serial", "value.tax", "command.id"])
async def test_a_field_that_is_not_on_the_form_is_refused(clerk, gate: MemoryGate, field: str) -> None:
    answer = await clerk.post(COMPLAINTS, data=FILLED | {field: "x"}, headers=HTMX)
    assert (answer.status_code, gate.streams) == (422, {})
    assert "There is no such field." in answer.text


@pytest.mark.parametrize(
    "forged",
    [
        {"attachments.0.digest": "x"},
        {"attachments": "x"},
        {"shares.0": "x"},
        {"shares.0.weight.x": "5"},
        {"inputs.paid.x": "5"},
        {"value.amount.x": "5"},
        {"samples.0": "x", "samples.1.y": "x"},
        {"customer.x": "y"},
        {"command_id.x": "y", "order": ""},
        {"site.x": "y"},
        {"": "x", ".": "y", "a..b": "z"},
        {f"f{number}": "x" for number in range(600)},
    ],
)
async def test_a_forged_form_is_refused_in_words(clerk, gate: MemoryGate, forged: dict[str, str]) -> None:
    sent = {name: value for name, value in FILLED.items() if not any(key.startswith(name) for key in forged)}
    answer = await clerk.post(COMPLAINTS, data=sent | {"delivered": "many"} | forged, headers=HTMX)
    assert (answer.status_code in (400, 422), gate.streams) == (True, {})


async def test_a_late_field_is_asked_for_only_when_a_problem_names_it(clerk) -> None:
    assert values((await clerk.get(NEW)).text, "loss") == []
    again = await clerk.post(COMPLAINTS, data=FILLED | {"loss": "perhaps"}, headers=HTMX)
    assert values(again.text, "loss") == ["true", "false"]


async def test_offers_of_the_paper_become_choices(clerk) -> None:
    assert values((await clerk.get(NEW)).text, "order") == ["order", "part"]


async def test_files_come_with_the_form(clerk, gate: MemoryGate) -> None:
    files = [("attachments", ("a.png", PNG)), ("attachments", ("", b""))]
    await clerk.post(COMPLAINTS, data=FILLED, files=files)
    (stream,) = gate.streams.values()
    assert [attached.digest for attached in stream[0].event.attachments] == [DIGEST]


async def test_files_of_a_refused_form_need_not_be_sent_again(clerk, gate: MemoryGate) -> None:
    refused = await clerk.post(COMPLAINTS, data=FILLED | {"order": ""}, files={"attachments": ("裂纹.png", PNG)})
    again = {
        name: values(refused.text, name)[0]
        for name in (f"attachments.0.{part}" for part in ("digest", "name", "media_type", "size"))
    }
    assert again["attachments.0.digest"] == DIGEST

    await clerk.post(COMPLAINTS, data=FILLED | again)
    (stream,) = gate.streams.values()
    assert [attached.name for attached in stream[0].event.attachments] == ["裂纹.png"]


async def test_a_refused_file_is_named_with_its_reason_and_the_others_stay_on_the_form(
    clerk, gate: MemoryGate, settings: Settings
) -> None:
    sent = [("good.png", PNG), ("page.png", b"<html>"), ("crack.jpg", PNG), ("empty.txt", b"")]
    files = [("attachments", each) for each in sent]
    answer = await clerk.post(COMPLAINTS, data=FILLED, files=files, headers=HTMX)

    assert answer.status_code == 415
    assert "Some files were not accepted; the others are kept with the form." in text(answer.text)
    assert re.findall(r"“[^”]*” is [^.]*\.\w*[^<]*(?=<)", answer.text.partition('id="wrong-attachments"')[2]) == [
        "“page.png” is a .html file; such files are not accepted here.",
        "“crack.jpg” is in truth a .png file. Give its name the ending .png and choose it again.",
        "“empty.txt” is empty.",
    ]
    assert values(answer.text, "attachments.0.name") == ["good.png"]
    assert values(answer.text, "attachments.1.name") == []
    assert (kept(settings), gate.streams) == ([DIGEST], {})


async def test_what_may_be_attached_is_told_before_it_is_chosen(clerk) -> None:
    html = (await clerk.get(NEW)).text
    assert "At most 20 files, each up to 0.05 MB, together up to 0.06 MB." in text(html)
    assert "Accepted: pictures, movies, sound, texts, mails, documents, tables, slides, archives." in text(html)
    assert 'accept=".jpg,.jpeg,' in html


async def test_who_works_for_several_sites_chooses_one_and_its_currency(browser: httpx.AsyncClient) -> None:
    await log_in(browser, SUPERVISOR)
    html = (await browser.get(f"{NEW}?site=KSH&customer=A")).text
    assert values(html, "site") == ["TPE", "KSH"]
    assert re.findall(r'value="(\w+)" checked', html)[0] == "KSH"
    assert values(html, "value.currency") == ["CNY"]
    assert values(html, "customer") == ["A"]


async def test_a_form_of_another_site_is_not_sent(clerk, gate: MemoryGate) -> None:
    answer = await clerk.post(COMPLAINTS, data=FILLED | {"site": "KSH"}, headers=HTMX)
    assert (answer.status_code, gate.streams) == (403, {})


async def test_who_is_not_logged_in_is_led_to_the_login(browser: httpx.AsyncClient, gate: MemoryGate) -> None:
    shown = await browser.get(NEW)
    assert (shown.status_code, shown.headers["location"]) == (303, "/login?to=/intake/complaints/new")
    current = HTMX | {"hx-current-url": "http://redress.test/cases/7?after=x"}
    sent = await browser.post(COMPLAINTS, data=FILLED, headers=current)
    assert (sent.status_code, sent.headers["hx-redirect"]) == (204, "/login?to=/cases/7%3Fafter%3Dx")
    assert gate.streams == {}


async def test_another_site_cannot_send_a_form(clerk, gate: MemoryGate) -> None:
    answer = await clerk.post(COMPLAINTS, data=FILLED, headers={"origin": "http://evil.test"})
    assert (answer.status_code, gate.streams) == (403, {})


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("250,010.00", "250010.00"), ("TWD 250,010.00", "250010.00"), ("２５０", "250"), ("1,00,000", "100000")],
)
async def test_a_number_is_taken_as_the_pages_print_it(clerk, gate: MemoryGate, typed: str, amount: str) -> None:
    await clerk.post(COMPLAINTS, data=FILLED | {"value.amount": typed, "delivered": "1,200"})
    (stream,) = gate.streams.values()
    assert (str(stream[0].event.value.amount), str(stream[0].event.delivered)) == (amount, "1200")


@pytest.mark.parametrize("typed", ["1,00", "1.234,56", "13,75", "12,50.00"])
async def test_a_number_that_could_be_another_is_asked_for_again(clerk, gate: MemoryGate, typed: str) -> None:
    answer = await clerk.post(COMPLAINTS, data=FILLED | {"value.amount": typed}, headers=HTMX)
    assert (answer.status_code, gate.streams) == (422, {})
    assert f"Write thousands as 1,234,567 and fractions as 0.5; {typed} could mean another number." in answer.text
    assert values(answer.text, "value.amount") == [typed]


@pytest.mark.parametrize("typed", ["1_0", "١٢", "1e3", "TWD", "USD 5"])
async def test_what_is_no_number_on_a_form(clerk, gate: MemoryGate, typed: str) -> None:
    answer = await clerk.post(COMPLAINTS, data=FILLED | {"value.amount": typed}, headers=HTMX)
    assert (answer.status_code, gate.streams) == (422, {})
    assert "Must be a number." in answer.text
