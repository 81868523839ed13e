"""What comes from outside and is not what was asked for: every fault with its place, and nothing done."""

import json
from typing import Any

import pytest

from tests.http.conftest import COMPLAINT, wrong
from tests.http.memory import MemoryGate

COMPLAINTS = "/api/intake/complaints"
JSON = {"content-type": "application/json"}

FAULTS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "unknown field": ({"colour": "red"}, [("colour", "extra_forbidden")]),
    "unknown field inside": (
        {"value": {"amount": "1", "currency": "TWD", "tax": 5}},
        [("value.tax", "unexpected_keyword_argument")],
    ),
    "who acts": ({"by": {"person": "tsai-wenhsiung"}}, [("by", "extra_forbidden")]),
    "serial number": ({"serial": 7}, [("serial", "extra_forbidden")]),
    "number for text": ({"order": 5}, [("order", "string_type")]),
    "text for a list": ({"samples": "one"}, [("samples", "tuple_type")]),
    "text for yes": ({"loss": "yes"}, [("loss", "bool_type")]),
    "null for text": ({"order": None}, [("order", "string_type")]),
    "number for a date": ({"delivered_on": 20261012}, [("delivered_on", "date_type")]),
    "no such day": ({"delivered_on": "2026-02-30"}, [("delivered_on", "date_parsing")]),
    "true for a number": ({"delivered": True}, [("delivered", "decimal_type")]),
    "no number": ({"delivered": "many"}, [("delivered", "decimal_parsing")]),
    "negative": ({"delivered": "-0.01"}, [("delivered", "greater_than_equal")]),
    "too much": ({"delivered": "1000000000"}, [("delivered", "less_than_equal")]),
    "huge exponent": ({"delivered": "1e999999"}, [("delivered", "decimal_parsing")]),
    "tiny exponent": ({"delivered": "1e-999999"}, [("delivered", "decimal_parsing")]),
    "too many places": ({"delivered": "0.1234567"}, [("delivered", "number_out_of_range")]),
    "underscore": ({"delivered": "1_0"}, [("delivered", "decimal_parsing")]),
    "digits of another script": ({"delivered": "١٢"}, [("delivered", "decimal_parsing")]),
    "thousands, which a program has no need of": ({"delivered": "1,000"}, [("delivered", "decimal_parsing")]),
    "blank": ({"delivered": " 10"}, [("delivered", "decimal_parsing")]),
    "plus": ({"value": {"amount": "+1", "currency": "TWD"}}, [("value.amount", "decimal_parsing")]),
    "unbounded input": ({"inputs": {"paid": "1" + "0" * 16}}, [("inputs.paid", "number_out_of_range")]),
    "NaN": ({"delivered": "NaN"}, [("delivered", "decimal_parsing")]),
    "Infinity": ({"delivered": "-Infinity"}, [("delivered", "decimal_parsing")]),
    "no currency": ({"value": {"amount": "1"}}, [("value.currency", "missing")]),
    "currency too long": ({"value": {"amount": "1", "currency": "EURO"}}, [("value.currency", "string_too_long")]),
    "currency in small letters": ({"value": {"amount": "1", "currency": "twd"}}, [("value.currency", "currency")]),
    "no currency of this world": ({"value": {"amount": "1", "currency": "QQQ"}}, [("value.currency", "currency")]),
    "a fraction of a cent": (
        {"value": {"amount": "100.005", "currency": "TWD"}},
        [("value.amount", "too_many_decimals")],
    ),
    "a fraction of a yen": ({"value": {"amount": "100.5", "currency": "JPY"}}, [("value.amount", "too_many_decimals")]),
    "control character": ({"customer": "a\x00b"}, [("customer", "control_character")]),
    "escape character inside": ({"samples": ["ok", "\x1b[2J"]}, [("samples.1", "control_character")]),
    "control character in a name": ({"inputs": {"a\x07": "1"}}, [("inputs", "control_character")]),
    "zero width": ({"order": "A\u200b12"}, [("order", "invisible_character")]),
    "turned round": ({"reason": "\u202egnorw"}, [("reason", "direction_character")]),
    "no character": ({"reason": "a\ufffe"}, [("reason", "no_character")]),
    "not read right": ({"customer": "Formosa \ufffd"}, [("customer", "damaged_character")]),
    "private use": ({"customer": "\ue000"}, [("customer", "private_character")]),
    "a line end in a line": ({"customer": "Formosa\nBicycles"}, [("customer", "line_break")]),
    "a tab in a line of a list": ({"samples": ["ok", "a\tb"]}, [("samples.1", "line_break")]),
    "only blanks": ({"customer": " \u3000\u00a0"}, [("customer", "missing")]),
    "only what nobody sees": ({"customer": "\u200b"}, [("customer", "invisible_character")]),
    "too long": ({"customer": "长" * 201}, [("customer", "string_too_long")]),
    "no uuid": ({"supersedes": "7"}, [("supersedes", "uuid_parsing")]),
    "several at once": (
        {"order": "", "delivered": "x", "colour": 1},
        [("order", "missing"), ("delivered", "decimal_parsing"), ("colour", "extra_forbidden")],
    ),
}


