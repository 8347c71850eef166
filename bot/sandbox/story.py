"""One text and one reply, played in the terminal by the real bot between the stand-ins."""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from bot.errors import SettingsError
from bot.sandbox.slack import Message, Person
from bot.sandbox.world import World

Say = Callable[[str], None]

_JAMES = "+12005551001"
_ASKED = "Did you find my grey scarf? I can come by at six."
_ANSWERED = "We did! It is at the counter, see you at six."
_SECONDS = 30


async def tell(out: Say) -> int:
    """Play it, a line to ``out`` as each thing happens; 0 when the reply is on the phone, 1 where it is not."""
    with tempfile.TemporaryDirectory(prefix="switchboard-story-") as folder:
        try:
            async with asyncio.timeout(_SECONDS), World(Path(folder), poll_seconds=1) as world:
                await _played(world, out)
        except TimeoutError as error:
            reason = str(error).splitlines()[0] if str(error) else f"not done within {_SECONDS} s"
            out(f"The story stopped here: {reason}.")
            return 1
        except (RuntimeError, LookupError, SettingsError) as error:
            out(f"The story stopped here: {error}")
            return 1
    return 0


async def _played(world: World, out: Say) -> None:
    world.slack.patience = _SECONDS
    bob = world.slack.person("bob")
    out("Starting Slack and Clearstream stand-ins and the real bot …")
    await world.bot.start()
    await world.bot.ready()
    summary = await world.slack.wait_for(lambda: bob.messages("texts")[-1])
    out(f"#texts shows: {_one_line(summary)}")

    out(f"James texts: {_ASKED}")
    world.line.receive(_JAMES, _ASKED)
    header = await world.slack.wait_for(lambda: _header(bob, _ASKED))
    await world.slack.wait_for(lambda: [each for each in bob.thread(header) if _ASKED in each.text()])
    out(f"#texts shows: {_one_line(header)}")

    out("Bob presses Reply, types and presses Send …")
    await bob.click("Reply", header)
    await bob.type("Message", _ANSWERED)
    await bob.submit()
    text = await _arrived(world)
    out(f"James's phone: {text}")
    await world.slack.wait_for(lambda: [each for each in bob.thread(header) if _ANSWERED in each.text()])
    out("The thread in #texts has both. That was the whole way, there and back.")


def _header(person: Person, text: str) -> Message | None:
    found = [each for each in person.messages("texts") if text in each.text()]
    return found[-1] if found else None


async def _arrived(world: World) -> str:
    """Wait until the reply is on James's phone; what it says there."""
    arrived = asyncio.Event()
    unlisten = world.line.on_change(arrived.set)
    try:
        while True:
            for text in world.line.phone(_JAMES):
                if text.direction == "received" and _ANSWERED in text.text:
                    return text.text
            arrived.clear()
            await arrived.wait()
    finally:
        unlisten()


def _one_line(message: Message) -> str:
    return " / ".join(line for line in message.text().splitlines() if line.strip())
