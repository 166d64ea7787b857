"""Logs: one line an event, for people or as JSON, with the ids of what is being worked on bound to every line."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from shared.redacting import redacted


def configure(level: str, form: str, process: str) -> None:
    """Send all logging, our own and that of libraries, to standard output in one form (`text` or `json`)."""
    shared_steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if form == "json" else structlog.processors.StackInfoRenderer(),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=False,
            pad_event_to=0,
            # The pretty formatters print local variables, and with them passwords and keys.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    structlog.configure(
        processors=[*shared_steps, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        _Formatter(
            foreign_pre_chain=shared_steps,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    # While RabbitMQ is away pika reports each of many tries with a traceback; who uses it says so in one line.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    # A collector of traces that is away is no business of ours either.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    for chatty in ("dramatiq.worker", "httpx", "httpcore", "asyncio", "uvicorn.access", "botocore", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(process=process)


class _Formatter(structlog.stdlib.ProcessorFormatter):
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


IDS = ("batch_id", "batch_video_id", "video_id", "export_id")
"""What a message may be about, by the names that the logs have too."""


def ids_of(message: object) -> dict[str, str]:
    """The ids of what a message is about, for lines of the log."""
    found = {name: getattr(message, name, None) for name in IDS}
    return {name: str(value) for name, value in found.items() if value is not None}


def logger(name: str) -> Any:
    """A logger for one module."""
    return structlog.get_logger(name)
