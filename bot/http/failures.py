"""What went wrong with a request, as an error whose sentence a person may be shown.

Each sentence says what happened, whether a write had an effect, and what to do next. Pure functions.
"""

from collections.abc import Mapping

from bot import errors
from bot.logs import hide

_REFUSALS: Mapping[int, tuple[type[errors.Rejected], str, str]] = {
    400: (errors.BadRequest, "could not make sense of the request", "Check what was entered and try again."),
    401: (errors.Unauthorized, "does not accept our key", "Ask an admin to check the key in the settings."),
    403: (errors.Forbidden, "does not allow this", "Ask the owner of the account whether it may be done."),
    404: (errors.NotFound, "does not have what was asked for", "It may have been deleted meanwhile: look again."),
    405: (errors.MethodNotAllowed, "does not offer this action", "Tell an admin: trying again will not help."),
    422: (errors.Unprocessable, "did not accept the values", "Correct them and try again."),
}


def refused(
    service: str, method: str, status: int, words: str = "", fields: errors.Fields | None = None
) -> errors.Rejected:
    """The error for a 4xx other than 429: certainly without effect."""
    unlisted = (errors.Rejected, f"refused the request ({status})", "Tell an admin if it happens again.")
    kind, what, then = _REFUSALS.get(status, unlisted)
    about = " ".join(hide(sentence) for sentences in (fields or {}).values() for sentence in sentences)
    sentence = _sentence(f"{service} {what}.", words, about, _untouched(method), then)
    return kind(sentence, service=service, status=status, fields=fields)


def rate_limited(service: str, method: str, wait: float, words: str = "") -> errors.RateLimited:
    """The error for a 429 that asks for ``wait`` seconds."""
    then = f"Try again in {max(wait, 1):.0f} seconds."
    sentence = _sentence(f"{service} gets too many requests just now.", words, _untouched(method), then)
    return errors.RateLimited(sentence, service=service, retry_after=wait)


def broken(service: str, method: str, status: int, words: str = "") -> errors.MaybeSent:
    """The error for a 5xx: a write may have had its effect before the service failed."""
    if status == 503:
        sentence = _sentence(f"{service} is down for maintenance.", words, _doubt(service, method))
        return errors.Unavailable(sentence, service=service, status=status)
    sentence = _sentence(f"{service} failed while it worked on this ({status}).", words, _doubt(service, method))
    return errors.ServerFault(sentence, service=service, status=status)


def unreachable(service: str, method: str) -> errors.Unreachable:
    """The error for a request of which nothing left this machine."""
    sentence = _sentence(f"{service} cannot be reached.", "", _untouched(method), "Try again in a moment.")
    return errors.Unreachable(sentence, service=service)


def lost(service: str, method: str, what: str, status: int | None = None) -> errors.UpstreamError:
    """The error for an answer that did not come whole or makes no sense; ``what`` completes "<service> …".

    After a GET it is NotSent, for reading changes nothing; after anything else MaybeSent.
    """
    kind = errors.NotSent if method == "GET" else errors.MaybeSent
    return kind(_sentence(f"{service} {what}.", "", _doubt(service, method)), service=service, status=status)


def _sentence(what: str, words: str, *rest: str) -> str:
    said = f"It says: “{words}”" if words else ""
    return " ".join(part for part in (what, said, *rest) if part)


def _untouched(method: str) -> str:
    return "" if method == "GET" else "Nothing was sent or changed."


def _doubt(service: str, method: str) -> str:
    if method == "GET":
        return "Try again in a moment."
    return f"It may have gone through or not: look in {service} before trying again."
