"""Measures what the README promises in figures, each against a limit in the same run where there is one.

These machines are shared and noisy: a figure is a median with its spread, and a ratio says more than a time.
"""

import asyncio
import gc
import os
import socket
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.bench import broadcasts, home, polling, search, transfer
from tests.bench.parts import Stage, answers, process, quantile, resident_megabytes, spread, stage

RUNS = 3
AT_ONCE = 50
ROUNDS = 6


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def start_and_memory() -> None:
    """From starting ``serve`` to ready, and what it holds in memory when idle."""
    ready, memory, imports = [], [], []
    for _ in range(RUNS):
        async with stage() as on:
            begun = time.monotonic()
            async with process(["-c", "import slack_bolt.async_app, sqlalchemy.ext.asyncio"], dict(os.environ)) as bare:
                await bare.wait()
            imports.append(time.monotonic() - begun)
            port = free_port()
            with tempfile.TemporaryDirectory() as folder:
                environment = on.environment(Path(folder), PORT=str(port))
                async with process(["-m", "bot", "serve"], environment) as bot:
                    ready.append(await answers(f"http://127.0.0.1:{port}/readyz", within=30))
                    await asyncio.sleep(3)
                    memory.append(resident_megabytes(bot.pid))
    print(f"serve ready after            {spread(ready)}   (bar: 2 s)")
    print(f"  of it, importing Bolt and SQLAlchemy alone  {spread(imports)}")
    print(f"idle memory                  {spread(memory, 'MB')}   (bar: 120 MB)")


async def demo_to_page() -> None:
    """From ``make demo`` (installed) to a page that answers."""
    took = []
    for _ in range(RUNS):
        port = free_port()
        with tempfile.TemporaryDirectory() as folder:
            arguments = ["-m", "bot", "demo", "--fresh", "--port", str(port), "--data-dir", folder]
            async with process(arguments, dict(os.environ)):
                took.append(await answers(f"http://127.0.0.1:{port}/", within=60))
    print(f"demo to a usable page        {spread(took)}   (bar: 10 s)")


async def acks() -> None:
    """Acknowledgements with fifty people pressing at once, against a bare app in the same run."""
    for name, press in (("/sms help", _help), ("/sms inbox", _inbox), ("Claim", _claim)):
        ours = await _measured(["-m", "bot", "serve"], press)
        bare = await _measured(["-m", "tests.bench.bare"], press)
        p99, limit = quantile(ours, 0.99), quantile(bare, 0.99)
        print(
            f"ack of {name:<11} at {AT_ONCE} at once: median {quantile(ours, 0.5) * 1000:.0f} ms, "
            f"p99 {p99 * 1000:.0f} ms (bar: 250 ms); bare Bolt p99 {limit * 1000:.0f} ms, ratio {p99 / limit:.2f}"
        )


async def _measured(arguments: list[str], press: Callable[[Stage, int], Awaitable[None]]) -> list[float]:
    took: list[float] = []
    async with stage() as on:
        number = on.clearstream.add_subscriber("+12005551000", "Jane", "Doe").mobile_number
        with tempfile.TemporaryDirectory() as folder:
            async with process(arguments, on.environment(Path(folder))):
                await on.slack.connected(30)
                await _conversation(on, number, real="serve" in arguments)

                async def one(person: int) -> None:
                    begun = time.monotonic()
                    await press(on, person)
                    took.append(time.monotonic() - begun)

                for turn in range(ROUNDS + 1):
                    await asyncio.gather(*(one(person) for person in range(AT_ONCE)))
                    if turn == 0:
                        took.clear()
                        await asyncio.sleep(1)
                        # What Slack's stand-in and the people here leave lying about is not to be measured.
                        gc.collect()
                        gc.freeze()
    return took


async def _conversation(on: Stage, number: str, *, real: bool) -> None:
    """A header to press on: the bot's own, or for the bare app one of the same looks."""
    if not real:
        from slack_sdk.web.async_client import AsyncWebClient

        client = AsyncWebClient(token=on.slack.bot_token, base_url=on.slack.api_url)
        button = {
            "type": "button",
            "action_id": "inbox.claim",
            "value": "1",
            "text": {"type": "plain_text", "text": "Claim"},
        }
        blocks = [{"type": "actions", "elements": [button]}]
        await client.chat_postMessage(channel=on.channel.id, text="x", blocks=blocks)
        return
    await on.slack.wait_for(lambda: on.slack.workspace.roots(on.channel), 30)
    on.clearstream.receive(number, "Hello")
    await on.slack.wait_for(lambda: len(on.slack.workspace.roots(on.channel)) > 1, 60)


async def _help(on: Stage, person: int) -> None:
    await on.slack.person(on.people[person]).command("/sms", "help")


async def _inbox(on: Stage, person: int) -> None:
    await on.slack.person(on.people[person]).command("/sms", "inbox")


async def _claim(on: Stage, person: int) -> None:
    header = on.slack.workspace.roots(on.channel)[-1]
    label = "Claim" if "[Claim]" in header.text() else "Release"
    await on.slack.person(on.people[person]).click(label, header)


MEASUREMENTS = {
    "start": start_and_memory,
    "demo": demo_to_page,
    "acks": acks,
    "polling": polling.measure,
    "search": search.measure,
    "broadcasts": broadcasts.measure,
    "home": home.measure,
    "import": transfer.imports,
    "export": transfer.exports,
}


def main() -> None:
    """All measurements, or those named."""
    for name in sys.argv[1:] or MEASUREMENTS:
        asyncio.run(MEASUREMENTS[name]())


if __name__ == "__main__":
    main()