@pytest.mark.parametrize(("change", "expected"), FAULTS.values(), ids=FAULTS)
async def test_a_wrong_field_is_named(clerk, gate: MemoryGate, change: Any, expected: list[tuple[str, str]]) -> None:
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT | change)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert wrong(answer) == expected
    assert gate.streams == {}


UNREADABLE = {
    "nothing": b"",
    "half of it": json.dumps(COMPLAINT).encode()[:40],
    "no text": b"\xff\xfe",
    "half a character": b'{"customer": "\\ud800"}',
    "5000 digits": b'{"delivered": ' + b"9" * 5000 + b"}",
    "5000 brackets": b"[" * 5000,
    "two of them": json.dumps(COMPLAINT).encode() * 2,
}


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_is_no_json_is_refused(clerk, gate: MemoryGate, raw: bytes) -> None:
    answer = await clerk.post(COMPLAINTS, content=raw, headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (400, "json_invalid")
    assert gate.streams == {}


@pytest.mark.parametrize("raw", [b"[]", b"5", b"null", b'"x"'])
async def test_json_that_is_no_object_is_refused(clerk, raw: bytes) -> None:
    answer = await clerk.post(COMPLAINTS, content=raw, headers=JSON)
    assert (answer.status_code, wrong(answer)) == (422, [("", "dict_type")])


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e400"])
async def test_a_json_number_that_is_none_is_refused(clerk, number: bytes) -> None:
    raw = json.dumps(COMPLAINT).encode().replace(b'"1200"', number)
    answer = await clerk.post(COMPLAINTS, content=raw, headers=JSON)
    assert (answer.status_code, wrong(answer)) == (422, [("delivered", "finite_number")])


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_body_of_another_type_is_refused(clerk, media_type: str) -> None:
    answer = await clerk.post(COMPLAINTS, content=json.dumps(COMPLAINT), headers={"content-type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (415, "not-json")


async def test_the_fields_are_told_in_the_caller_s_language(clerk) -> None:
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT | {"delivered": -1}, headers={"accept-language": "zh"})
    assert answer.json()["errors"] == [
        {"field": "delivered", "pointer": "#/delivered", "code": "greater_than_equal", "message": "不得小于 0。"}
    ]


async def test_the_character_is_told_with_its_place(clerk) -> None:
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT | {"order": "A\u200b12"})
    assert [each["message"] for each in answer.json()["errors"]] == [
        "Character 2 is U+200B ZERO WIDTH SPACE, which nobody can see. Please delete it."
    ]


async def test_blanks_around_a_text_are_not_part_of_it_and_those_inside_are(clerk) -> None:
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT | {"customer": "\u3000Formosa\u00a0 Bicycles\n"})
    assert answer.json()["events"][0]["data"]["customer"] == "Formosa\u00a0 Bicycles"


async def test_lines_may_have_tabs_and_line_ends_and_are_stripped(clerk) -> None:
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT | {"reason": "  one\r\n\ttwo\n "})
    assert answer.json()["events"][0]["data"]["reason"] == "one\r\n\ttwo"


@pytest.mark.parametrize("amount", ["100.00", "100.0100", "0"])
async def test_an_amount_of_whole_cents_is_accepted(clerk, amount: str) -> None:
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT | {"value": {"amount": amount, "currency": "TWD"}})
    assert (answer.status_code, answer.json()["events"][0]["data"]["value"]["amount"]) == (201, amount)


@pytest.mark.parametrize("edge", ["0", "999999999.999"])
async def test_the_bounds_themselves_are_accepted(clerk, edge: str) -> None:
    answer = await clerk.post(COMPLAINTS, json=COMPLAINT | {"delivered": edge})
    assert (answer.status_code, answer.json()["events"][0]["data"]["delivered"]) == (201, edge)
