"""What a file is, is told by its content, and its ending belongs to that."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.files import Acceptance, FileRefused, UnknownKind
from shared.files.content import contents_of
from shared.files.kinds import BY_ENDING, KINDS, UNKNOWN
from tests.files.making import BAD, GOOD, PAGE, PROGRAM, SVG, archive, compound, picture

USUAL = Acceptance()


def refusal(name: str, content: bytes, accepted: Acceptance = USUAL) -> tuple[str, object]:
    """Why a file is refused, and what kind of file it is told to be."""
    with pytest.raises(FileRefused) as refused:
        accepted.kind(name, io.BytesIO(content))
    assert refused.value.values["name"] == name
    return refused.value.reason, refused.value.values["kind"]


@pytest.mark.parametrize(("name", "media_type", "content"), [(name, *good) for name, good in GOOD.items()], ids=GOOD)
def test_what_phones_mail_programs_and_offices_make_is_accepted(name: str, media_type: str, content: bytes) -> None:
    assert USUAL.kind(name, io.BytesIO(content)).media_type == media_type


@pytest.mark.parametrize(("name", "why", "kind", "content"), [(name, *bad) for name, bad in BAD.items()], ids=BAD)
def test_a_file_is_refused_by_its_content_or_its_ending(name: str, why: str, kind: str, content: bytes) -> None:
    assert refusal(name, content) == (why, kind)


@pytest.mark.parametrize(
    ("name", "content"),
    [("cut.doc", compound("WordDocument")[:600]), ("cut.pptx", archive(ppt__presentation_xml="x" * 500)[:300])],
)
def test_a_document_that_was_cut_short_comes_under_the_ending_it_has(name: str, content: bytes) -> None:
    assert USUAL.kind(name, io.BytesIO(content)) == BY_ENDING[name[4:]]


def test_a_setting_names_groups_and_endings() -> None:
    accepted = Acceptance.of(["picture", ".PDF", "exe"])

    assert accepted.groups == ("picture", "document", "program")
    assert accepted.kind("setup.exe", io.BytesIO(PROGRAM)).media_type == UNKNOWN
    assert refusal("photo.jpg", PROGRAM, accepted) == ("file-type", ".exe")
    assert refusal("list.xlsx", GOOD["list.xlsx"][1], accepted) == ("file-type", ".xlsx")
    assert refusal("run.sh", b"#!/bin/sh", accepted) == ("file-type", ".sh")


def test_an_ending_that_nobody_knows_may_have_any_content_but_that_of_a_program_or_a_page() -> None:
    accepted = Acceptance.of(["default", "dwg"])

    assert accepted.kind("part.dwg", io.BytesIO(b"AC1032" + bytes(60))).media_type == UNKNOWN
    assert accepted.kind("photo.jpg", io.BytesIO(picture("JPEG"))).media_type == "image/jpeg"
    for content, kind in ((PROGRAM, ".exe"), (PAGE, ".html"), (SVG, ".svg")):
        assert refusal("part.dwg", content, accepted) == ("file-type", kind)


@pytest.mark.parametrize("word", ["*", "image/png", "pic ture", "图"])
def test_a_setting_of_another_sort_is_refused(word: str) -> None:
    with pytest.raises(UnknownKind):
        Acceptance.of([word])


def test_an_ending_stands_once_in_the_table() -> None:
    endings = [ending for each in KINDS for ending in each.endings]
    assert sorted(endings) == sorted(set(endings))


BEGINNINGS = [content[:40] for _, content in GOOD.values()] + [PAGE, SVG, PROGRAM, b""]


@given(begin=some.sampled_from(BEGINNINGS), rest=some.binary(max_size=300), ending=some.sampled_from(sorted(BY_ENDING)))
def test_any_bytes_under_any_ending_are_a_kind_or_refused(begin: bytes, rest: bytes, ending: str) -> None:
    file = io.BytesIO(begin + rest)
    try:
        kind = USUAL.kind(f"name.{ending}", file)
    except FileRefused:
        return
    assert ending in kind.endings
    assert kind.content in contents_of(file)
