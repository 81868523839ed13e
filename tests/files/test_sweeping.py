"""What nobody names is swept after a day; what a case names, or is about to name, never is."""

import io
import threading
from uuid import UUID, uuid4

import pytest

from shared.contracts.values import Attachment
from shared.files import FileRefused, Files, Use
from tests.files.conftest import HOUR, Keep, age

DAY = 24 * HOUR
CASE = UUID(int=7)


def sweep(files: Files, *named: UUID, service: str = "intake") -> int:
    """Sweep for a service whose events name files in these cases."""
    return files.sweep(service, DAY, lambda use: use.case in named)


def left(files: Files) -> list[str]:
    """Everything in the folder, by its path."""
    found = (path.relative_to(files.folder) for path in files.folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in found if path.name != ".lock")


@pytest.mark.parametrize(("hours", "swept"), [(23.9, 0), (24.1, 1)])
def test_an_upload_that_nobody_names_is_swept_after_a_day(files: Files, keep: Keep, hours: float, swept: int) -> None:
    attached = keep(b"a")
    place = files.place(attached.digest)
    place.with_name(f"{place.name}.small.jpg").write_bytes(b"preview")
    age(files, hours)

    assert sweep(files) == swept
    assert (left(files) == []) == bool(swept)


def test_a_file_that_a_case_names_is_never_swept_and_its_upload_is_forgotten(files: Files, keep: Keep) -> None:
    attached = keep(b"a")
    files.use(attached, "intake", CASE)
    for _ in range(2):
        age(files, 25)
        assert sweep(files, CASE) == 0

    assert files.has(attached)
    assert not files.ledger.has("lin-yating", attached)
    assert [(use.case, use.sure) for use in files.ledger.uses(attached.digest)] == [(CASE, True)]


def test_a_file_of_a_command_that_was_refused_is_swept(files: Files, keep: Keep) -> None:
    files.use(keep(b"a"), "intake", CASE)
    age(files, 25)

    assert sweep(files) == 1
    assert left(files) == []


def test_a_file_of_a_command_under_way_is_not_swept(files: Files, keep: Keep) -> None:
    attached = keep(b"a")
    age(files, 25)
    files.use(attached, "intake", CASE)

    assert sweep(files) == 0
    assert files.has(attached)


def test_a_command_that_comes_while_its_file_is_swept_has_it_or_is_told(files: Files, keep: Keep) -> None:
    """A repeated command comes between the question to the store and the removal."""
    attached = keep(b"a")
    files.use(attached, "intake", CASE)
    age(files, 25)

    def names(use: Use) -> bool:
        assert files.use(attached, "intake", CASE)
        return False

    assert files.sweep("intake", DAY, names) == 0
    assert files.has(attached)


def test_of_two_uploads_of_one_content_the_younger_keeps_it(files: Files, keep: Keep) -> None:
    attached = keep(b"a")
    age(files, 25)
    keep(b"a", name="b.txt", person="zhao-min")

    assert sweep(files) == 0
    assert files.has(attached)
    age(files, 25)
    assert sweep(files) == 1


def test_an_upload_that_is_sent_again_is_as_young_as_its_last_sending(files: Files, keep: Keep) -> None:
    keep(b"a")
    age(files, 25)
    attached = keep(b"a")

    assert sweep(files) == 0
    assert files.ledger.has("lin-yating", attached)


def test_each_service_finds_out_about_its_own_cases(files: Files, keep: Keep) -> None:
    attached = keep(b"a")
    for service in ("intake", "investigation"):
        files.use(attached, service, CASE)
    age(files, 25)

    assert sweep(files) == 0
    assert [use.service for use in files.ledger.uses(attached.digest)] == ["investigation"]
    assert sweep(files, CASE, service="investigation") == 0
    assert files.has(attached)


def test_files_from_before_there_was_a_ledger_are_never_swept(files: Files, keep: Keep) -> None:
    attached = keep(b"a")
    files.ledger.upload("lin-yating", attached).unlink()
    age(files, 1000)

    assert sweep(files) == 0
    assert files.has(attached)


def test_sweeping_and_naming_at_once_never_lose_a_named_file(files: Files, keep: Keep) -> None:
    """Old uploads are swept by one thread and named by another: each is either gone and refused, or named and there."""
    kept = [keep(bytes([65 + number]) * 10, name=f"{number}.txt") for number in range(26)]
    age(files, 25)
    named: list[Attachment] = []
    cases: set[UUID] = set()

    def name() -> None:
        for attached in reversed(kept):
            case = uuid4()
            cases.add(case)
            if files.use(attached, "intake", case):
                named.append(attached)

    naming = threading.Thread(target=name)
    naming.start()
    swept = files.sweep("intake", DAY, lambda use: use.case in cases)
    naming.join()

    assert len(named) + swept == len(kept)
    assert [attached.name for attached in kept if files.has(attached)] == [
        attached.name for attached in kept if attached in named
    ]


def test_a_person_uploads_so_much_a_day(files: Files, keep: Keep) -> None:
    for number in range(2):
        keep(bytes([65 + number]) * 10_000, name=f"{number}.txt")
    with pytest.raises(FileRefused, match="file-quota"):
        keep(b"x")
    keep(b"x", person="zhao-min")
    age(files, 25)
    keep(b"x")


def test_what_is_sent_again_counts_once(files: Files, keep: Keep) -> None:
    for _ in range(5):
        keep(b"a" * 10_000)
    keep(b"b" * 10_000)


def test_no_file_is_taken_when_the_disk_is_nearly_full(files: Files, keep: Keep) -> None:
    full = Files(files.folder, files.acceptance, files.limit, files.quota, room=2**60)
    with pytest.raises(FileRefused, match="files-full"):
        full.keep(io.BytesIO(b"x"), "a.txt", "lin-yating")
    assert left(full) == []
