"""The sender is patient with a busy server, and not with one that will never take what it brings."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from starlette.responses import JSONResponse, Response

from deploy.importing.connection import ImportStopped, Sending
from deploy.importing.filling import FilledRow
from deploy.importing.sending import RowOutcome, RowResult, RowSender, Work, command_id, send_all
from tests.importing.intake import Intake


def forms(count: int) -> list[FilledRow]:
    return [FilledRow(number + 1, str(number), {"reason": "rust"}) for number in range(count)]


def sending(intake: Intake) -> Sending:
    return Sending(intake.address, "TPE", "lin-yating", "complaints", at_once=3, patience=10)


def failing(status: int, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse({"detail": "Later."}, status, named)


def standing(intake: Intake) -> list[str]:
    """What was filed and not withdrawn."""
    return sorted(body["reason"] for key, body in intake.created.items() if key not in intake.withdrawn)


async def outcomes(filled: Iterable[FilledRow], how: Sending) -> dict[str, RowOutcome]:
    sent: list[RowResult] = []
    await send_all(filled, how, sent.append)
    return {each.filled.key: each.outcome for each in sent}


@pytest.mark.parametrize(
    "failures",
    [
        [failing(503, retry_after="0")],
        [failing(429, retry_after="Sun, 22 Nov 1998 01:00:00 GMT", date="Sun, 22 Nov 1998 01:00:00 GMT")],
        [failing(503), failing(502), failing(504)],
        [failing(504, retry_after="soon")],
    ],
)
async def test_what_passes_is_tried_again(intake: Intake, failures: list[Response]) -> None:
    intake.failures = failures
    assert await outcomes(forms(5), sending(intake)) == {str(number): RowOutcome.CREATED for number in range(5)}
    assert len(intake.created) == 5


async def test_a_token_that_runs_out_is_renewed(intake: Intake) -> None:
    intake.failures = [failing(401)]
    assert set((await outcomes(forms(5), sending(intake))).values()) == {RowOutcome.CREATED}
    assert intake.logins == 2


async def test_a_row_that_the_server_fails_at_does_not_hold_up_the_others(intake: Intake) -> None:
    intake.failures = [failing(500)]
    assert sorted((await outcomes(forms(5), sending(intake))).values(), key=str) == [
        *[RowOutcome.CREATED] * 4,
        RowOutcome.REFUSED,
    ]


@pytest.mark.parametrize("status", [403, 404, 405])
async def test_what_no_row_can_pass_stops_the_import(intake: Intake, status: int) -> None:
    intake.failures = [failing(status)]
    with pytest.raises(ImportStopped, match=f"the server does not take complaints from here: {status} Later."):
        await send_all(forms(5), replace(sending(intake), at_once=1), lambda sent: None)
    assert intake.created == {}


async def test_no_longer_than_its_patience(intake: Intake) -> None:
    intake.failures = [failing(503, retry_after="3600")]
    with pytest.raises(ImportStopped, match=r"no answer: 503 Later\."):
        await send_all(forms(1), sending(intake), lambda sent: None)


async def test_nobody_there() -> None:
    with pytest.raises(ImportStopped, match=r"no answer: http://127\.0\.0\.1:9"):
        await send_all(forms(1), Sending("http://127.0.0.1:9", "TPE", "x", "y", patience=0.5), lambda sent: None)


@pytest.mark.parametrize("address", ["nowhere", "http://127.0.0.1:port", "ftp://127.0.0.1", "http://"])
async def test_no_address(address: str) -> None:
    with pytest.raises(ImportStopped, match="is no web address"):
        await send_all(forms(1), Sending(address, "TPE", "x", "y"), lambda sent: None)


async def test_no_more_under_way_than_allowed(intake: Intake) -> None:
    await outcomes(forms(40), sending(intake))
    assert 1 <= intake.most_at_once <= 3


KEYS = [str(number) for number in range(3)]


def reworded(*words: str) -> list[FilledRow]:
    return [FilledRow(number + 2, KEYS[number], {"reason": word}) for number, word in enumerate(words)]


async def worked(rows: list[FilledRow], how: Sending, work: Work) -> list[RowOutcome]:
    """What became of each row, in the order of the rows."""
    results: dict[str, RowOutcome] = {}
    await send_all(
        rows, how, lambda result: results.__setitem__(result.filled.key, result.outcome), work, "Wrong encoding"
    )
    return [results[row.key] for row in rows]


async def test_what_was_filed_with_other_words_is_told_and_stays(intake: Intake) -> None:
    how = sending(intake)
    await outcomes(reworded("rust", "dent", "scratch"), how)
    again = await worked(reworded("rust", "DENT", "scratch"), how, RowSender.file)
    assert again == [RowOutcome.THERE, RowOutcome.REFUSED, RowOutcome.THERE]
    assert standing(intake) == ["dent", "rust", "scratch"]


async def test_a_correction_takes_the_place_of_what_was_filed(intake: Intake) -> None:
    how = sending(intake)
    await outcomes(reworded("garbled", "dent", "scratch"), how)
    rows = reworded("rust", "dent", "scratch")
    assert await worked(rows, how, RowSender.correct) == [RowOutcome.CORRECTED, RowOutcome.THERE, RowOutcome.THERE]
    assert standing(intake) == ["dent", "rust", "scratch"]
    assert await worked(rows, how, RowSender.correct) == [RowOutcome.THERE] * 3
    assert await worked(rows, how, RowSender.file) == [RowOutcome.THERE] * 3
    assert await worked(reworded("worn"), how, RowSender.correct) == [RowOutcome.CORRECTED]
    assert standing(intake) == ["dent", "scratch", "worn"]


async def test_what_somebody_works_on_is_not_corrected(intake: Intake) -> None:
    how = sending(intake)
    await outcomes(reworded("garbled", "dent"), how)
    intake.worked_on = {"garbled"}
    assert await worked(reworded("rust", "bump"), how, RowSender.correct) == [RowOutcome.REFUSED, RowOutcome.CORRECTED]
    assert standing(intake) == ["bump", "garbled"]


async def test_an_import_is_taken_back_and_can_be_made_anew(intake: Intake) -> None:
    how = sending(intake)
    rows = reworded("garbled", "dent", "scratch")
    await outcomes(rows[:2], how)
    assert await worked(rows, how, RowSender.take_back) == [
        RowOutcome.TAKEN_BACK,
        RowOutcome.TAKEN_BACK,
        RowOutcome.ABSENT,
    ]
    assert await worked(rows, how, RowSender.take_back) == [RowOutcome.ABSENT] * 3
    assert standing(intake) == []
    assert await worked(reworded("rust", "dent"), how, RowSender.file) == [RowOutcome.CREATED] * 2
    assert await worked(reworded("rust", "dent"), how, RowSender.file) == [RowOutcome.THERE] * 2
    assert standing(intake) == ["dent", "rust"]


async def test_a_correction_waits_until_the_withdrawn_case_looks_like_no_other(intake: Intake) -> None:
    how = sending(intake)
    await outcomes(reworded("garbled"), how)
    intake.seen_late = 3
    assert await worked(reworded("rust"), how, RowSender.correct) == [RowOutcome.CORRECTED]
    assert standing(intake) == ["rust"]


def test_a_row_is_the_same_wish_for_its_site_mapping_and_key_only() -> None:
    ids = {command_id(site, mapping, key) for site in ("TPE", "KSH") for mapping in ("a", "b") for key in ("1", "2")}
    assert len(ids) == 8
    assert str(command_id("TPE", "nhtsa", "1")) == str(command_id("TPE", "nhtsa", "1"))
