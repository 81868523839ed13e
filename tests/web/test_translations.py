"""Every word that people may meet is there in English and Chinese, and nowhere but in the translations."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

from shared.contracts.event import SERVICES, owner_of, registry
from shared.http.doors import kebab
from shared.procedures.language.loader import load_pack
from shared.web.names import CHOICES
from shared.web.sheets import ICONS, QUIET
from shared.web.translations import FALLBACKS, known, say, translations

ROOT = Path(__file__).parents[2]
COMPLETE = ("en", "zh-CN")
MARKS = re.compile(
    r"{#.*?#}|{% block (?:width|sheet) %}[^{]*{% endblock %}|{%.*?%}|{{.*?}}|<kbd[^>]*>[^<]*</kbd>"
    r"|<script type=\"application/json\">.*?</script>|<[^>]*>|[\w-]+=\"[^\"]*\"",
    re.S,
)
CODE = re.compile(r"\"((?:problem|ui|status|page)\.[\w.-]+)\"")
TEMPLATE = re.compile(r"""["']([a-z]+(?:\.[a-z0-9-]+)+)["']""")
KINDS = ("ui", "key", "event", "act", "field", "problem", "status", "section", "hint", "service", "app", "language")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def commands() -> Iterator[type]:
    """Every command that people may give: those that the reference pack has acts for."""
    acts = load_pack("glzd194").acts
    for service in SERVICES:
        for found in vars(import_module(f"services.{service}.domain")).values():
            if isinstance(found, type) and kebab(found.__name__) in acts:
                yield found


def published() -> dict[str, type]:
    """What departments say, by wire name; the store's own bookkeeping is shown to nobody."""
    return {name: cls for (name, _), cls in registry.items() if owner_of(name) in SERVICES}


def derivable() -> set[str]:
    """Keys that pages make out of names of the vocabulary."""
    pack = load_pack("glzd194")
    keys = {f"event.{name}" for name in published()}
    keys |= {f"field.{each.name}" for cls in published().values() for each in fields(cls)}
    keys |= {f"act.{act}" for act in pack.acts}
    keys |= {f"field.{each.name}" for cls in commands() for each in fields(cls) if each.name not in ("by", "serial")}
    keys |= {key for key in pack.wordings if key.split(".")[0] in ("stage", "department", "level", "choice", "input")}
    keys |= {f"service.{service}" for service in SERVICES}
    return keys


def refusals() -> set[str]:
    """The code of every ``Refused(...)`` in the house."""
    return {
        f"refused.{node.args[0].value}"
        for top in ("services", "shared")
        for file in (ROOT / top).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Refused"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def named_in_code() -> set[str]:
    """Keys that stand in programs and templates as they are."""
    keys: set[str] = set()
    for top in ("services", "shared"):
        for file in (ROOT / top).rglob("*.py"):
            keys |= {key for key in CODE.findall(file.read_text("utf-8")) if not key.endswith(".html")}
        for file in (ROOT / top).rglob("*.html"):
            found = TEMPLATE.findall(file.read_text("utf-8"))
            keys |= {key for key in found if key.split(".")[0] in KINDS and not key.endswith(".html")}
    return keys


@pytest.mark.parametrize("language", COMPLETE)
def test_every_name_of_the_vocabulary_has_words(language: str) -> None:
    assert sorted(derivable() - set(translations(language))) == []


@pytest.mark.parametrize("language", COMPLETE)
def test_every_refusal_has_words(language: str) -> None:
    assert sorted(refusals() - set(translations(language))) == []


@pytest.mark.parametrize("language", COMPLETE)
def test_every_key_that_is_used_has_words(language: str) -> None:
    assert sorted(named_in_code() - set(translations(language))) == []


def test_a_missing_word_would_be_noticed() -> None:
    assert {"refused.stage-not-open", "refused.weights-not-whole"} <= refusals()
    assert {"ui.worklist", "problem.unknown-case"} <= named_in_code()
    assert {"act.report-cause", "event.intake.case-accepted", "stage.cause", "choice.demands.return"} <= derivable()


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW"])
def test_the_languages_have_the_same_keys_and_fill_in_the_same_values(language: str) -> None:
    english, other = translations("en"), translations(language)

    assert sorted(set(other) ^ set(english)) == []
    assert {key: blanks(text) for key, text in other.items()} == {key: blanks(text) for key, text in english.items()}


def blanks(text: str) -> set[str]:
    """The values that a text asks for."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_no_template_holds_a_word() -> None:
    """Between the marks of a template there are blanks, signs and placeholders only."""
    left = {}
    for file in [*(ROOT / "shared").rglob("*.html"), *(ROOT / "services").rglob("*.html")]:
        bare = file.read_text("utf-8")
        while bare != (bare := MARKS.sub("", bare)):
            pass
        if words := [word for word in re.findall(r"[^\W\d_]{2,}", bare) if word != "nbsp"]:
            left[str(file.relative_to(ROOT))] = words
    assert left == {}


def test_no_program_holds_chinese() -> None:
    """Chinese stands in packs, companies, translations and docstrings, never in what a program says."""
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in (ROOT / "shared/web").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CHINESE.search(node.value)
        and file.name != "formats.py"
    ]
    assert found == []


def test_codes_inside_sentences_are_told_by_their_names() -> None:
    assert say("en", "refused.stages-open", stages=["cause", "opinion"]) == (
        "Other stages are still open: Cause and responsibility, Opinion."
    )
    assert say("zh-CN", "refused.level-too-low", required="general-manager") == "须由以下层级办理：总经理。"


def test_a_lacking_value_is_a_dash_and_an_unknown_key_itself() -> None:
    assert say("en", "refused.wrong-site") == "You do not work for site –."
    assert say("en", "no.such-key") == "no.such-key"
    assert say("zh-CN", "problem.brand_new_type") == "该值不能使用。"
    assert say("zh-CN", "refused.brand-new") == "制度不允许这样办理。"


def test_braces_in_values_are_nothing_to_fill_in() -> None:
    assert say("en", "problem.unknown-person", person="{person.__class__}") == (
        "There is no such person: {person.__class__}."
    )


def test_a_language_falls_back_to_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(FALLBACKS) == ["en", "zh-CN", "zh-TW"]
    assert known("zh-TW", "ui.worklist") == "待辦"
    assert known("de", "ui.worklist") == "Worklist"


def test_every_event_that_is_shown_has_an_icon() -> None:
    assert set(published()) == set(ICONS) | QUIET
    sprite = (ROOT / "shared/web/static/vendor/icons/icons.svg").read_text("utf-8")
    used = set(ICONS.values()) | {
        name
        for top in ("services", "shared")
        for file in (ROOT / top).rglob("*.html")
        for name in re.findall(r"icon\(\"([a-z0-9-]+)\"", file.read_text("utf-8"))
    }
    assert sorted(name for name in used if f'id="{name}"' not in sprite) == []


def test_every_field_with_a_code_names_a_kind_that_has_words() -> None:
    kinds = {key.rpartition(".")[0] for key in translations("en")}
    assert sorted(set(CHOICES.values()) - kinds) == []
