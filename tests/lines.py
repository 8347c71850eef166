"""How logs are written in tests: as plain lines. By itself structlog draws each traceback with all its variables."""

import structlog


def write_plainly() -> None:
    """Have what is logged in this process, and what comes with an error, written as the bot writes it for people."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], renderer])
