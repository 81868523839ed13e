"""A mistake in a service's reactions: it cannot take what it hears of certain cases, until the mistake is mended."""

from functools import wraps
from pathlib import Path
from typing import Any

from shared.contracts.envelope import Recorded
from shared.messaging.message_handler import MessageHandler


def lay_poison(cases: Path) -> None:
    """Have what is heard of the cases that the file names fail, as long as there is the file."""
    react = MessageHandler._request

    @wraps(react)
    def mistaken(self: MessageHandler, heard: Recorded) -> Any:
        if cases.exists() and str(heard.envelope.subject) in cases.read_text("utf-8"):
            raise ValueError("a mistake in the reaction")
        return react(self, heard)

    MessageHandler._request = mistaken  # type: ignore[method-assign]
