"""Photographs and documents of a case: sent before the form that names them, given to those who may see the case."""

import hashlib
from typing import Any

import httpx
import pytest

from tests.journeys.case import Case, file_complaint
from tests.journeys.complaints import COMPLAINTS, complaint, in_kunshan
from tests.journeys.course import registered
from tests.journeys.house import House
from tests.journeys.people import QUALITY, SALES, SALES_ELSEWHERE
from tests.journeys.pictures import picture

UPLOADS = "/api/intake/attachments"
MEBIBYTE = 1024 * 1024


async def upload(house: House, content: bytes, name: str = "crack.png", by: str = SALES) -> httpx.Response:
    """Somebody sends a file."""
    return await house.ask("POST", UPLOADS, by, files={"file": (name, content)})


async def with_picture(house: House, shade: int, **changes: Any) -> tuple[Case, dict[str, Any]]:
    """A filed form with a photograph, and how the form names the photograph."""
    named = (await upload(house, picture(shade))).json()
    return await file_complaint(house, complaint(attachments=[named], **changes)), named


def address(case: Case, digest: str) -> str:
    """Where a file of a case is."""
    return case.path("intake", f"attachments/{digest}")


async def test_a_photograph_goes_with_the_form_and_comes_back_as_it_was(house: House) -> None:
    case, named = await with_picture(house, 10)

    given = await house.get(QUALITY, address(case, named["digest"]))

    content = picture(10)
    assert named == {
        "digest": hashlib.sha256(content).hexdigest(),
        "name": "crack.png",
        "media_type": "image/png",
        "size": len(content),
    }
    assert (await case.said("intake.complaint-filed"))[0]["attachments"] == [named]
    assert (given.status_code, given.headers["content-type"], given.content) == (200, "image/png", content)


async def test_the_same_photograph_twice_is_kept_once(house: House) -> None:
    first, second = [(await upload(house, picture(11))).json() for _ in range(2)]

    assert first == second
    assert len(list((house.stack.data / "files").rglob(first["digest"]))) == 1


async def test_a_photograph_of_the_inspection_is_in_the_inspectors_folder(house: House) -> None:
    case = await registered(house)
    named = (await upload(house, picture(12), by=QUALITY)).json()
    found = {"inspected": "12", "defective": "12", "confirmed": True, "result": "All open", "attachments": [named]}
    await case.does(QUALITY, "inspect-goods", **found)

    given = await house.get(SALES, case.path("investigation", f"attachments/{named['digest']}"))

    assert (given.status_code, given.content) == (200, picture(12))


async def test_who_does_not_work_for_the_site_does_not_get_its_files(house: House) -> None:
    case, named = await with_picture(house, 13)

    elsewhere = await house.get(SALES_ELSEWHERE, address(case, named["digest"]))
    nobody = await house.ask("GET", address(case, named["digest"]), None)

    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "wrong-site")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "login-required")


async def test_a_file_is_not_given_out_by_a_case_that_does_not_name_it(house: House) -> None:
    _, named = await with_picture(house, 14)
    other = await file_complaint(house, in_kunshan(), by=SALES_ELSEWHERE)

    given = await house.get(SALES_ELSEWHERE, address(other, named["digest"]))

    assert (given.status_code, given.json()["code"]) == (404, "unknown-attachment")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"MZ\x90\x00" + bytes(100), 415, "file-type"),
        (b"<html><script>alert(1)</script>", 415, "file-type"),
        (b"", 422, "file-empty"),
        (picture(15) + bytes(20 * MEBIBYTE), 413, "file-too-large"),
        (picture(15) + bytes(26 * MEBIBYTE), 413, "body-too-large"),
    ],
    ids=["a program", "a page", "an empty file", "a file too large", "an upload too large"],
)
async def test_what_is_no_photograph_or_document_is_not_kept(
    house: House, content: bytes, status: int, code: str
) -> None:
    before = kept(house)

    answer = await upload(house, content, "picture.png")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert kept(house) == before


def kept(house: House) -> set[str]:
    """Every file that the stack keeps, those half received too."""
    return {path.name for path in (house.stack.data / "files").rglob("*") if path.is_file()}


async def test_a_form_cannot_name_a_file_that_was_never_sent(house: House) -> None:
    made_up = {"digest": "0" * 64, "name": "x.png", "media_type": "image/png", "size": 5}

    answer = await house.post(SALES, COMPLAINTS, complaint(attachments=[made_up]))

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "attachments")


async def test_a_form_cannot_say_that_a_file_is_of_another_type(house: House) -> None:
    """Else a picture might be given out as a page with scripts."""
    named = (await upload(house, picture(16))).json()

    answer = await house.post(SALES, COMPLAINTS, complaint(attachments=[named | {"media_type": "text/html"}]))

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "attachments")
