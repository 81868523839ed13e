"""Plants a fault in the text of the glzd194 pack and knows its line."""

from shared.procedures.language.loader import PACKS

SOUND = (PACKS / "glzd194.yaml").read_text("utf-8")


def planted(written: str, instead: str, text: str = SOUND) -> tuple[str, int]:
    """The pack's text with something written differently, and the line (from 1) on which that stands."""
    assert text.count(written) == 1, f"{written!r} stands {text.count(written)} times in the pack"
    before, _, after = text.partition(written)
    return before + instead + after, before.count("\n") + 1
