"""The tree of errors. Each carries the sentence a person may be shown.

SwitchboardError
├── SettingsError            the process cannot start as it is configured
├── Refused                  the person has not the right; says who has
├── Invalid                  what was typed cannot be sent; ``fields`` names where
├── Gone                     what was pressed no longer exists or was already done
└── UpstreamError            Clearstream, Clarity or Slack did not do as asked
    ├── NotSent              it certainly had no effect
    │   ├── Unreachable      no connection was made
    │   ├── RateLimited      429; ``retry_after`` seconds
    │   └── Rejected         a clean 4xx; ``fields`` where the upstream named them
    │       ├── BadRequest 400 · Unauthorized 401 · Forbidden 403
    │       └── NotFound 404 · MethodNotAllowed 405 · Unprocessable 422
    └── MaybeSent            nobody can tell: timeout, reset, 5xx, an answer that makes no sense
        ├── ServerFault      500 and the rest of 5xx
        └── Unavailable      503: down for maintenance
"""

from collections.abc import Mapping, Sequence

Fields = Mapping[str, Sequence[str]]
"""Sentences by the name of the field they are about."""


class SwitchboardError(Exception):
    """Something went wrong that a person can be told about; ``str(error)`` is the sentence for them."""


class SettingsError(SwitchboardError):
    """A setting is missing or wrong; the sentence names it and says how to mend it."""


class Refused(SwitchboardError):
    """The person may not do this; the sentence says who can."""


class Invalid(SwitchboardError):
    """What was typed cannot be used; nothing was sent.

    ``fields`` maps a field's name to what is wrong with it, so it can be shown beside the field.
    """

    def __init__(self, message: str, fields: Fields | None = None) -> None:
        super().__init__(message)
        self.fields: Fields = dict(fields or {})


class Gone(SwitchboardError):
    """What the person acted on is no longer there, or somebody was faster."""


class UpstreamError(SwitchboardError):
    """A service we depend on did not do as asked.

    ``service`` is its name for people ("Clearstream"); ``status`` the HTTP status where there was an answer.
    The sentence never holds a token, a phone number or a body of the answer beyond the service's own words.
    """

    def __init__(self, message: str, *, service: str, status: int | None = None) -> None:
        super().__init__(message)
        self.service = service
        self.status = status


class NotSent(UpstreamError):
    """The request certainly had no effect: it may be made again."""


class Unreachable(NotSent):
    """No connection could be made, so nothing left this machine."""


class RateLimited(NotSent):
    """429: too many requests; wait ``retry_after`` seconds."""

    def __init__(self, message: str, *, service: str, retry_after: float, status: int | None = 429) -> None:
        super().__init__(message, service=service, status=status)
        self.retry_after = retry_after


class Rejected(NotSent):
    """A clean refusal (4xx): asking again with the same words gives the same answer.

    ``fields`` holds what the service says of single fields, by their names.
    """

    def __init__(self, message: str, *, service: str, status: int | None = None, fields: Fields | None = None) -> None:
        super().__init__(message, service=service, status=status)
        self.fields: Fields = dict(fields or {})


class BadRequest(Rejected):
    """400."""


class Unauthorized(Rejected):
    """401: the key or token is not accepted."""


class Forbidden(Rejected):
    """403: the key is known but may not do this."""


class NotFound(Rejected):
    """404: there is no such thing (any more)."""


class MethodNotAllowed(Rejected):
    """405."""


class Unprocessable(Rejected):
    """422: the values did not pass the service's validation; see ``fields``."""


class MaybeSent(UpstreamError):
    """Nobody can tell whether the request had its effect: look before asking again."""


class ServerFault(MaybeSent):
    """500 and its like: the service failed while it worked on the request."""


class Unavailable(MaybeSent):
    """503: the service says it is down for maintenance."""
