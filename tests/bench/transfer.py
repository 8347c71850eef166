"""What imports and exports promise in figures: rows a second, and what the process holds in memory meanwhile."""

import asyncio
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox.clearstream import Fault
from bot.sandbox.slack.person import Person
from tests.bench.parts import Stage, process, resident_megabytes, stage

ROWS = 10_000
ANSWER_SECONDS = 0.02
SUBSCRIBERS = 100_000
WITHIN = 900


async def imports() -> None:
    """Ten thousand rows into a line that takes 20 ms for each: how fast, and how much memory above idle."""
    async with _office() as (on, bot):
        person = on.slack.person(on.people[0])
        on.clearstream.add_list("Customers")
        on.clearstream.faults.add(
            Fault.STALL_BEFORE, method="POST", path="subscribers", count=None, seconds=ANSWER_SECONDS
        )
        meter = Meter(bot)
        await _chosen(on, person)
        begun = time.monotonic()
        await person.submit()
        checked = await _when(on, lambda: "Nothing was changed" in _modal(person), begun)
        begun = time.monotonic()
        await person.submit()
        took = await _when(on, lambda: any("Imported people.csv" in said for said in _told(person)), begun)
        above = await meter.stop()
        created = len(on.clearstream.state.subscribers)
        print(f"dry run of {ROWS:,} rows        {checked:.1f} s")
        print(f"import of {created:,} rows         {took:.1f} s, {created / took:.0f} rows a second   (bar: 20)")
        print(f"  memory above idle          {above:.1f} MB")


async def exports() -> None:
    """A hundred thousand subscribers to a file: how long, and how much memory above idle."""
    async with _office() as (on, bot):
        person = on.slack.person(on.people[0])
        customers = on.clearstream.add_list("Customers").id
        for number in range(SUBSCRIBERS):
            on.clearstream.add_subscriber(f"+1200{number:07d}", "Jane", f"Doe {number}", lists=[customers])
        meter = Meter(bot)
        begun = time.monotonic()
        await person.command("/sms", "export Customers")
        took = await _when(on, lambda: any(message.files for message in person.dm()), begun)
        above = await meter.stop()
        held = on.slack.workspace.files
        [content] = [held[name].content for message in person.dm() for name in message.files]
        print(f"export of {content.count(chr(10)) - 1:,} subscribers  {took:.1f} s")
        print(f"  memory above idle          {above:.1f} MB   (bar: 30)")


class Meter:
    """Looks every tenth of a second how much a process holds, from when it is made."""

    def __init__(self, bot: Process) -> None:
        self._bot = bot
        self._idle = self._most = resident_megabytes(bot.pid)
        self._task = asyncio.create_task(self._look())

    async def _look(self) -> None:
        while True:
            self._most = max(self._most, resident_megabytes(self._bot.pid))
            await asyncio.sleep(0.1)

    async def stop(self) -> float:
        """The most it held above what it held at first, in MB."""
        self._task.cancel()
        return self._most - self._idle


@asynccontextmanager
async def _office() -> AsyncIterator[tuple[Stage, Process]]:
    """The stand-ins and the real bot, idle."""
    async with stage() as on:
        with tempfile.TemporaryDirectory() as folder:
            async with process(["-m", "bot", "serve"], on.environment(Path(folder))) as bot:
                await on.slack.connected(30)
                await asyncio.sleep(5)
                yield on, bot


async def _chosen(on: Stage, person: Person) -> None:
    """The file is chosen, and so are its columns."""
    rows = "".join(f"+1200{number:07d},Jane,Doe {number}\n" for number in range(ROWS))
    await person.command("/sms", "import")
    await on.slack.wait_for(lambda: person.modal, 30)
    await person.upload("CSV file", "people.csv", f"mobile,first,last\n{rows}")
    await person.submit()
    await on.slack.wait_for(lambda: "Lists" in _modal(person), 30)
    await person.choose("Customers", "Lists")


def _modal(person: Person) -> str:
    return person.modal.text() if person.modal else ""


def _told(person: Person) -> list[str]:
    return [message.text() for message in person.dm()]


async def _when(on: Stage, holds: Callable[[], bool], begun: float) -> float:
    """Seconds from ``begun`` until it holds."""
    await on.slack.wait_for(holds, WITHIN)
    return time.monotonic() - begun
