"""Clarity's members: searched, looked up, and remembered by their id for a day, as calls name people by id alone."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta

from bot.clarity.models import Member
from bot.errors import NotFound, UpstreamError
from bot.services.accounts import Account
from bot.store import clarity as rows
from bot.store.engine import Store

_KEPT = timedelta(days=1)


class Experts:
    """Looks members up."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def known(self, ids: Iterable[int]) -> dict[int, Member]:
        """Those of these members that are remembered."""
        async with self._store.read() as tx:
            found = await rows.known_members(tx, ids, tx.now - _KEPT)
        return {identity: Member.model_validate(row["data"]) for identity, row in found.items()}

    async def by_id(self, account: Account, ids: Iterable[int]) -> Mapping[int, Member]:
        """Members by their ids, asked for where they are not remembered; one that cannot be had is left out."""
        wanted = {identity for identity in ids if identity is not None}
        known = await self.known(wanted)
        missing = [identity for identity in wanted if identity not in known]
        fetched = await asyncio.gather(*(self._fetch(account, identity) for identity in missing))
        return known | {member.id: member for member in fetched if member is not None}

    async def _fetch(self, account: Account, member_id: int) -> Member | None:
        try:
            member = await account.client.member(member_id)
        except UpstreamError:
            return None
        await self.remember([member])
        return member

    async def remember(self, members: Iterable[Member]) -> None:
        """Keep what Clarity said of these."""
        async with self._store.write() as tx:
            for member in members:
                await rows.keep_member(tx, member.id, member.model_dump(mode="json", by_alias=True))

    async def look_up(self, account: Account, words: str) -> Member:
        """One member by id, screen name, e-mail or @twitter; raises NotFound with a sentence for the person."""
        try:
            member = await account.client.look_up(words)
        except NotFound as error:
            shown = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            sentence = f"Clarity knows no member “{shown}”. Look for one with `/expert search`."
            raise NotFound(sentence, service="Clarity", status=404) from error
        await self.remember([member])
        return member
