"""What broadcasts promise in figures: lists found while typing, when one leaves, and 500 of them under 50 kills."""

import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from bot.sandbox.slack.person import Person
from tests.bench.parts import Stage, quantile, spread, stage

LISTS = 1000
SOUGHT = 100
SENT = 8
UNDO_SECONDS = 2
WRITERS = 10
EACH = 50
KILLS = 50
SETTLED = (":white_check_mark: *Sent*", "*Unconfirmed*", "*Not sent*", "*Undone*")


async def measure() -> None:
    """All three."""
    async with _office() as (on, bot):
        await _lists(on)
        await _leaving(on)
        del bot
    await _kills()


class Bot:
    """``serve`` as a process that can be killed and started again."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it."""
        arguments = (sys.executable, "-m", "bot", "serve")
        self._process = await asyncio.create_subprocess_exec(*arguments, env=self._environment)

    async def end(self, how: signal.Signals) -> None:
        """End it."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(how)
            await self._process.wait()


@asynccontextmanager
async def _office(**settings: str) -> AsyncIterator[tuple[Stage, Bot]]:
    """A stage with a broadcasts channel, a thousand lists, and a bot that has fetched them."""
    async with stage() as on:
        for number in range(LISTS):
            on.clearstream.add_list(f"List {number:04d} {'north' if number % 7 else 'south'}")
        everybody = on.clearstream.add_list("Everybody").id
        for number in range(20):
            on.clearstream.add_subscriber(f"+1200555{1000 + number}", lists=[everybody])
        on.clearstream.state.account.credits = 10**7
        channel = on.slack.workspace.add_channel("broadcasts", on.people[:WRITERS]).id
        senders = ",".join(person.id for person in on.people[:WRITERS])
        with tempfile.TemporaryDirectory() as folder:
            more = {"BROADCASTS_CHANNEL": channel, "SENDERS": senders, "UNDO_SECONDS": str(UNDO_SECONDS), **settings}
            bot = Bot({**os.environ, **on.environment(Path(folder), **more)})
            await bot.start()
            try:
                await on.slack.connected(30)
                yield on, bot
            finally:
                await bot.end(signal.SIGTERM)


async def _lists(on: Stage) -> None:
    """How long Slack waits for the lists to choose from, one letter after another."""
    person = on.slack.person(on.people[0])
    await _composing(on, person)
    took = []
    for number in range(SOUGHT):
        begun = time.monotonic()
        await person.type("To", f"south {number:02d}" if number % 2 else "Everyb")
        took.append(time.monotonic() - begun)
    await person.close()
    print(f"lists found among {LISTS:,}       {spread(took)}, p99 {quantile(took, 0.99):.3f} s   (bar: 0.5 s)")


async def _leaving(on: Stage) -> None:
    """From the acknowledgement of **Send** to the POST, less the seconds of **Undo**."""
    person, took = on.slack.person(on.people[0]), []
    for number in range(SENT):
        await _write(on, person, f"Broadcast {number}")
        mark, begun = on.clearstream.log.mark(), time.monotonic()
        await person.submit()
        await on.slack.wait_for(partial(on.clearstream.requests_since, mark, method="POST"), 30)
        took.append(time.monotonic() - begun - UNDO_SECONDS)
    print(f"Send to POST, less Undo      {spread(took)}   (bar: 1 s)")


async def _composing(on: Stage, person: Person) -> None:
    await person.command("/sms", "broadcast")
    await on.slack.wait_for(lambda: person.modal and "Message" in person.modal.text(), 10)


async def _write(on: Stage, person: Person, words: str) -> None:
    """Somebody writes a broadcast to everybody, and stands before its preview."""
    await _composing(on, person)
    await person.type("To", "Everyb")
    await person.choose("Everybody (20)", "To")
    await person.type("Message", words)
    await person.submit()
    await on.slack.wait_for(lambda: person.modal and person.modal.title == "Preview", 10)


async def _kills() -> None:
    """Ten people send fifty each, one second's Undo, while the bot is killed fifty times; each leaves at most once."""
    async with _office(UNDO_SECONDS="1", INBOX_POLL_SECONDS="60") as (on, bot):
        done: list[str] = []
        writing = asyncio.gather(*(_writes(on, number, done) for number in range(WRITERS)))
        kills = 0
        chance = random.Random(1)
        while not writing.done():
            await asyncio.wait((writing,), timeout=chance.uniform(1, 5))
            if kills < KILLS:
                kills += 1
                await bot.end(signal.SIGKILL)
                await bot.start()
        await writing
        for _ in range(kills, KILLS):
            await bot.end(signal.SIGKILL)
            await bot.start()
            await asyncio.sleep(2)
        await _still(on)
        sent = Counter(message.text.body for message in on.clearstream.state.messages.values())
        twice = [words for words, times in sent.items() if times > 1]
        shown = [m.text() for m in on.slack.person(on.people[0]).messages("broadcasts") if "Broadcast by" in m.text()]
        unconfirmed = sum("*Unconfirmed*" in text for text in shown)
        print(
            f"{len(done)} broadcasts, {KILLS} kills: {len(sent)} in Clearstream, {len(twice)} of them twice (bar: 0); "
            f"{unconfirmed} shown as Unconfirmed, {sum(any(s in t for s in SETTLED) for t in shown)} settled in Slack"
        )


async def _still(on: Stage) -> None:
    """Wait until for so long as a broadcast is held at the most nothing more has left."""
    mark = on.clearstream.log.mark()
    while True:
        await asyncio.sleep(45)
        if not on.clearstream.requests_since(mark, method="POST"):
            return
        mark = on.clearstream.log.mark()


async def _writes(on: Stage, number: int, done: list[str]) -> None:
    """Somebody who sends fifty, trying again whatever did not come through; each has words of its own."""
    person = on.slack.person(on.people[number])
    for turn in range(EACH):
        words = f"Words {number} {turn}"
        while True:
            try:
                await _write(on, person, words)
                await person.submit()
                await on.slack.wait_for(lambda: person.modal is None, 5)
            except (TimeoutError, LookupError, AssertionError):
                await _leave(person)
                continue
            done.append(words)
            break


async def _leave(person: Person) -> None:
    """Close whatever is open; the bot may be dead."""
    with suppress(LookupError, AssertionError, TimeoutError):
        await person.close(everything=True)
