"""Changing what an installation is set to, with all that follows from it, in one transaction."""

from collections.abc import Mapping
from typing import Any

from bot.operations.ledger import Ledger
from bot.operations.model import Intention, Operation
from bot.services import digest, direct, posts, record
from bot.services.places import Kinds, places
from bot.services.setup import CHANGED, DIGEST, DIGEST_CHANNEL, DIRECT_CHANNELS, TIMEZONE, Setup
from bot.store import conversations as rows
from bot.store import installation
from bot.store.engine import Tx

SAVE = "setup.save"


def key(draft: str) -> str:
    """The unique key of a saved draft."""
    return f"{SAVE}:{draft}"


class SetupChanges:
    """Asks for changes of the setup, and makes them."""

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        self._ledger = ledger
        self._setup = setup

    async def ask(self, tx: Tx, values: Mapping[str, Any], by: str, draft: str) -> bool:
        """Ask for these settings to be changed, None for "as the environment says"; False where that was done already.

        Whether ``by`` may is found out before it is done.
        """
        intention = Intention(
            kind=SAVE, key=key(draft), payload={"values": dict(values), "to": by}, lane=SAVE, asked_by=by
        )
        if not await self._ledger.ask(tx, intention):
            return False
        known = await self._setup.known(tx)
        stored = await installation.settings_of(tx, tuple(values))
        before = {name: known[name].value if name in known else stored.get(name) for name in values}
        await record.write(
            tx,
            actor=by,
            act="setup",
            subject=", ".join(values),
            outcome="asked",
            operation_key=intention.key,
            detail={"from": before, "to": dict(values)},
        )
        return True

    async def make(self, tx: Tx, operation: Operation) -> None:
        """Make the changes an operation asks for; what waited for a channel goes there.

        Whoever keeps something of the setup is told, in every process.
        """
        tx.ring(CHANGED)
        by = str(operation.asked_by)
        inbox, before = await self._setup.inbox_channel(tx), await places(tx, self._setup)
        values = operation.payload["values"]
        await self._digest(tx, values, by)
        for name, value in values.items():
            if name in (DIGEST, DIGEST_CHANNEL, TIMEZONE):
                continue
            if name == DIRECT_CHANNELS:
                await self._switch(tx, value or [], by)
            elif value is None:
                await installation.forget_setting(tx, name)
            else:
                await installation.set_setting(tx, name, value, by)
        await self._moved(tx, inbox, by)
        await self._readdress(tx, before)
        await self.release(tx)

    async def _readdress(self, tx: Tx, before: Mapping[Kinds, str | None]) -> None:
        """What could not be posted in a channel that another one was chosen for goes there."""
        for kinds, now in (await places(tx, self._setup)).items():
            old = before[kinds]
            if old is not None and now is not None and old != now:
                await self._ledger.readdress(tx, posts.bucket(old), now, posts.bucket(now), kinds)

    async def _digest(self, tx: Tx, values: Mapping[str, Any], by: str) -> None:
        """How often, where and in whose time the digest is told; without a channel it is not."""
        if TIMEZONE in values:
            await digest.set_zone(tx, values[TIMEZONE] or "UTC", by)
        if DIGEST not in values and DIGEST_CHANNEL not in values:
            return
        before = await digest.choice(tx)
        channel = values.get(DIGEST_CHANNEL, before.channel)
        every = digest.Every(values.get(DIGEST, before.every) or digest.Every.NEVER)
        await digest.choose(tx, every if channel else digest.Every.NEVER, channel, by)

    async def _switch(self, tx: Tx, channels: list[str], by: str) -> None:
        before = await self._setup.direct_channels(tx)
        since = {channel: before.get(channel, tx.now).timestamp() for channel in channels}
        if since:
            await installation.set_setting(tx, DIRECT_CHANNELS, since, by)
        else:
            await installation.forget_setting(tx, DIRECT_CHANNELS)
        for channel in sorted(before.keys() ^ since.keys()):
            await self._ledger.ask(tx, direct.switched(channel, by, tx.now, on=channel in since))

    async def _moved(self, tx: Tx, before: str | None, by: str) -> None:
        """Where there is another inbox channel now, every conversation gets a header there with its next text.

        In the threads of the old one nothing goes out any more, which is said there where it did.
        """
        now = await self._setup.inbox_channel(tx)
        if before is not None and now is not None and before != now:
            direct_ones = await self._setup.direct_channels(tx)
            if before in direct_ones:
                await self._switch(tx, [channel for channel in direct_ones if channel != before], by)
            await rows.leave_channel(tx, before)
            await self._ledger.release_channel(tx, posts.bucket(before), posts.bucket(now), posts.OF_INBOX)

    async def release(self, tx: Tx) -> None:
        """What waited for a channel to be named goes there, where there is one now."""
        inbox = await self._setup.inbox_channel(tx)
        if inbox is not None:
            await self._ledger.release_channel(tx, posts.NO_CHANNEL, posts.bucket(inbox), posts.OF_INBOX)
        broadcasts = await self._setup.broadcasts_channel(tx)
        if broadcasts is not None:
            await self._ledger.release_channel(tx, posts.NO_CHANNEL, posts.bucket(broadcasts), posts.OF_BROADCASTS)
