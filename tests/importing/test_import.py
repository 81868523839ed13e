"""``redress import`` against a server of its own: everything once, also after a kill; every bad row named."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from deploy.cli import main
from deploy.importing.sentences import language_of
from tests.importing.conftest import sheet
from tests.importing.intake import PATIENCE, Intake

SAMPLES = Path(__file__).parents[2] / "deploy" / "samples"
NHTSA = (SAMPLES / "nhtsa-complaints.tsv", SAMPLES / "nhtsa.yaml")


def words(file: Path, mapping: Path, address: str, *more: str) -> list[str]:
    return ["import", str(file), "--map", str(mapping), "--site", "TPE", "--address", address, *more]


@dataclass(frozen=True)
class Done:
    """How the command ended, and what it said."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process."""
    monkeypatch.setenv("REDRESS_DATA", "/nonexistent")
    monkeypatch.setenv("LC_ALL", "C")

    def command(*told: Any) -> Done:
        monkeypatch.setattr(sys, "argv", ["redress", *words(*told)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Done(ended.value.code or 0, said.out, said.err)  # type: ignore[arg-type]

    return command


def start(*told: Any) -> "subprocess.Popen[str]":
    """Starts the command as a process of its own."""
    environment = {**os.environ, "REDRESS_DATA": "/nonexistent", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "deploy.cli", *words(*told)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def customers(intake: Intake) -> list[str]:
    return sorted(body["customer"] for body in intake.created.values())


def numbered(path: Path, count: int) -> Path:
    return sheet(path, *((str(number), f"customer {number:03}", "rust") for number in range(count)))


def test_a_hundred_real_complaints_become_cases(run: Run, intake: Intake) -> None:
    done = run(*NHTSA, intake.address)
    assert (done.code, done.out) == (0, "100 rows: 100 created, 0 already there, 0 refused.\n")
    assert next(body for body in intake.created.values() if body["reference"] == "10232683") == {
        "site": "TPE",
        "reference": "10232683",
        "customer": "GALLATIN, TN",
        "region": "overseas",
        "channel": "import",
        "order": "1G6KE57Y23U",
        "part": "CADILLAC DEVILLE 2003",
        "delivered_on": "2005-08-01",
        "delivered": "1",
        "defective": "1",
        "unit": "piece",
        "value": {"amount": "52000", "currency": "TWD"},
        "demand": "compensation",
        "duplicates_seen": True,
        "reason": (
            "TIRES:PRESSURE MONITORING AND REGULATING SYSTEMS\n"
            "2003 CADILLAC DEVILLE DHS, TIRE PRESSURE MONITORING SENSOR'S. HAVE ALL FAILED AND HAVE NOT WORKED FOR "
            "4YEARS ( STARTED HAVING PROBLEMS AT 50,00 MILES. COST $450.00 TO REPAIR AND ARE NOT COVERED BY "
            "MANUFACTURER.  *TR"
        ),
    }


def test_the_same_file_again_creates_nothing(run: Run, intake: Intake) -> None:
    run(*NHTSA, intake.address)
    before = dict(intake.created)
    done = run(*NHTSA, intake.address)
    assert (done.code, done.out) == (0, "100 rows: 0 created, 100 already there, 0 refused.\n")
    assert intake.created == before


def test_P1_9_a_rehearsal_finds_every_real_complaint_complete_and_sends_nothing(run: Run, intake: Intake) -> None:
    done = run(*NHTSA, intake.address, "--dry-run")
    assert (done.code, done.out) == (0, "100 rows: 100 can be sent, 0 cannot. Nothing was sent.\n")
    assert intake.requests == 0


def test_a_killed_import_goes_on_where_it_was(run: Run, intake: Intake, mapping: Path, tmp_path: Path) -> None:
    file = numbered(tmp_path / "sheet.csv", 60)
    intake.hold_at = 25
    killed = start(file, mapping, intake.address, "--at-once", "4")
    assert intake.held.wait(PATIENCE)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=PATIENCE)
    intake.hold_at = None
    intake.go_on.set()

    done = run(file, mapping, intake.address)

    assert done.code == 0
    assert customers(intake) == [f"customer {number:03}" for number in range(60)]


def test_an_interrupted_import_says_so_and_what_is_left(intake: Intake, mapping: Path, tmp_path: Path) -> None:
    file = numbered(tmp_path / "sheet.csv", 60)
    intake.hold_at = 25
    broken = start(file, mapping, intake.address, "--at-once", "1")
    assert intake.held.wait(PATIENCE)
    broken.send_signal(signal.SIGINT)
    told, _ = broken.communicate(timeout=PATIENCE)
    assert (broken.returncode, told) == (
        130,
        "60 rows: 25 created, 0 already there, 0 refused, 35 not sent. Interrupted. Started again, it goes on here.\n",
    )


def test_every_bad_row_is_listed_with_its_reason(run: Run, intake: Intake, mapping: Path, tmp_path: Path) -> None:
    file = sheet(
        tmp_path / "sheet.csv",
        ("1", "Wang", "rust"),
        ("2", "", "rust"),
        ("", "Li", "rust"),
        ("4", "Chen", "unreasonable"),
        ("1", "Wu", "rust"),
        ("6", "Zhao", "impossible"),
        ("7", "Sun", "rust, and dust"),
    )
    done = run(file, mapping, intake.address)
    assert (done.code, done.out.splitlines()) == (
        1,
        [
            f"{file}:3: row 2: customer: is empty",
            f"{file}:4: the row has no key",
            f"{file}:5: row 4: reason: 'unreasonable': is not accepted",
            f"{file}:6: row 1: has the key 1 of line 2",
            f"{file}:7: row 6: 409 The form is incomplete (P1.9)",
            f"{file}:8: row 7: 4 columns where 3 belong: a separator inside a text?",
            "7 rows: 1 created, 0 already there, 6 refused.",
        ],
    )
    assert customers(intake) == ["Wang"]


FORM = ("order", "part", "delivered_on", "delivered", "defective", "unit", "value", "demand", "region")
"""What intake finds empty in a form of customer and reason."""


def test_P1_9_a_rehearsal_says_what_intake_would_say(run: Run, intake: Intake, mapping: Path, tmp_path: Path) -> None:
    file = sheet(tmp_path / "sheet.csv", ("1", "Wang", "rust\x07"), ("2", "Li", "rust"))
    done = run(file, mapping, intake.address, "--dry-run")
    faults = [line.removeprefix(f"{file}:").split(": ")[:3] for line in done.out.splitlines()]
    assert (done.code, faults) == (
        1,
        [
            ["2", "row 1", "reason"],
            *(["3", "row 2", field] for field in FORM),
            ["2 rows", "0 can be sent, 2 cannot. Nothing was sent."],
        ],
    )


def test_a_chinese_sheet_in_gbk(run: Run, intake: Intake, tmp_path: Path) -> None:
    file = tmp_path / "客诉.csv"
    file.write_bytes("编号,客户,日期,类别,原因\n甲1,大同公司,2026年11月3日,退,外壳生锈\n".encode("gbk"))
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        """
        name: ketsu
        format: {encoding: gbk}
        key: 编号
        fields:
          customer: {column: 客户}
          delivered_on: {column: 日期, date: "%Y年%m月%d日"}
          demand: {column: 类别, values: {退: return, 换: exchange}}
          reason: {column: 原因}
        """,
        "utf-8",
    )
    done = run(file, mapping, intake.address)
    assert (done.code, list(intake.created.values())) == (
        0,
        [
            {
                "site": "TPE",
                "customer": "大同公司",
                "delivered_on": "2026-11-03",
                "demand": "return",
                "reason": "外壳生锈",
            }
        ],
    )


def test_a_spreadsheet(run: Run, intake: Intake, mapping: Path, tmp_path: Path) -> None:
    book = Workbook()
    for row in (("id", "customer", "reason"), (1, "Wang", 3.50), (None, None, None), (2, "Li", None)):
        book.active.append(row)
    book.save(tmp_path / "sheet.xlsx")
    done = run(tmp_path / "sheet.xlsx", mapping, intake.address)
    assert (done.code, done.out) == (0, "2 rows: 2 created, 0 already there, 0 refused.\n")


def test_a_title_is_told(run: Run, intake: Intake, mapping: Path, tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text("Complaints of November\nid,customer,reason\n1,Wang,rust\n", "utf-8")
    done = run(tmp_path / "sheet.csv", mapping, intake.address)
    assert (done.code, done.out.splitlines()) == (
        0,
        [
            "Above the headings, not read: Complaints of November",
            "1 rows: 1 created, 0 already there, 0 refused.",
        ],
    )


def test_an_encoding_named_at_the_terminal(run: Run, intake: Intake, mapping: Path, tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_bytes("id,customer,reason\n1,台灣電子,鬆脫\n".encode("cp950"))
    refused = run(tmp_path / "sheet.csv", mapping, intake.address)
    assert (refused.code, intake.created) == (2, {})
    assert "  cp950: 台灣電子 | 鬆脫\n" in refused.err
    assert run(tmp_path / "sheet.csv", mapping, intake.address, "--encoding", "cp950").code == 0
    assert customers(intake) == ["台灣電子"]


ALIKE = """
name: alike
key: id
fields:
  customer: {column: customer}
  order: {column: order}
  part: {column: part}
"""


def test_rows_that_look_alike_are_decided_in_the_sheet_s_order(run: Run, intake: Intake, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(ALIKE, "utf-8")
    lines = ("1,Acme,O-1,P-1", "2,ACME,O-1,P-2", "3,Acme,O-2,P-1", "4,Acme,O-2,P-2", "5,Best,O-1,P-1")
    file = tmp_path / "sheet.csv"
    file.write_text("\n".join(("id,customer,order,part", *lines)), "utf-8")
    done = run(file, tmp_path / "mapping.yaml", intake.address)
    seen = "the same customer with the same order or part; the first of them counts, unless duplicates_seen is true"
    assert (done.code, done.out.splitlines()) == (
        1,
        [
            f"{file}:3: row 2: duplicates_seen: looks like line 2: {seen}",
            f"{file}:4: row 3: duplicates_seen: looks like line 2: {seen}",
            "5 rows: 3 created, 0 already there, 2 refused.",
        ],
    )
    assert sorted(body["order"] for body in intake.created.values()) == ["O-1", "O-1", "O-2"]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["row 1: customer (客户): is empty", "1 rows: 0 can be sent, 1 cannot. Nothing was sent."]),
        ("zh-CN", ["行 1: customer（客户）: 为空", "1 行：可发送 0，不可 1。没有发送。"]),
        ("zh-TW", ["列 1: customer（客户）: 是空的", "1 列：可送出 0，不可 1。沒有送出。"]),
    ],
)
def test_it_speaks_the_language_of_whoever_runs_it(run: Run, tmp_path: Path, language: str, told: list[str]) -> None:
    meaning = "name: m\nkey: id\nfields:\n  customer: {column: 客户, required: true}\n"
    (tmp_path / "mapping.yaml").write_text(meaning, "utf-8")
    file = tmp_path / "sheet.csv"
    file.write_text("id,客户\n1,\n", "utf-8")
    done = run(file, tmp_path / "mapping.yaml", "http://127.0.0.1:9", "--dry-run", "--language", language)
    assert (done.code, [line.removeprefix(f"{file}:2: ") for line in done.out.splitlines()]) == (1, told)


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("zh_TW.UTF-8", "zh-TW"),
        ("zh_HK", "zh-TW"),
        ("zh_CN.UTF-8", "zh-CN"),
        ("en_US.UTF-8", "en"),
        ("C", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_a_terminal(locale: str, language: str) -> None:
    assert language_of(locale) == language


@pytest.mark.parametrize(
    ("file", "meaning", "said"),
    [
        ("missing.csv", "mapping.yaml", "missing.csv: there is no such file"),
        ("sheet.csv", "missing.yaml", "missing.yaml:1: "),
        ("empty.csv", "mapping.yaml", "empty.csv: the sheet is empty, its headings are missing"),
        ("other.csv", "mapping.yaml", "other.csv: no column named 'id'; there are: number, customer, reason"),
        ("sheet.csv", "wrong.yaml", "wrong.yaml:4: fields.customer.colum: Extra inputs are not permitted"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    run: Run, mapping: Path, tmp_path: Path, file: str, meaning: str, said: str
) -> None:
    sheet(tmp_path / "sheet.csv", ("1", "Wang", "rust"))
    (tmp_path / "empty.csv").touch()
    (tmp_path / "other.csv").write_text("number,customer,reason\n1,Wang,rust\n", "utf-8")
    (tmp_path / "wrong.yaml").write_text("name: w\nkey: id\nfields:\n  customer: {colum: customer}\n", "utf-8")
    done = run(tmp_path / file, tmp_path / meaning, "http://127.0.0.1:9")
    assert done.code == 2
    assert said in done.err


def test_who_may_not_log_in_imports_nothing(run: Run, intake: Intake, mapping: Path, tmp_path: Path) -> None:
    intake.people = ()
    done = run(numbered(tmp_path / "sheet.csv", 3), mapping, intake.address)
    assert (done.code, done.out) == (
        3,
        "3 rows: 0 created, 0 already there, 0 refused, 3 not sent. Stopped: lin-yating cannot log in: "
        "422 Nobody of that name works here.. Started again, it goes on here.\n",
    )
