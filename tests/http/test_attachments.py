"""Attached files: by their content, once each, and only for those who may see the case."""

import hashlib
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from shared.commands.answers import Busy
from shared.contracts.envelope import Recorded
from shared.files import MIB, clean_name
from shared.http.settings import Settings
from shared.http.sweeping import Sweeping
from tests.files.making import GOOD, MAIL, PHONE_HEIC, PHONE_MOV
from tests.http.conftest import COMPLAINT, ELSEWHERE, SUPERVISOR, Caller, wrong

UPLOAD = "/api/intake/attachments"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de") + b"\0" * 100
LEDGER = (".lock", ".uploads", ".uses")
DIGEST = hashlib.sha256(PNG).hexdigest()


async def upload(client: httpx.AsyncClient, content: bytes = PNG, name: str = "裂纹.png") -> httpx.Response:
    return await client.post(UPLOAD, files={"file": (name, content, "text/plain")})


def kept(settings: Settings) -> list[str]:
    """The names of all contents below the folder, whole or half received; the ledger beside them is no content."""
    found = [path for path in settings.files.rglob("*") if path.is_file()]
    return sorted(path.name for path in found if path.relative_to(settings.files).parts[0] not in LEDGER)


async def test_a_file_is_kept_by_its_content_and_named_by_its_digest(clerk, settings: Settings) -> None:
    answer = await upload(clerk)

    assert answer.status_code == 201
    assert answer.json() == {"digest": DIGEST, "name": "裂纹.png", "media_type": "image/png", "size": len(PNG)}
    assert kept(settings) == [DIGEST]
    assert (settings.files / DIGEST[:2] / DIGEST).read_bytes() == PNG


async def test_the_same_content_twice_is_one_file(clerk, settings: Settings) -> None:
    await upload(clerk)
    again = await upload(clerk, name="other.png")
    assert again.json()["name"] == "other.png"
    assert kept(settings) == [DIGEST]


