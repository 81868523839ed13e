"""Which language a request is answered in, and how words are asked for."""

from typing import Any, Protocol

from starlette.requests import Request

LANGUAGES = ("en", "zh-CN", "zh-TW")
DEFAULT = "en"
COOKIE = "lang"


class Words(Protocol):
    """The words for a key such as ``refused.stage-not-open``, with values filled in."""

    def __call__(self, language: str, key: str, /, **values: Any) -> str: ...


def language_of(request: Request) -> str:
    """The language a person chose (cookie ``lang``), else the best of ``Accept-Language``, else English."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return preferred(request.headers.get("accept-language", ""))


def preferred(accepted: str) -> str:
    """The best of our languages for an ``Accept-Language`` header (RFC 9110 §12.5.4)."""
    wishes: list[tuple[float, int, str]] = []
    for place, wish in enumerate(accepted.split(",")):
        tag, _, quality = wish.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), place, tag.strip().lower()))
        except ValueError:
            continue
    for negated, _, tag in sorted(wishes):
        if negated < 0 and (found := known(tag)):
            return found
    return DEFAULT


def known(tag: str) -> str | None:
    """Our language for a language tag: Chinese of Taiwan, Hong Kong or Macao, or in traditional script, is zh-TW."""
    main, *parts = tag.split("-")
    if main == "en":
        return "en"
    if main == "zh":
        return "zh-TW" if {"tw", "hk", "mo", "hant"} & set(parts) else "zh-CN"
    return None
