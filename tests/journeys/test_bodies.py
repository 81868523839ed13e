"""What is sent wrongly is refused, field by field and in the sender's language, and nothing of it is kept."""

import asyncio
import json
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from tests.journeys.complaints import COMPLAINTS, complaint, without
from tests.journeys.house import House, until
from tests.journeys.people import SALES
from tests.journeys.pictures import picture

MEBIBYTE = 1024 * 1024


async def refused(house: House, form: dict[str, Any], language: str = "en") -> httpx.Response:
    """Send a form under a key of its own; the answer, which says no, and has left the key unused."""
    key = str(uuid4())
    answer = await house.post(SALES, COMPLAINTS, form, accept_language=language, idempotency_key=key)
    assert answer.status_code >= 400, answer.text
    mended = await house.post(SALES, COMPLAINTS, complaint(), idempotency_key=key)
    assert (mended.status_code, mended.headers.get("idempotent-replayed")) == (201, None)
    return answer


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    """The fields at fault, each with its code."""
    return [(each["field"], each["code"]) for each in answer.json().get("errors", ())]


@pytest.mark.parametrize(
    ("language", "title", "message"),
    [
        ("en", "Something must be corrected", "Please fill this in."),
        ("zh-CN", "有内容需要更正", "请填写此栏。"),
        ("zh-TW", "有內容需要更正", "請填寫此欄。"),
        ("fr, zh-CN;q=0.8, en;q=0.2", "有内容需要更正", "请填写此栏。"),
    ],
)
async def test_P1_9_an_incomplete_form_is_refused_with_every_empty_field_in_the_senders_language(
    house: House, language: str, title: str, message: str
) -> None:
    answer = await refused(house, without(complaint(), "customer", "part", "defective", "demand"), language)

    assert (answer.status_code, answer.json()["code"], answer.json()["rule"]) == (422, "form-incomplete", "P1.9")
    assert answer.json()["title"] == title
    assert {error["field"]: error["message"] for error in answer.json()["errors"]} == dict.fromkeys(
        ("part", "defective", "demand", "customer"), message
    )


WRONG = {
    "a number that is none": ({"delivered": "many"}, [("delivered", "decimal_parsing")]),
    "a list for a text": ({"customer": ["a", "b"]}, [("customer", "string_type")]),
    "a text for a yes or no": ({"loss": "yes"}, [("loss", "bool_type")]),
    "a day that is none": ({"delivered_on": "2025-02-30"}, [("delivered_on", "date_parsing")]),
    "a field that there is not": ({"status": "closed"}, [("status", "extra_forbidden")]),
    "who acts, in the body": ({"by": {"person": "tsai-wenhsiung"}}, [("by", "extra_forbidden")]),
    "a serial of one's own": ({"serial": 7}, [("serial", "extra_forbidden")]),
    "a number beyond use": ({"delivered": "1e400"}, [("delivered", "decimal_parsing")]),
    "a hundred digits": ({"delivered": "9" * 100}, [("delivered", "less_than_equal")]),
    "no number at all": ({"delivered": "NaN"}, [("delivered", "decimal_parsing")]),
    "without end": ({"delivered": "Infinity"}, [("delivered", "decimal_parsing")]),
    "a hundred places": ({"delivered": "0." + "1" * 100}, [("delivered", "number_out_of_range")]),
    "less than nothing": ({"delivered": "-1"}, [("delivered", "greater_than")]),
    "another site's currency": ({"value": {"amount": "5", "currency": "CNY"}}, [("value", "wrong-currency")]),
    "no currency": ({"value": {"amount": "5", "currency": "ZZZ"}}, [("value.currency", "currency")]),
    "money without a currency": ({"value": {"amount": "5"}}, [("value.currency", "missing")]),
    "a control character": ({"customer": "Formosa\u0000Bicycles"}, [("customer", "control_character")]),
    "a control character in a list": ({"samples": ["ok", "\u001b[2J"]}, [("samples.1", "control_character")]),
    "none of the choices": ({"demand": "everything"}, [("demand", "unknown-choice")]),
    "more defective than delivered": ({"defective": "401"}, [("defective", "more-defective-than-delivered")]),
    "a delivery to come": ({"delivered_on": "2999-01-01"}, [("delivered_on", "not-delivered-yet")]),
    "a site that there is not": ({"site": "NYC"}, [("site", "unknown-site")]),
    "too long a name": ({"customer": "x" * 201}, [("customer", "string_too_long")]),
    "a case that there is not": (
        {"supersedes": "00000000-0000-0000-0000-000000000000"},
        [("supersedes", "unknown-predecessor")],
    ),
}


