"""The linter proves a pack sound, and each of its findings is seen to find a planted fault, on the fault's line."""

from itertools import product
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.packs import app
from shared.procedures.language.lines import parse_document, read_document
from shared.procedures.language.loader import pack_files
from shared.procedures.language.pack import Pack
from shared.procedures.lint.findings import MEANINGS, Finding
from shared.procedures.lint.graph import courses, is_whole
from shared.procedures.lint.linter import lint
from tests.procedures.case import PACK
from tests.procedures.planting import SOUND, planted

Plant = tuple[str, str]
"""What is written in the sound pack, and what stands there instead."""
Told = tuple[str, str, str]
"""The beginning of the line that a finding points at, its kind, and its message."""

PLANTED: dict[str, tuple[Plant, list[Told]]] = {
    "unknown": (
        ("owner: accounting", "owner: marketing"),
        [("    owner: marketing", "unknown", "there is no department 'marketing'")],
    ),
    "unused": (
        (
            "  freight: {name",
            "  petrol: {name: {en: Petrol, zh-CN: 汽油, zh-TW: 汽油}, kind: sum}\n  freight: {name",
        ),
        [("  petrol:", "unused", "nothing asks for the input 'petrol'")],
    ),
    "twice": (
        ("- stage: inquiry\n", "- stage: loss\n"),
        [
            ("  - stage: loss\n    name: {en: Answer", "twice", "there are 2 stages 'loss'"),
            ("  answer-inquiry:", "unknown", "there is no stage 'inquiry'"),
        ],
    ),
    "fact-never-said": (
        ("  region: regions\n", "  region: regions\n  weather: regions\n"),
        [
            ("  weather:", "fact-never-said", "no event says 'weather'"),
            ("  weather:", "unused", "nothing asks for the fact 'weather'"),
        ],
    ),
    "no-such-value": (
        ('[quality-anomaly], established: ["yes"]}', '[quality-anomaly, lunar], established: ["yes"]}'),
        [("    begins: {event: investigation.cause", "no-such-value", "'complaint_class' is never 'lunar'")],
    ),
    "fact-off-list": (
        ("{named_by: responsible_department}", "{named_by: region}"),
        [
            ("  responsible_department:", "unused", "nothing asks for the fact 'responsible_department'"),
            (
                "  improvement-execution:",
                "fact-off-list",
                "'region' may be ['domestic', 'overseas'], which are no departments",
            ),
        ],
    ),
    "no-such-field": (
        ("inquiry-answered, owner: department}", "inquiry-answered, owner: planet}"),
        [("    ends: {event: approval.inq", "no-such-field", "approval.inquiry-answered has no field 'planet'")],
    ),
    "owner-not-named": (
        ("ends: {event: investigation.opinion-given, owner: department}", "ends: investigation.opinion-given"),
        [
            (
                "    ends: investigation.opinion-given",
                "owner-not-named",
                "investigation.opinion-given does not say whose 'opinion' ends",
            )
        ],
    ),
    "authority-gap": (
        ("over: 10000,", "over: 10000.01,"),
        [("    - {level: vice", "authority-gap", "nobody signs above 10000 up to 10000.01")],
    ),
    "authority-overlap": (
        ("over: 10000,", "over: 9999.99,"),
        [("    - {level: vice", "authority-overlap", "sales-manager and vice-general-manager are both named")],
    ),
    "authority-descends": (
        (
            "    - {level: sales-manager, upto: 10000}\n    - {level: vice-general-manager,",
            "    - {level: vice-general-manager, upto: 10000}\n    - {level: sales-manager,",
        ),
        [("    - {level: sales", "authority-descends", "sales-manager is below vice-general-manager")],
    ),
    "no-disposition": (
        ('    established: "no"\n', ""),
        [("dispositions:", "no-disposition", "nothing settles a complaint that is not established")],
    ),
    "no-money": (
        ("    loss: [[returned, selling-price, 0.20]]", "    loss: [[returned, processing, 0.20]]"),
        [("    loss: [[returned, processing", "no-money", "returned × processing is no money")],
    ),
    "no-owner": (
        ("of: {quality-anomaly: quality, non-quality: gm-office}", "of: {quality-anomaly: quality}"),
        [
            (
                "  - stage: registration",
                "dead-end",
                "nobody has the case after intake.case-accepted (complaint_class=non-quality, region=overseas)",
            ),
            (
                "    owner: {by: complaint_class",
                "no-owner",
                "nobody has it when intake.case-accepted begins 'cause' (complaint_class=non-quality, region=overseas)",
            ),
        ],
    ),
    "no-level": (
        ("    level: supervisor\n", "    authority: level\n"),
        [
            (
                "    authority: level\n    begins: intake",
                "no-level",
                "no level must act when intake.complaint-filed begins 'endorsement' (region=domestic)",
            )
        ],
    ),
    "no-limit": (
        (
            "    limit: {time: 0.5 d, rule: P1.23}\n\n",
            "    limit: {time: {by: level, of: {sales-manager: 1 d}}, rule: P1.23}\n\n",
        ),
        [
            (
                "    limit: {time: {by: level",
                "no-limit",
                "there is no limit when intake.complaint-endorsed begins 'registration' (region=overseas)",
            )
        ],
    ),
    "no-part": (
        ("quality-anomaly: {cause: 1, countermeasure: 1, opinion: 1}", "quality-anomaly: {cause: 1, opinion: 1}"),
        [
            (
                "    share: inquiry\n\n  # P1.13. Reading: both",
                "no-part",
                "there is no part of 'inquiry' when investigation.cause-reported begins 'countermeasure'"
                " (complaint_class=quality-anomaly, region=overseas)",
            )
        ],
    ),
    "part-for-nobody": (
        ("non-quality: {cause: 1, opinion: 1}", "non-quality: {cause: 1, countermeasure: 1, opinion: 1, draft: 1}"),
        [
            ("        non-quality: {cause", "part-for-nobody", "'draft' does not share 'inquiry'"),
            ("        non-quality: {cause", "part-for-nobody", "no such case comes to 'countermeasure'"),
        ],
    ),
    "parts-out-of-order": (
        (
            "quality-anomaly: {cause: 1, countermeasure: 1, opinion: 1}",
            "quality-anomaly: {countermeasure: 1, opinion: 1, cause: 1}",
        ),
        [
            (
                "    share: inquiry\n\n  # P1.13. Reading: both",
                "parts-out-of-order",
                "'cause' comes first when investigation.cause-reported begins 'countermeasure'"
                " (complaint_class=quality-anomaly, region=overseas)",
            ),
            (
                "    share: inquiry\n\n  - stage: check",
                "parts-out-of-order",
                "'cause' comes first when investigation.cause-reported begins 'opinion'"
                " (complaint_class=quality-anomaly, region=overseas)",
            ),
        ],
    ),
    "begins-twice": (
        ("begins: [intake.complaint-endorsed,", "begins: [intake.complaint-endorsed, intake.complaint-endorsed,"),
        [
            (
                "    begins: [intake.complaint-endorsed",
                "begins-twice",
                "2 beginnings hold when intake.complaint-endorsed begins 'registration' (region=overseas)",
            )
        ],
    ),
    "unreachable-stage": (
        (
            "begins: intake.form-returned",
            "begins: {event: intake.form-returned, when: {complaint_class: [non-quality]}}",
        ),
        [
            (
                "  - stage: registration",
                "dead-end",
                "nobody has the case after intake.form-returned (region=overseas)",
            ),
            ("  - stage: correction", "unreachable-stage", "no case comes to 'correction'"),
        ],
    ),
    "dead-end": (
        (
            "begins: approval.investigation-checked",
            "begins: {event: approval.investigation-checked, when: {region: [domestic]}}",
        ),
        [
            (
                "  - stage: check",
                "dead-end",
                "nobody has the case after approval.investigation-checked"
                " (complaint_class=non-quality, region=overseas)",
            )
        ],
    ),
    "never-closed": (
        ("    ends: intake.case-closed\n", "    ends: intake.negotiation-checked\n"),
        [
            (
                "  - stage: combined-opinion",
                "never-closed",
                "no way leads from ['combined-opinion'] to intake.case-closed"
                " (complaint_class=quality-anomaly, level=sales-manager, region=overseas)",
            ),
            ("  - stage: loss", "unreachable-stage", "no case comes to 'loss'"),
            ("  - stage: inquiry", "unreachable-stage", "no case comes to 'inquiry'"),
        ],
    ),
    "open-at-closing": (
        ("    begins: approval.case-decided\n", "    begins: approval.combined-opinion-written\n"),
        [
            (
                "  ends: intake.case-closed",
                "open-at-closing",
                "the case closes while ['decision'] are open"
                " (complaint_class=non-quality, level=sales-manager, region=overseas)",
            )
        ],
    ),
    "too-early": (
        ("    begins: intake.case-closed\n", "    begins: approval.case-decided\n"),
        [
            (
                "    begins: approval.case-decided\n    ends: finance",
                "too-early",
                "the case is not closed when approval.case-decided begins 'loss'"
                " (complaint_class=non-quality, level=sales-manager, region=overseas)",
            )
        ],
    ),
    "too-many-courses": (
        ("when: {complaint_class: [non-quality]}", "when: {complaint_class: [non-quality, quality-anomaly]}"),
        [
            ("stages:", "too-many-courses", "more than 20000 steps; the rest was not walked"),
            (
                "    begins:\n      - investigation.countermeasure",
                "begins-twice",
                "2 beginnings hold when investigation.cause-reported begins 'opinion'"
                " (complaint_class=quality-anomaly, region=overseas)",
            ),
        ],
    ),
    "limits-exceed-overall": (
        ("limit: {time: 6 d, rule: P1.23}", "limit: {time: 7 d, rule: P1.23}"),
        [
            (
                "known:",
                "known-but-gone",
                "limits-exceed-overall: the steps may take 13.5 d of 13 d, 16.5 d of 16 d",
            ),
            ("overall:", "limits-exceed-overall", "the steps may take 14.5 d of 13 d, 17.5 d of 16 d"),
        ],
    ),
    "known-but-gone": (
        ("limit: {time: 6 d, rule: P1.23}", "limit: {time: 5.5 d, rule: P1.23}"),
        [
            (
                "known:",
                "known-but-gone",
                "limits-exceed-overall: the steps may take 13.5 d of 13 d, 16.5 d of 16 d",
            )
        ],
    ),
}


