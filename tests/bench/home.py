"""How long App Home takes to open with ten thousand conversations stored, on both databases.

From the event to the view published, through sockets: the first opening of a hundred people, when Slack is asked who
each of them is, and the openings after that; each is drawn beside the polls of a running bot.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.sandbox.slack.person import Person
from bot.services.broadcast_audience import ACCOUNT
from bot.store import broadcasts, conversations
from bot.store.engine import Store, Tx
from bot.store.migrate import migrate
from tests.bench.parts import Stage, process, quantile, spread, stage
from tests.databases import postgres_server

CONVERSATIONS = 10_000
TEXTS_EACH = 4
BROADCASTS = 1_000
CLAIMING = 50
"""So many people have claimed a fifth of the conversations."""
AGAIN = 3
BAR = 0.3


async def measure() -> None:
    """On SQLite, then on PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        await _measured("SQLite", f"sqlite:///{Path(folder) / 'bench.db'}", Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        # It migrates its database in a loop of its own, which no thread with a running loop can have.
        server = postgres_server()
        postgres = await asyncio.to_thread(server.__enter__)
        try:
            await _measured("PostgreSQL", postgres.url("migrated"), Path(folder))
        finally:
            await asyncio.to_thread(server.__exit__, None, None, None)


async def _measured(name: str, url: str, folder: Path) -> None:
    async with _bot(url, folder) as on:
        first = [await _opened(on, person) for person in range(len(on.people))]
        again = [await _opened(on, person) for _ in range(AGAIN) for person in range(len(on.people))]
    for what, took in (("first", first), ("again", again)):
        print(
            f"App Home on {name}, {CONVERSATIONS:,} conversations, {what}: {spread(took)}; "
            f"p99 {quantile(took, 0.99) * 1000:.0f} ms   (bar: {BAR * 1000:.0f} ms)"
        )


@asynccontextmanager
async def _bot(url: str, folder: Path) -> AsyncIterator[Stage]:
    """The real bot on a full database."""
    async with stage() as on:
        await _furnish(url, [user.id for user in on.people])
        environment = on.environment(folder, DATABASE_URL=url)
        async with process(["-m", "bot", "serve"], environment):
            await on.slack.connected(60)
            yield on


async def _opened(on: Stage, person: int) -> float:
    """Seconds until a person who opens Home sees it."""
    who: Person = on.slack.person(on.people[person])
    before = who.home.hash if who.home else None
    begun = time.monotonic()
    await who.open_home()
    await on.slack.wait_for(lambda: who.home is not None and who.home.hash != before, 30)
    took = time.monotonic() - begun
    assert who.home is not None and "*New*: 4,0" in who.home.text(), "it shows what is stored"
    return took


async def _furnish(url: str, people: list[str]) -> None:
    store = Store(url, Clock())
    await migrate(store)
    async with store.write() as tx:
        found = [_conversation(tx, number, people) for number in range(CONVERSATIONS)]
        await conversations.add(tx, found)
        for start in range(0, CONVERSATIONS, 100):
            rows = [_text(one, place) for one in found[start : start + 100] for place in range(TEXTS_EACH)]
            await conversations.add_texts(tx, rows)
        for number in range(BROADCASTS):
            await broadcasts.add(tx, _broadcast(number, people[0]))
        await broadcasts.keep(tx, ACCOUNT, {"business": "Blue Sushi", "credits": 2000})
    await store.close()


def _conversation(tx: Tx, number: int, people: list[str]) -> dict[str, Any]:
    """A fifth are claimed, a tenth are done, half of the rest are new."""
    at = tx.now - timedelta(minutes=number)
    claimed = people[number // 5 % CLAIMING] if number % 5 == 0 else None
    return {
        "id": number + 1,
        "number": f"+1200{number:07d}",
        "first": "Jane",
        "last": f"Doe {number}",
        "reply_count": TEXTS_EACH,
        "newest_id": number * 10 + TEXTS_EACH,
        "newest_at": at,
        "latest_text": f"Is it open on day {number}? " * 3,
        "latest_incoming": number % 2 == 0,
        "claimed_by": claimed,
        "claimed_at": at if claimed else None,
        "done_at": at if number % 10 == 3 else None,
        "entered": True,
        "root_generation": 0,
        "unread": False,
    }


def _text(conversation: dict[str, Any], place: int) -> dict[str, Any]:
    return {
        "conversation_id": conversation["id"],
        "reply_id": conversation["newest_id"] - place,
        "incoming": place % 2 == 0,
        "body": conversation["latest_text"],
        "sent_at": conversation["newest_at"] - timedelta(minutes=place),
        "bump": False,
    }


def _broadcast(number: int, author: str) -> dict[str, Any]:
    return {
        "id": f"broadcast{number}",
        "version": 1,
        "state": ("unconfirmed", "scheduled", "sent")[min(number // 3, 2)],
        "author": author,
        "fields": {"lists": [1], "numbers": "", "header": "Blue Sushi", "body": f"Doors open at {number}."},
        "shown": True,
        "cancels": 0,
    }
