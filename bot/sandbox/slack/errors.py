"""How the stand-in says no: to the bot with Slack's error names, to a person's driver with what is on the screen."""

from typing import Any


class SlackError(Exception):
    """A refusal of a Web API call: HTTP 200 with ``ok: false`` and Slack's ``error`` name.

    ``detail`` is merged into the answer (``needed``, ``provided``, ``response_metadata`` …).
    """

    def __init__(self, error: str, **detail: Any) -> None:
        super().__init__(error)
        self.error = error
        self.detail = detail


class InvalidArguments(SlackError):
    """``invalid_arguments``, with a message naming each argument at fault."""

    def __init__(self, *messages: str) -> None:
        super().__init__("invalid_arguments", response_metadata={"messages": [f"[ERROR] {m}" for m in messages]})


class TooManyRequests(Exception):
    """HTTP 429: wait ``retry_after`` whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"wait {retry_after} s")
        self.retry_after = retry_after


class NotOnScreen(LookupError):
    """The person cannot see what they were told to press or fill in; the sentence says what they do see."""


class Ambiguous(LookupError):
    """More than one thing on the screen answers to that name."""
