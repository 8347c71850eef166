"""A text comes in: STOP and START, confirming, keywords, and else a reply for the inbox."""

import re
from dataclasses import dataclass

from bot.sandbox.clearstream.audience import join, meet, opt_out
from bot.sandbox.clearstream.broadcasts import answered
from bot.sandbox.clearstream.inbox import take_in
from bot.sandbox.clearstream.line import Line
from bot.sandbox.clearstream.model import ACTIVE, OPTED_OUT, Headed, Keyword, PhoneText, Reply, Subscriber, Thread
from bot.sandbox.clearstream.params import is_e164
from bot.sandbox.clearstream.sending import post, settle

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START_WORDS = frozenset({"START", "UNSTOP"})
CONFIRM_WORDS = frozenset({"YES", "Y"})
RESERVED = STOP_WORDS | START_WORDS | CONFIRM_WORDS
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Incoming:
    """What became of a text: the thread and reply it made, if any, and the keyword it used."""

    subscriber: Subscriber
    thread: Thread | None = None
    reply: Reply | None = None
    keyword: Keyword | None = None


def receive(line: Line, number: str, text: str) -> Incoming:
    """``number`` texts in; raises ``ValueError`` for a number not in E.164 or an empty text."""
    if not is_e164(number):
        raise ValueError(f"not a number in E.164: {number!r}")
    if not text:
        raise ValueError("a text cannot be empty")
    settle(line)
    line.state.phones.setdefault(number, []).append(PhoneText("sent", text, line.now()))
    came = _understood(line, meet(line.state, number), text)
    settle(line)
    return came


def _understood(line: Line, subscriber: Subscriber, text: str) -> Incoming:
    word = text.strip().upper()
    if word in STOP_WORDS:
        _stop(line, subscriber)
        return Incoming(subscriber)
    if word in START_WORDS and subscriber.status == OPTED_OUT:
        join(line, subscriber)
        _say(line, subscriber, "You are subscribed again. Reply STOP to leave.")
        return Incoming(subscriber)
    if word in CONFIRM_WORDS and subscriber.awaits_confirmation:
        _confirm(line, subscriber)
        return Incoming(subscriber)
    first = text.split(maxsplit=1)[0].casefold() if text.strip() else ""
    keyword = line.state.keywords.get(first)
    if keyword is not None:
        _use(line, subscriber, keyword)
        if word.casefold() == first:
            return Incoming(subscriber, keyword=keyword)
    return _into_inbox(line, subscriber, text, keyword)


def ask_to_confirm(line: Line, subscriber: Subscriber) -> None:
    """A subscriber made by hand is asked on their phone; YES makes them active."""
    subscriber.awaits_confirmation = True
    _say(line, subscriber, "Reply YES to join our list. Reply STOP to leave.")


def _say(line: Line, subscriber: Subscriber, sentence: str) -> None:
    post(line, subscriber.mobile_number, Headed(line.state.account.business, sentence).line)


def _stop(line: Line, subscriber: Subscriber) -> None:
    message = answered(line, subscriber.mobile_number)
    if message is not None and subscriber.status != OPTED_OUT:
        message.opt_outs += 1
    opt_out(line, subscriber)
    _say(line, subscriber, "You will get no more messages.")


def _confirm(line: Line, subscriber: Subscriber) -> None:
    join(line, subscriber)
    if subscriber.welcome is not None:
        post(line, subscriber.mobile_number, subscriber.welcome.line)
        subscriber.welcome = None


def _use(line: Line, subscriber: Subscriber, keyword: Keyword) -> None:
    """Opt in and answer as the keyword is set: ALWAYS, FIRST use by this person, or NEW people only."""
    number = subscriber.mobile_number
    was_active = subscriber.status == ACTIVE
    first_use = number not in keyword.used_by
    if first_use:
        keyword.used_by.append(number)
    if keyword.opt_in and join(line, subscriber, keyword.lists):
        keyword.opt_ins += 1
    wanted = {"ALWAYS": True, "FIRST": first_use, "NEW": first_use and not was_active}
    if keyword.autoresponse is not None and wanted[keyword.setting or "ALWAYS"]:
        post(line, number, keyword.autoresponse.line)


def _into_inbox(line: Line, subscriber: Subscriber, text: str, keyword: Keyword | None) -> Incoming:
    message = answered(line, subscriber.mobile_number)
    if message is not None:
        message.replies += 1
    found = _EMAIL.search(text)
    if line.state.account.collect_emails and subscriber.email is None and found:
        subscriber.email = found[0]
    thread, reply = take_in(line, subscriber.mobile_number, text)
    return Incoming(subscriber, thread, reply, keyword)