def linted(text: str) -> list[Finding]:
    return lint(parse_document(text, "planted.yaml").into(Pack))


def line_of(beginning: str, text: str) -> int:
    """The line of a text that begins so."""
    before, found, _ = text.partition(f"\n{beginning}")
    assert found, f"no line begins with {beginning!r}"
    return before.count("\n") + 2


@pytest.mark.parametrize("file", pack_files(), ids=lambda file: file.stem)
def test_every_pack_that_comes_with_the_product_is_sound(file: Path) -> None:
    assert [finding for finding in lint(read_document(file).into(Pack)) if not finding.reading] == []


@pytest.mark.parametrize("code", PLANTED)
def test_a_planted_fault_is_found_on_its_line(code: str) -> None:
    (written, instead), told = PLANTED[code]
    text, _ = planted(written, instead)
    assert code in {kind for _, kind, _ in told}
    assert [(each.line, each.code, each.message) for each in linted(text) if not each.reading] == [
        (line_of(beginning, text), kind, message) for beginning, kind, message in told
    ]


def test_every_finding_there_is_has_been_planted() -> None:
    assert set(PLANTED) == set(MEANINGS)


def test_P1_15_P1_23_the_regulations_own_contradiction_is_known_with_its_reading() -> None:
    assert lint(PACK) == [
        Finding(
            line_of("overall:", SOUND),
            "limits-exceed-overall",
            "the steps may take 13.5 d of 13 d, 16.5 d of 16 d",
            PACK.known[0].reading,
        )
    ]


