"""Lists, credits and recent messages of the account: fetched once, kept in the database, fetched again by their age.

All replicas read what one of them fetched, so that a search while somebody types asks nobody upstream.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.clearstream.client import Clearstream
from bot.clearstream.models import Message
from bot.services.broadcast_fields import ListChoice
from bot.services.broadcast_model import as_json
from bot.store import broadcasts as rows
from bot.store.engine import Store

FRESH = timedelta(seconds=60)
"""How old lists and credits may be when somebody begins to write."""

GOOD = timedelta(minutes=10)
"""How old they may be when nobody does."""

LISTS, ACCOUNT, MESSAGES = "lists", "account", "messages"

_PAGE = 100


@dataclass(frozen=True)
class KnownAccount:
    """What is known of the account; ``credits`` as of ``fetched_at``."""

    business: str | None
    credits: int | None
    fetched_at: datetime


class Audience:
    """Whom a broadcast can reach, and what it may cost."""

    def __init__(self, store: Store, clearstream: Clearstream) -> None:
        self._store = store
        self._clearstream = clearstream
        self._lists: tuple[datetime, tuple[ListChoice, ...]] | None = None
        self._fetching = asyncio.Lock()

    async def lists(self) -> tuple[ListChoice, ...]:
        """All lists of the account, as last fetched (none before that); asks nobody upstream."""
        async with self._store.read() as tx:
            at = await rows.kept_at(tx, LISTS)
            if at is None:
                return ()
            if self._lists is None or self._lists[0] != at:
                row = await rows.kept_value(tx, LISTS)
                self._lists = (at, tuple(ListChoice(**one) for one in row["value"]) if row else ())
        return self._lists[1]

    async def account(self) -> KnownAccount | None:
        """The account, as last fetched; asks nobody upstream."""
        async with self._store.read() as tx:
            row = await rows.kept_value(tx, ACCOUNT)
        return None if row is None else KnownAccount(**row["value"], fetched_at=row["fetched_at"])

    async def refresh(self, older_than: timedelta = FRESH) -> bool:
        """Fetch lists and account where they are older; whether anything was. Raises UpstreamError.

        However many ask at once in one process, it is fetched once.
        """
        async with self._fetching:
            lists, account = await self._old(LISTS, older_than), await self._old(ACCOUNT, older_than)
            if account:
                found = await self._clearstream.account()
                await self._keep(ACCOUNT, {"business": found.business, "credits": found.credits})
            if lists:
                await self._keep(LISTS, await self._fetched_lists())
        return lists or account

    async def lists_now(self) -> tuple[ListChoice, ...]:
        """All lists of the account, fetched anew and kept. Raises UpstreamError."""
        async with self._fetching:
            await self._keep(LISTS, await self._fetched_lists())
        return await self.lists()

    async def recent_messages(self, older_than: timedelta) -> tuple[Message, ...]:
        """The newest messages of the account, sent from anywhere; fetched where older. Raises UpstreamError."""
        async with self._fetching:
            if await self._old(MESSAGES, older_than):
                page = await self._clearstream.messages_page()
                await self._keep(MESSAGES, [as_json(message) for message in page])
        async with self._store.read() as tx:
            row = await rows.kept_value(tx, MESSAGES)
        return tuple(Message.model_validate(one) for one in row["value"]) if row else ()

    async def _fetched_lists(self) -> list[dict[str, Any]]:
        found: dict[int, dict[str, Any]] = {}
        number = 1
        while True:
            page = await self._clearstream.lists_page(number, _PAGE)
            fresh = [one for one in page if one.id not in found]
            for one in fresh:
                found[one.id] = {
                    "id": one.id,
                    "name": one.name or f"List {one.id}",
                    "subscribers": one.subscriber_count,
                }
            if not fresh:
                return list(found.values())
            number += 1

    async def _old(self, key: str, older_than: timedelta) -> bool:
        async with self._store.read() as tx:
            at = await rows.kept_at(tx, key)
            return at is None or tx.now - at > older_than

    async def _keep(self, key: str, value: Any) -> None:
        async with self._store.write() as tx:
            await rows.keep(tx, key, value)
