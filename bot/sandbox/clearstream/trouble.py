"""What may become of the next broadcast that is sent over the API, by names that a person can choose from."""

from collections.abc import Mapping

from bot.sandbox.faults import Fault, Faults

TROUBLES: Mapping[str, str] = {
    "": "goes well",
    Fault.LOSE_AFTER: "is sent, and the answer is lost",
    Fault.ERROR_AFTER: "is sent, and answered with 500",
    Fault.STALL_AFTER: "is sent, and never answered",
    Fault.LOSE_BEFORE: "is lost on the way",
    Fault.RATE_LIMITED: "has to wait: too many requests",
}
"""In words that complete "The next broadcast …"; the first is no trouble."""

_SENDING = ("POST", "messages")


def trouble(faults: Faults) -> str:
    """The name of what waits for the next broadcast; empty for nothing."""
    return next((rule.fault for rule in faults.rules if (rule.method, rule.path) == _SENDING), "")


def set_trouble(faults: Faults, name: str) -> None:
    """Let this become of the next broadcast, in place of what waited for it; ``KeyError`` for an unknown name."""
    if name not in TROUBLES:
        raise KeyError(name)
    faults.rules[:] = [rule for rule in faults.rules if (rule.method, rule.path) != _SENDING]
    if name:
        faults.add(name, method=_SENDING[0], path=_SENDING[1], retry_after=10)
