"""Wakes whoever waits for something that was written for all, here or in another process: LISTEN and NOTIFY.

A ring that is lost costs time, never work: whoever listens looks at the tables now and then all the same.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.store.engine import CHANNEL, Store

log = structlog.get_logger(__name__)

_CHECK_SECONDS = 15.0
"""How often it is made sure that the connection still answers: a server that vanished says nothing."""

_AGAIN_SECONDS = 2.0
"""Between two tries to listen."""


class Bell:
    """Hears what this process rings, and from ``start`` to ``stop`` what others of the same installation ring.

    On SQLite there are no others. The schema is part of the channel's name, so installations that share a database do
    not wake each other.
    """

    def __init__(self, store: Store, again: float = _AGAIN_SECONDS) -> None:
        self._store = store
        self._again = again
        self._engine: AsyncEngine | None = None
        self._calls: dict[str, list[Callable[[], None]]] = {}
        self._listening: asyncio.Task[None] | None = None
        self._failures = store.unreachable
        self.heard = asyncio.Event()
        """Set while it listens."""
        store.on_ring = self._ring

    def on(self, subject: str, call: Callable[[], None]) -> None:
        """Call ``call`` when somebody rings for ``subject``, and after each time the bell was deaf."""
        self._calls.setdefault(subject, []).append(call)

    @property
    def hears(self) -> bool:
        """Whether it listens now."""
        return self.heard.is_set()

    async def start(self) -> None:
        """Begin to listen; where the database is away, once it is back."""
        if not self._store.on_sqlite:
            import asyncpg  # noqa: PLC0415 - not loaded where the database is a file

            self._failures += (asyncpg.PostgresError, asyncpg.InterfaceError)
            self._engine = create_async_engine(self._store.url, poolclass=NullPool)
            self._listening = asyncio.create_task(self._listen(self._engine))

    async def stop(self) -> None:
        """Listen no more."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._engine is not None:
            await self._engine.dispose()

    async def _listen(self, engine: AsyncEngine) -> None:
        while True:
            try:
                await self._until_lost(engine)
            except self._failures as error:
                log.warning("bell.lost", error=type(error).__name__)
            self.heard.clear()
            await asyncio.sleep(self._again)

    async def _until_lost(self, engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            channel = await connection.scalar(CHANNEL)
            await connection.rollback()
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            lost = asyncio.Event()
            driver.add_termination_listener(lambda _: lost.set())
            await driver.add_listener(str(channel), self._rung)
            self.heard.set()
            for call in [call for calls in self._calls.values() for call in calls]:
                call()
            while not lost.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(_CHECK_SECONDS):
                        await lost.wait()
                if not lost.is_set():
                    await driver.fetchval("SELECT 1", timeout=_CHECK_SECONDS)

    def _rung(self, _: object, process: int, channel: str, subject: str) -> None:
        if process not in self._store.backends:
            self._ring(subject)

    def _ring(self, subject: str) -> None:
        for call in self._calls.get(subject, ()):
            call()
