"""Structured logs. Tokens and phone numbers never get through, whoever wrote the line."""

import logging
import re
import secrets
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog

_HIDDEN = "[hidden]"
_NUMBER = "[number]"

_TOKENS = re.compile(
    r"\b(?:xox[a-z]|xapp|xwfp)-[A-Za-z0-9-]+"
    r"|(?<=oauth_token=)[^&\s\"']+"
    r"|(?<=X-Api-Key: )\S+"
    r"|(?<=client_secret=)[^&\s\"']+"
    r"|://[^/@\s:]+:[^/@\s]+@",
    re.IGNORECASE,
)
# An international number, also percent-encoded; or ten to fifteen digits that are not part of a longer word,
# a decimal or a Slack timestamp.
_NUMBERS = re.compile(r"(?:\+|%2B)\d[\d\s().-]{5,17}\d|(?<![\w.:-])\d{10,15}(?![\w.:-])", re.IGNORECASE)

#: Libraries that log what must stay here (whole addresses with tokens in them), or far too much.
_QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpx_retries": logging.WARNING,
    "apscheduler": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "slack_sdk": logging.WARNING,
    "slack_bolt": logging.WARNING,
}


def new_reference() -> str:
    """A short reference that stands both in the log and in what a person is told."""
    return secrets.token_hex(4)


def hide(text: str, known: Iterable[str] = ()) -> str:
    """``text`` without tokens, phone numbers or any of the ``known`` secrets."""
    for secret in known:
        text = text.replace(secret, _HIDDEN)
    return _NUMBERS.sub(_NUMBER, _TOKENS.sub(_HIDDEN, text))


class _Hider:
    """The last processor but one: cleans every string of an event, whatever its depth."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = sorted((secret for secret in known if len(secret) >= 6), key=len, reverse=True)

    def __call__(self, logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key, value in event.items():
            if key not in ("timestamp", "_record", "_from_structlog"):
                event[key] = self._clean(value)
        return event

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str):
            return hide(value, self._known)
        if isinstance(value, dict):
            return {key: self._clean(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._clean(item) for item in value]
        if value is None or isinstance(value, (bool, int, float)):
            return value
        return hide(repr(value), self._known)


def configure(*, level: str, log_format: str, secrets_known: Iterable[str] = ()) -> None:
    """Send all logs, ours and the libraries', to standard error as lines for people (``console``) or ``json``."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    hider = _Hider(secrets_known)
    console = log_format == "console"
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()) if console else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                hider,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(max(quiet, logging.getLevelName(level)))