def test_P1_13_the_proof_walks_every_class_region_and_level() -> None:
    graph = courses(PACK)
    assert is_whole(graph)
    finished = [position.known for position in graph if position.closed and not position.open]
    assert {(facts["complaint_class"], facts["region"], facts["level"]) for facts in finished} == set(
        product(PACK.codes("classes"), PACK.codes("regions"), PACK.codes("authority"))
    )


def test_the_command_tells_what_is_wrong_and_fails(tmp_path: Path) -> None:
    file = tmp_path / "planted.yaml"
    text, line = planted("owner: accounting", "owner: marketing")
    file.write_text(text, "utf-8")
    result = CliRunner().invoke(app, ["lint", str(file)])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{file}:{line}: unknown: {MEANINGS['unknown']}: there is no department 'marketing'",
        f"{file}: 1 to mend, 0 known",
    ]


def test_the_command_finds_the_products_packs_sound() -> None:
    result = CliRunner().invoke(app, ["lint"])
    assert result.exit_code == 0
    sums = [line.rpartition("/")[2] for line in result.output.splitlines() if " to mend, " in line]
    assert sums[0] == "glzd194.yaml: nothing to mend, 1 known"
    assert {line.partition(": ")[2].partition(",")[0] for line in sums} == {"nothing to mend"}


def test_the_command_tells_an_unreadable_pack_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "planted.yaml"
    text, line = planted("version: 1", "version: none")
    file.write_text(text, "utf-8")
    for command in ("lint", "show"):
        result = CliRunner().invoke(app, [command, str(file)])
        assert result.exit_code == 1
        assert result.output.startswith(f"{file}:{line}: version: Input should be a valid integer")


@pytest.mark.parametrize(
    ("lang", "words"), [("en", ("Registration", "General manager")), ("zh-CN", ("编号登记", "总经理"))]
)
def test_the_command_shows_a_pack_in_a_language(lang: str, words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, ["show", "glzd194", "--lang", lang], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert all(word in result.output for word in words)