@pytest.mark.parametrize(("change", "found"), WRONG.values(), ids=WRONG)
async def test_what_is_wrong_is_named_by_its_field(
    house: House, change: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    answer = await refused(house, complaint(**change))

    assert (answer.status_code, faults(answer)) == (422, found)
    assert all(error["message"] for error in answer.json()["errors"])


async def test_everything_that_is_wrong_is_said_at_once(house: House) -> None:
    answer = await refused(house, complaint(delivered="many", customer=5, colour="red"))

    assert sorted(faults(answer)) == [
        ("colour", "extra_forbidden"),
        ("customer", "string_type"),
        ("delivered", "decimal_parsing"),
    ]


UNREADABLE = {
    "no JSON": (b"customer=x", "application/json", 400, "json_invalid"),
    "half of it": (b'{"site": "TPE", "customer"', "application/json", 400, "json_invalid"),
    "no UTF-8": (b'{"customer": "\xff\xfe"}', "application/json", 400, "json_invalid"),
    "half a character": (b'{"customer": "\\ud83d"}', "application/json", 400, "json_invalid"),
    "nothing": (b"", "application/json", 400, "json_invalid"),
    "a hundred thousand brackets": (b"[" * 100_000, "application/json", 400, "json_invalid"),
    "a list": (b"[]", "application/json", 422, "invalid"),
    "a form": (b"customer=x", "application/x-www-form-urlencoded", 415, "not-json"),
    "two mebibytes": (b'"' + b"x" * 2 * MEBIBYTE + b'"', "application/json", 413, "body-too-large"),
    "ten mebibytes": (b'"' + b"x" * 10 * MEBIBYTE + b'"', "application/json", 413, "body-too-large"),
}


@pytest.mark.parametrize(("body", "media_type", "status", "code"), UNREADABLE.values(), ids=UNREADABLE)
async def test_what_cannot_be_read_is_refused_as_a_whole(
    house: House, body: bytes, media_type: str, status: int, code: str
) -> None:
    answer = await house.ask("POST", COMPLAINTS, SALES, {"content-type": media_type}, content=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("idempotency-key", "two words", "bad-idempotency-key"),
        ("idempotency-key", "x" * 201, "bad-idempotency-key"),
        ("if-match", "12", "bad-if-match"),
        ("if-match", 'W/"12"', "bad-if-match"),
    ],
)
async def test_a_header_that_means_nothing_is_refused(house: House, header: str, value: str, code: str) -> None:
    answer = await house.ask("POST", COMPLAINTS, SALES, {header: value}, json=complaint())

    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=WzFd", "cursor"),
    ],
)
async def test_a_page_that_a_list_does_not_have_is_refused(house: House, query: str, field: str) -> None:
    answer = await house.get(SALES, f"{COMPLAINTS}?{query}")

    assert (answer.status_code, [name for name, _ in faults(answer)]) == (422, [field])


async def send_half(house: House, path: str, media_type: str, half: bytes) -> None:
    """Announce a body, send the half of it, and hang up."""
    address = urlsplit(house.stack.address)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    head = {
        "host": address.netloc,
        "authorization": f"Bearer {await house.token(SALES)}",
        "content-type": media_type,
        "content-length": str(2 * len(half)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    writer.write(f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + half)
    await writer.drain()
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def test_an_upload_that_stops_half_way_leaves_nothing(house: House) -> None:
    files = house.stack.data / "files"
    before = {path for path in files.rglob("*") if path.is_file()}
    head = b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    part = head + picture(20) + bytes(MEBIBYTE)

    await send_half(house, "/api/intake/attachments", "multipart/form-data; boundary=b", part)

    await until(lambda: house.get(SALES, COMPLAINTS), "intake answers as before")
    assert {path for path in files.rglob("*") if path.is_file()} == before


async def test_a_form_that_stops_half_way_files_nothing(house: House) -> None:
    form = complaint(customer=f"Half sent {uuid4()}")

    await send_half(house, COMPLAINTS, "application/json", json.dumps(form).encode())

    whole = await house.post(SALES, COMPLAINTS, form | {"duplicates_seen": False})
    assert whole.status_code == 201, whole.text
