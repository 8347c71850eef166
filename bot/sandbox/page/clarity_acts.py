"""What a member of Clarity does on the panel, handed to the stand-in as that member's doing."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.clarity import ClarityStandIn
from bot.sandbox.clarity.calls import REASON_LIMIT

Form = Mapping[str, Any]

_MOST_HOURS = 720


class ClarityActs:
    """Each act takes the form that was posted and returns what to say of it, if anything.

    ``ValueError`` and the site's ``Refusal`` say why not; unknown members and calls raise ``LookupError``.
    """

    def __init__(self, clarity: ClarityStandIn) -> None:
        self._clarity = clarity
        self.named: dict[str, Callable[[Form], str | None]] = {
            "ask": self.ask, "write": self.write, "need": self.need, "connect": self.connect,
            "cancel": self.cancel, "hang_up": self.hang_up,
        }  # fmt: skip

    def ask(self, form: Form) -> str:
        """Ask somebody for a call."""
        reason, hours = _words(form, "reason"), _words(form, "hours")
        if not reason or len(reason) > REASON_LIMIT:
            raise ValueError(f"Say why, in at most {REASON_LIMIT} characters.")
        if not hours.isdecimal() or not 1 <= int(hours) <= _MOST_HOURS:
            raise ValueError(f"A request is good for 1 to {_MOST_HOURS} hours.")
        call = self._clarity.someone_requests(_words(form, "to"), _words(form, "who"), reason, int(hours))
        if "unreachable" in form:
            self._clarity.will_end(call, "seeker_unavailable")
        return "Asked. It is in Slack in a moment."

    def write(self, form: Form) -> str:
        """Write to somebody."""
        if not (text := _words(form, "text")):
            raise ValueError("Write something first.")
        self._clarity.someone_writes(_words(form, "who"), _words(form, "to"), text)
        return "Written. It is in Slack in a moment."

    def need(self, form: Form) -> str:
        """Ask one's organizations for something."""
        if not (text := _words(form, "text")):
            raise ValueError("Say what is needed.")
        self._clarity.someone_posts_need(_words(form, "who"), text, paid="paid" in form)
        return "Posted. It is in Slack in a moment."

    def connect(self, form: Form) -> None:
        """Have a call dialed, as its expert."""
        self._clarity.someone_connects(_call(form))

    def cancel(self, form: Form) -> None:
        """Decline a request, or take it back."""
        self._clarity.someone_cancels(_call(form), _words(form, "who"))

    def hang_up(self, form: Form) -> None:
        """End a call under way."""
        self._clarity.hang_up(_call(form), _words(form, "who"))


def _words(form: Form, name: str) -> str:
    return str(form.get(name, "")).replace("\r\n", "\n").strip()


def _call(form: Form) -> int:
    number = _words(form, "call")
    if not number.isdecimal():
        raise LookupError(number)
    return int(number)
