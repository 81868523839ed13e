"""Packs for the tests: those that come with the product, and copies of them with something changed."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from shared.regulation.language.document import PackLoader
from shared.regulation.language.loading import pack_files, pack_of
from shared.regulation.language.model import Pack
from shared.regulation.lint import PackFinding, lint

PACKS = {file.stem: file for file in pack_files()}
JOURNEYS = Path(next(iter(PACKS.values()))).parents[1] / "journeys"

SMALL = """\
pack: small
languages: [zh-CN, en]
units:
  service: {name: 客服部 | Service, at: intake}
  works: {name: 工厂 | Works, at: investigation, members: [north, south]}
  north: {name: 北厂 | North, at: investigation}
  south: {name: 南厂 | South, at: investigation}
levels:
  manager: {name: 经理 | Manager, unit: service}
  director: {name: 总监 | Director, unit: service}
fields:
  what: {name: 内容 | What, type: text, required: true}
  grade: {name: 程度 | Grade, type: choice, of: {minor: 轻 | Minor, major: 重 | Major}, required: true}
  concerns: {name: 涉及 | Concerns, type: units, of: works, at_least: 1}
  finding: {name: 结果 | Finding, type: text, required: true}
  amount: {name: 金额 | Amount, type: money, required: true}
tables:
  authority: {of: amount, gives: level, rows: [{upto: 100, is: manager}, {is: director}]}
series: {case: YYMM##}
stages:
  recorded: {name: 登记 | Recorded, by: service, form: [what, grade, concerns], numbered: case, due: same day}
  handled: {name: 处理 | Handled, by: {each: concerns}, after: recorded, form: [finding], due: 5 wd}
  priced: {name: 定价 | Priced, when: grade = major, by: service, after: handled, form: [amount]}
  agreed:
    name: 核准 | Agreed
    by: {level: {table: authority}}
    when: grade = major
    after: priced
    choose: {yes-please: 同意 | Agree, back: {name: 退回 | Back, reopens: priced}}
  closed: {name: 结案 | Closed, by: service, after: [handled, priced, agreed], ends: case}
"""
"""A sound pack with a bit of everything, for planting faults."""


def findings(text: str) -> list[PackFinding]:
    """The findings of a pack that is given as text."""
    return lint(pack_of(text))


def planted(old: str, new: str, text: str = SMALL) -> str:
    """A text with one place changed, which must be there once."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


SECTIONS = frozenset({
    "units", "levels", "parties", "fields", "tables", "series", "shares", "stages", "kinds", "documents", "watches",
    "reports",
})  # fmt: skip
"""Sections whose keys are codes."""
PLAIN = frozenset({"name", "says", "reading", "languages", "cites", "cite", "type", "at", "gives", "every", "over",
                   "measures", "asked_by", "pack"})  # fmt: skip
"""Words behind which no code stands."""
CODED = SECTIONS | {"choose", "retention", "confidential", "sets"}
MIXED = frozenset({"of", "by", "within", "for"})
"""Words behind which a mapping's keys may be codes or words of the language."""
NOT_OWN = frozenset({"owner", "case", "late", "today"})
TIME = re.compile(r"[0-9.]+ (?:min|h|d|wh|wd|months?)")
"""A time, whose unit is no code, whatever a pack calls its own."""
WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*")


def renamed(text: str) -> Pack:
    """A copy of a pack in which every code of its own has another name."""
    content = yaml.load(text, PackLoader)
    names = {code: f"z{place}" for place, code in enumerate(sorted(own_codes(content)))}
    return pack_of(yaml.safe_dump(_renamed(content, names, ""), allow_unicode=True, sort_keys=False))


def own_codes(content: Any) -> set[str]:
    """The codes that a pack makes up."""
    found = {code for section in SECTIONS for code in content.get(section) or {}}
    for spec in (content.get("fields") or {}).values():
        if isinstance(spec.get("of"), dict | list):
            found.update(map(str, spec["of"]))
    kinds = (content.get("kinds") or {}).values()
    for stages in (content.get("stages") or {}, *((kind or {}).get("stages") or {} for kind in kinds)):
        found.update(stages)
        for stage in stages.values():
            found.update(stage.get("choose") or ())
    return found - NOT_OWN


def _renamed(value: Any, names: dict[str, str], key: str) -> Any:
    if isinstance(value, dict):
        finding = "finding" in value
        return {
            _key(inner, names, key): _renamed(each, names, "" if finding and inner == "says" else inner_key(inner, key))
            for inner, each in value.items()
        }
    if isinstance(value, list):
        return [_renamed(each, names, key) for each in value]
    if isinstance(value, str) and TIME.fullmatch(value):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str) and key not in PLAIN and "|" not in value:
        return WORD.sub(lambda found: names.get(found[0], found[0]), value)
    return value


def _key(inner: str, names: dict[str, str], key: str) -> str:
    if key in CODED or (key in MIXED and inner not in ("of", "each", "any", "level", "table", "head")):
        return names.get(inner, inner)
    return inner


def inner_key(inner: str, key: str) -> str:
    """The word behind which a value stands: a code of a section is none."""
    return "" if key in CODED else inner
