"""Attached files: by their content, once each, and only for those who may see the case."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from shared.http.files import clean_name
from shared.http.settings import Settings
from tests.http.conftest import COMPLAINT, ELSEWHERE, Caller, wrong

UPLOAD = "/api/intake/attachments"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de") + b"\0" * 100
DIGEST = hashlib.sha256(PNG).hexdigest()


async def upload(client: httpx.AsyncClient, content: bytes = PNG, name: str = "裂纹.png") -> httpx.Response:
    return await client.post(UPLOAD, files={"file": (name, content, "text/plain")})


def kept(settings: Settings) -> list[str]:
    """The names of all files below the folder."""
    return sorted(path.name for path in settings.files.rglob("*") if path.is_file())


async def test_a_file_is_kept_by_its_content_and_named_by_its_digest(clerk, settings: Settings) -> None:
    answer = await upload(clerk)

    assert answer.status_code == 201
    assert answer.json() == {"digest": DIGEST, "name": "裂纹.png", "media_type": "image/png", "size": len(PNG)}
    assert kept(settings) == [DIGEST]
    assert (settings.files / DIGEST[:2] / DIGEST).read_bytes() == PNG


async def test_the_same_content_twice_is_one_file(clerk, settings: Settings) -> None:
    await upload(clerk)
    again = await upload(clerk, name="other.jpg")
    assert again.json()["name"] == "other.jpg"
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
    assert answer.headers["content-disposition"].startswith("inline; filename*=utf-8''")


async def test_who_does_not_work_for_the_site_does_not(clerk, anyone: httpx.AsyncClient, caller: Caller) -> None:
    address = f"/api/intake/cases/{await attached(clerk)}/attachments/{DIGEST}"
    assert (await caller(ELSEWHERE).get(address)).status_code == 403
    assert (await anyone.get(address)).status_code == 401


async def test_a_file_of_another_case_is_not_found(clerk) -> None:
    await attached(clerk)
    other = (await clerk.post("/api/intake/complaints", json=COMPLAINT)).json()["case"]
    for case, digest in ((other, DIGEST), (uuid4(), DIGEST), (other, "..%2f..%2fetc%2fpasswd"), (other, "0" * 64)):
        assert (await clerk.get(f"/api/intake/cases/{case}/attachments/{digest}")).status_code == 404


@pytest.mark.parametrize(
    "change", [{"digest": "0" * 64}, {"digest": "../" + "a" * 61}, {"size": 5}, {"media_type": "text/html"}]
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
