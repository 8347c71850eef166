"""Switches that make a service slow, failing, or losing its answers, with what each does and what to expect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.sandbox.clarity import ClarityStandIn
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.clearstream.trouble import TROUBLES
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.life import StandIn
from bot.sandbox.page.dates import clock_seconds
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.faults import Fault as SlackFault
from bot.sandbox.slack.faults import Faults as SlackFaults
from bot.sandbox.slack.faults import How

SLOW_SECONDS = 6
SLOW_SLACK_SECONDS = 2
"""Less than the three seconds after which Slack no longer opens a window."""
_ALWAYS = 1_000_000_000
_WRITING = ("POST", "PUT", "PATCH", "DELETE")
_SAYING = ("chat.postMessage", "chat.update", "chat.delete", "chat.postEphemeral", "reactions.add", "response_url")
ASKED_SHOWN = 6

Lift = Callable[[], None]
Put = Callable[[str], Lift]
"""Puts a mode in force and gives back what ends it."""

MODES: Mapping[str, str] = {"": "Works", "slow": "Slow", "failing": "Fails", "losing": "Loses answers"}


@dataclass(frozen=True)
class Words:
    """What a service ``does`` in a mode, and what one can then ``expect`` to see."""

    does: str
    expect: str


_WORKS = Words("It answers at once.", "")
_CLEARSTREAM = {
    "": _WORKS,
    "slow": Words(
        f"Every request takes {SLOW_SECONDS} seconds.",
        "Answer a text: Slack takes the reply at once, and it is on the phone some seconds later, once.",
    ),
    "failing": Words(
        "Every request is answered with 503, and nothing is done.",
        "Text from the phone: it comes to Slack when you switch back. Answer a text: whether it went out cannot be "
        "known, so it says Unconfirmed, and you decide; nothing is sent again by itself.",
    ),
    "losing": Words(
        "What it is asked to send is sent, but the answer to that is lost.",
        "Answer a text: it is on the phone once. The bot finds it in the conversation and does not send it again.",
    ),
}
_CLARITY = {
    "": _WORKS,
    "slow": Words(
        f"Every request takes {SLOW_SECONDS} seconds.",
        "Search for an expert: the cards come some seconds later. A live call is followed a little behind.",
    ),
    "failing": Words(
        "Every request is answered with 503, and nothing is done.",
        "Search for an expert: Slack says what happened, with a reference that is in the bot's log. Calls stand still, "
        "and are brought up to date when you switch back.",
    ),
    "losing": Words(
        "What it is asked to do is done, but the answer to that is lost.",
        "Request a call: it waits on Clarity once. The bot finds it there and follows it as if nothing had been.",
    ),
}
_SLACK = {
    "": _WORKS,
    "slow": Words(
        f"Every call of the bot's takes {SLOW_SLACK_SECONDS} seconds.",
        "Press buttons, open windows, text from the phone: all of it works, some seconds later and in order.",
    ),
    "failing": Words(
        "Every call of the bot's is answered with internal_error, and nothing is done.",
        "Text from the phone: nothing comes. Switch back: every text is there, once and in order. Until then windows "
        "do not open, and a bot that is started waits.",
    ),
    "losing": Words(
        "What the bot says is shown, but the answer to that is lost.",
        "Text from the phone: the bot looks whether its message is there before it says anything again. "
        "Each text stands in its thread once.",
    ),
}


class Switch:
    """What one service does wrong: a name of ``MODES``, "" for nothing."""

    def __init__(self, title: str, what: str, words: Mapping[str, Words], put: Put) -> None:
        self.title = title
        self.what = what
        self.mode = ""
        self._words = words
        self._put = put
        self._lift: Lift = _nothing

    @property
    def words(self) -> Words:
        """What it does now."""
        return self._words[self.mode]

    def turn(self, mode: str) -> None:
        """Do this wrong from now on, in place of what it did wrong before; ``KeyError`` for an unknown mode."""
        if mode not in MODES:
            raise KeyError(mode)
        self._lift()
        self.mode, self._lift = mode, self._put(mode) if mode else _nothing


@dataclass(frozen=True)
class Asked:
    """Something the bot asked a service to do, and what became of that."""

    at: datetime
    time: str
    service: str
    request: str
    answer: str


class Troubles:
    """The switches of all services, by name; each works at first."""

    def __init__(self, slack: SlackStandIn, line: ClearstreamStandIn, clarity: ClarityStandIn | None) -> None:
        self._line = line
        self._logs: dict[str, StandIn] = {"Clearstream": line}
        self.switches = {"clearstream": Switch("Clearstream", "the texts", _CLEARSTREAM, _spoiling(line.faults))}
        if clarity is not None:
            self._logs["Clarity"] = clarity
            self.switches["clarity"] = Switch("Clarity", "the calls", _CLARITY, _spoiling(clarity.faults))
        self.switches["slack"] = Switch("Slack", "what the bot says", _SLACK, _spoiling_slack(slack.faults))

    @property
    def modes(self) -> Mapping[str, str]:
        """The modes by name, in words."""
        return MODES

    @property
    def on(self) -> list[Switch]:
        """Those that do something wrong."""
        return [each for each in self.switches.values() if each.mode]

    @property
    def broadcasts(self) -> Mapping[str, str]:
        """What may become of the next broadcast: names, and words that complete "The next broadcast …"."""
        return TROUBLES

    @property
    def broadcast(self) -> str:
        """The name of what will."""
        return self._line.trouble

    def turn(self, service: str, mode: str) -> str:
        """Turn a switch, or choose what becomes of the next ``broadcast``; what to say of it.

        ``KeyError`` for what does not exist.
        """
        if service == "broadcast":
            self._line.trouble = mode
            return f"The next broadcast {TROUBLES[mode]}."
        switch = self.switches[service]
        switch.turn(mode)
        return f"{switch.title}: {MODES[mode].lower()}. {switch.words.does}"

    def asked(self, zone: tzinfo | None) -> list[Asked]:
        """The last things the services were asked to do, the newest first, with times as in ``zone``."""
        found = []
        for name, service in self._logs.items():
            for each in service.log.entries:
                if each.method in _WRITING and not each.path.startswith("oauth/"):
                    at = each.at.astimezone(zone)
                    answer = "answer lost" if each.fault is Fault.LOSE_AFTER else str(each.status or "no answer")
                    found.append(Asked(at, clock_seconds(at), name, f"{each.method} {each.path}", answer))
        return sorted(found, key=lambda each: each.at, reverse=True)[:ASKED_SHOWN]


def _nothing() -> None:
    pass


def _spoiling(faults: Faults) -> Put:
    """For the services that speak plain HTTP."""

    def put(mode: str) -> Lift:
        if mode == "slow":
            rules = [faults.add(Fault.STALL_BEFORE, count=None, seconds=SLOW_SECONDS)]
        elif mode == "failing":
            rules = [faults.add(Fault.UNAVAILABLE, count=None)]
        else:
            rules = [faults.add(Fault.LOSE_AFTER, method=method, count=None) for method in _WRITING]

        def lift() -> None:
            faults.rules[:] = [each for each in faults.rules if all(each is not rule for rule in rules)]

        return lift

    return put


def _spoiling_slack(faults: SlackFaults) -> Put:
    def put(mode: str) -> Lift:
        if mode == "slow":
            rules = [SlackFault("*", How.STALL_BEFORE, _ALWAYS, seconds=SLOW_SLACK_SECONDS)]
        elif mode == "failing":
            rules = [SlackFault("*", How.ERROR_BEFORE, _ALWAYS)]
        else:
            rules = [SlackFault(method, How.DROP_AFTER, _ALWAYS) for method in _SAYING]
        for rule in rules:
            faults.add(rule)

        def lift() -> None:
            for rule in rules:
                faults.lift(rule)

        return lift

    return put
