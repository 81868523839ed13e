"""Structured logs: one line an event, JSON or text, with the correlation, case and person of the request."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import msgspec
import structlog

SHARED: tuple[structlog.typing.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)
QUIET = ("uvicorn.access", "asyncio")


def configure(service: str, style: str = "json", level: int = logging.INFO) -> None:
    """Send structlog's and the standard library's logs to standard error, ``json`` or ``text``."""
    named = named_by(service)
    renderer: structlog.typing.Processor = to_json if style == "json" else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*SHARED, named, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*SHARED, named],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def named_by(service: str) -> structlog.typing.Processor:
    """Adds the service to every line."""

    def add(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        line["service"] = service
        return line

    return add


def to_json(_: Any, __: str, line: MutableMapping[str, Any]) -> str:
    """One line as JSON; what has no JSON form is shown as text."""
    return msgspec.json.encode(dict(line), enc_hook=str).decode()