async def test_an_answered_file_is_still_there_when_the_power_fails(
    clerk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[tuple[int, list[str]]] = []

    def settle(handle: int) -> None:
        settled.append((os.fstat(handle).st_ino, kept(settings)))

    monkeypatch.setattr(os, "fsync", settle)
    await upload(clerk)

    folders = [settings.files / DIGEST[:2], settings.files]
    assert [inode for inode, names in settled if names == [DIGEST]] == [each.stat().st_ino for each in folders]


async def test_what_a_crash_left_of_an_upload_is_removed_after_a_day(clerk, settings: Settings) -> None:
    settings.files.mkdir()
    for name, age in ((".incoming-old", timedelta(hours=25)), (".incoming-new", timedelta(hours=23))):
        left = settings.files / name
        left.write_bytes(PNG)
        then = left.stat().st_mtime - age.total_seconds()
        os.utime(left, (then, then))

    await upload(clerk)

    assert kept(settings) == [".incoming-new", DIGEST]


BAD = {
    "a page": (b"<html><script>alert(1)</script>", 415, "file-type"),
    "a drawing with a script": (b'<?xml version="1.0"?><svg onload="x"/>', 415, "file-type"),
    "a program": (b"MZ" + b"\0" * 200, 415, "file-type"),
    "nothing": (b"", 422, "file-empty"),
    "too much": (PNG + b"\0" * 50_000, 413, "file-too-large"),
}


@pytest.mark.parametrize(("content", "status", "code"), BAD.values(), ids=BAD)
async def test_a_bad_file_is_refused_and_leaves_nothing(
    clerk, settings: Settings, content: bytes, status: int, code: str
) -> None:
    answer = await upload(clerk, content, "photo.png")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert kept(settings) == []


async def test_a_form_without_a_file_is_refused(clerk) -> None:
    answer = await clerk.post(UPLOAD, files={"other": ("a.png", PNG)})
    assert (answer.status_code, wrong(answer)) == (422, [("file", "missing")])


async def test_nobody_uploads_without_logging_in(anyone: httpx.AsyncClient, settings: Settings) -> None:
    assert (await upload(anyone)).status_code == 401
    assert not settings.files.exists()


async def attached(client: httpx.AsyncClient) -> str:
    """A case with the picture."""
    picture = (await upload(client)).json()
    answer = await client.post("/api/intake/complaints", json=COMPLAINT | {"attachments": [picture]})
    return str(answer.json()["case"])


async def test_who_may_see_the_case_gets_its_file_in_a_sandbox(clerk) -> None:
    answer = await clerk.get(f"/api/intake/cases/{await attached(clerk)}/attachments/{DIGEST}")

    assert (answer.status_code, answer.content) == (200, PNG)
    assert answer.headers["content-type"] == "image/png"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == (
        "inline; filename*=utf-8''%E8%A3%82%E7%BA%B9.png; filename=\"__.png\""
    )


async def test_who_does_not_work_for_the_site_does_not(clerk, anyone: httpx.AsyncClient, caller: Caller) -> None:
    address = f"/api/intake/cases/{await attached(clerk)}/attachments/{DIGEST}"
    assert (await caller(ELSEWHERE).get(address)).status_code == 403
    assert (await anyone.get(address)).status_code == 401


async def test_a_file_of_another_case_is_not_found(clerk) -> None:
    await attached(clerk)
    other = (await clerk.post("/api/intake/complaints", json=COMPLAINT)).json()["case"]
    for case, digest in ((other, DIGEST), (uuid4(), DIGEST), (other, "..%2f..%2fetc%2fpasswd"), (other, "0" * 64)):
        assert (await clerk.get(f"/api/intake/cases/{case}/attachments/{digest}")).status_code == 404


@pytest.mark.parametrize(("name", "media_type", "content"), [(name, *good) for name, good in GOOD.items()], ids=GOOD)
async def test_every_accepted_kind_can_be_named_by_a_form(clerk, name: str, media_type: str, content: bytes) -> None:
    sent = (await upload(clerk, content, name)).json()
    answer = await clerk.post("/api/intake/complaints", json=COMPLAINT | {"attachments": [sent]})
    assert (answer.status_code, sent["media_type"]) == (201, media_type)


async def test_what_a_browser_does_not_draw_safely_is_saved(clerk) -> None:
    for content, name in ((MAIL, "mail.eml"), (b"a,b", "list.csv"), (PHONE_HEIC, "IMG_1.HEIC"), (PHONE_MOV, "a.mov")):
        sent = (await upload(clerk, content, name)).json()
        case = (await clerk.post("/api/intake/complaints", json=COMPLAINT | {"attachments": [sent]})).json()["case"]
        answer = await clerk.get(f"/api/intake/cases/{case}/attachments/{sent['digest']}")

        assert answer.headers["content-disposition"].startswith(f"attachment; filename*=utf-8''{name}")
        assert answer.headers["content-type"].startswith(sent["media_type"])
        assert "sandbox" in answer.headers["content-security-policy"]


async def test_each_of_two_files_of_one_content_keeps_its_own_name(clerk) -> None:
    files = [(await upload(clerk, name=name)).json() for name in ("front.png", "back.png")]
    case = (await clerk.post("/api/intake/complaints", json=COMPLAINT | {"attachments": files})).json()["case"]
    address = f"/api/intake/cases/{case}/attachments/{DIGEST}"

    for name in ("front.png", "back.png"):
        assert f"''{name}" in (await clerk.get(f"{address}?name={name}")).headers["content-disposition"]
    assert (await clerk.get(f"{address}?name=side.png")).status_code == 404


async def test_a_picture_has_a_preview_and_one_that_cannot_be_drawn_a_drawing_instead(clerk) -> None:
    for content, name, kinds in (
        (PHONE_HEIC, "IMG_1.HEIC", ("image/jpeg", "image/jpeg")),
        (PNG, "broken.png", ("image/svg+xml", "application/problem+json")),
        (PHONE_MOV, "a.mov", ("image/svg+xml", "application/problem+json")),
    ):
        sent = (await upload(clerk, content, name)).json()
        case = (await clerk.post("/api/intake/complaints", json=COMPLAINT | {"attachments": [sent]})).json()["case"]
        address = f"/api/intake/cases/{case}/attachments/{sent['digest']}/preview"
        answers = [await clerk.get(f"{address}?size={size}") for size in ("small", "large")]

        assert tuple(answer.headers["content-type"].partition(";")[0] for answer in answers) == kinds
        assert all("sandbox" in answer.headers["content-security-policy"] for answer in answers if answer.is_success)


async def test_who_may_not_see_a_case_sees_no_preview_of_it(clerk, caller: Caller) -> None:
    address = f"/api/intake/cases/{await attached(clerk)}/attachments/{DIGEST}/preview"
    assert (await caller(ELSEWHERE).get(address)).status_code == 403
    assert (await clerk.get(f"{address}?size=huge")).status_code == 404


async def named_by(client: httpx.AsyncClient, picture: object, site: str) -> tuple[int, list[tuple[str, str]]]:
    """What becomes of a complaint of a site that names a file."""
    money = {"amount": "1", "currency": {"TPE": "TWD", "KSH": "CNY"}[site]}
    body = COMPLAINT | {"site": site, "value": money, "attachments": [picture]}
    answer = await client.post("/api/intake/complaints", json=body)
    return answer.status_code, wrong(answer) if answer.status_code == 422 else []


UNKNOWN = (422, [("attachments", "unknown-attachment")])


async def test_a_file_is_named_by_who_uploaded_it_or_sees_a_case_that_has_it(clerk, caller: Caller) -> None:
    picture = (await upload(clerk)).json()
    assert await named_by(caller(SUPERVISOR), picture, "TPE") == UNKNOWN
    assert await named_by(clerk, picture, "TPE") == (201, [])
    assert await named_by(caller(SUPERVISOR), picture, "TPE") == (201, [])
    assert await named_by(caller(ELSEWHERE), picture, "KSH") == UNKNOWN


async def test_who_has_the_content_himself_names_it_by_his_own_upload(clerk, caller: Caller) -> None:
    picture = (await upload(clerk)).json()
    await named_by(clerk, picture, "TPE")
    own = (await upload(caller(ELSEWHERE), name="mine.png")).json()

    assert await named_by(caller(ELSEWHERE), own, "KSH") == (201, [])
    assert await named_by(caller(ELSEWHERE), picture, "KSH") == UNKNOWN


async def test_a_case_has_no_more_files_than_a_form_may_have(clerk, settings: Settings) -> None:
    picture = (await upload(clerk)).json()
    for count, status in ((settings.most_files, 201), (settings.most_files + 1, 422)):
        answer = await clerk.post("/api/intake/complaints", json=COMPLAINT | {"attachments": [picture] * count})
        assert answer.status_code == status


async def test_too_much_for_a_day_is_told_in_words(clerk, app, settings: Settings) -> None:
    here = app.state.surroundings
    app.state.surroundings = replace(here, files=replace(here.files, quota=MIB))
    for number in range(21):
        await upload(clerk, PNG + bytes([number]) * 49_000, f"{number}.png")
    answer = await upload(clerk, PNG + b"x" * 49_000, "last.png")

    assert (answer.status_code, answer.json()["code"]) == (429, "file-quota")
    assert answer.json()["detail"].startswith("“last.png” was not stored: one person can upload 1 MB in a day.")


async def test_uploads_are_swept_by_the_service_and_named_ones_are_not(clerk, app, settings: Settings) -> None:
    case = await attached(clerk)
    refused = (await upload(clerk, PNG + b"r", "refused.png")).json()
    await clerk.post("/api/intake/complaints", json=COMPLAINT | {"defective": "1201", "attachments": [refused]})
    await upload(clerk, PNG + b"f", "forgotten.png")
    sweeping = Sweeping(app.state.surroundings)

    assert await sweeping.sweep(timedelta(hours=1)) == 0
    assert await sweeping.sweep(timedelta(0)) == 2
    assert kept(settings) == [DIGEST]
    assert (await clerk.get(f"/api/intake/cases/{case}/attachments/{DIGEST}")).status_code == 200


async def test_a_store_that_cannot_say_leaves_every_upload(clerk, app, gate, settings: Settings, monkeypatch) -> None:
    await attached(clerk)

    async def away(case: object) -> list[Recorded]:
        raise Busy(1.0)

    monkeypatch.setattr(gate, "events", away)
    with pytest.raises(Busy):
        await Sweeping(app.state.surroundings).sweep(timedelta(0))
    assert kept(settings) == [DIGEST]


@pytest.mark.parametrize(
    "change",
    [{"digest": "0" * 64}, {"digest": "../" + "a" * 61}, {"size": 5}, {"media_type": "text/html"}, {"name": "x.png"}],
)
async def test_a_command_cannot_name_a_file_that_was_not_received(clerk, change: dict[str, object]) -> None:
    picture = (await upload(clerk)).json() | change
    answer = await clerk.post("/api/intake/complaints", json=COMPLAINT | {"attachments": [picture]})
    assert (answer.status_code, wrong(answer)) == (422, [("attachments", "unknown-attachment")])


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("photo.png", "photo.png"),
        ("C:\\Users\\lin\\photo.png", "photo.png"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nb\x00.png", "ab.png"),
        ("", "file"),
        ("/", "file"),
        ("长" * 300 + ".png", "长" * 196 + ".png"),
    ],
)
def test_a_file_s_name_is_only_a_name(given: str, shown: str) -> None:
    assert clean_name(given) == shown


@pytest.fixture
def in_the_way(settings: Settings) -> Path:
    """A file where the folder should be."""
    settings.files.write_text("in the way")
    return settings.files


@pytest.mark.usefixtures("in_the_way")
async def test_an_unwritable_folder_is_our_own_fault(clerk) -> None:
    answer = await upload(clerk)
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
