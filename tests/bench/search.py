"""How much longer than Clarity itself ``/expert search`` takes, until its cards stand in Slack."""

import os
import tempfile
import time
from functools import partial
from pathlib import Path

import httpx

from bot.sandbox.clarity import ClarityStandIn, cast
from bot.sandbox.slack.person import Person
from tests.bench.parts import process, quantile, spread, stage

SEARCHES = 40
WORDS, FOUND = "pricing", "Nina Park"


async def measure() -> None:
    """One person searches again and again; beside each search, the same one straight from Clarity."""
    clarity = ClarityStandIn()
    cast.furnish(clarity)
    await clarity.start()
    token = clarity.token(cast.SHARED)
    took, alone = [], []
    try:
        async with stage() as on, httpx.AsyncClient() as client:
            with tempfile.TemporaryDirectory() as folder:
                more = {"CLARITY_OAUTH_TOKEN": token, "CLARITY_API_URL": clarity.api_url}
                async with process(["-m", "bot", "serve"], {**os.environ, **on.environment(Path(folder), **more)}):
                    await on.slack.connected(30)
                    person = on.slack.person(on.people[0])
                    for turn in range(SEARCHES + 1):
                        begun = time.monotonic()
                        await client.get(f"{clarity.api_url}/search", params={"query": WORDS, "access_token": token})
                        straight = time.monotonic() - begun
                        begun, before = time.monotonic(), len(person.ephemerals())
                        await person.command("/expert", f"search {WORDS}")
                        await on.slack.wait_for(partial(_shown, person, before), 10)
                        if turn:
                            alone.append(straight)
                            took.append(time.monotonic() - begun)
    finally:
        await clarity.stop()
    beyond = [one - other for one, other in zip(took, alone, strict=True)]
    print(f"search, beyond Clarity's own {spread(beyond)}, p99 {quantile(beyond, 0.99):.3f} s   (bar: 0.3 s)")


def _shown(person: Person, before: int) -> bool:
    return any(FOUND in message.text() for message in person.ephemerals()[before:])
