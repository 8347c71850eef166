"""Messages in threads: taken as texts where the channel is in **Direct mode**, and otherwise left alone."""

from typing import Any

from bot.services.direct import Direct, Written
from bot.store.engine import Store

_WRITTEN = (None, "file_share", "thread_broadcast", "me_message")
"""The subtypes of what a person wrote."""

_CHANGED, _DELETED = "message_changed", "message_deleted"


class DirectListeners:
    """What happens on events of messages. Each may be delivered several times; it is done once."""

    def __init__(self, store: Store, direct: Direct) -> None:
        self._store = store
        self._direct = direct

    async def message(self, event: dict[str, Any]) -> None:
        """A message was written, changed or deleted."""
        subtype = event.get("subtype")
        if subtype == _CHANGED:
            await self._changed(event)
        elif subtype == _DELETED:
            await self._deleted(event)
        elif subtype in _WRITTEN and _by_a_person(event) and event.get("thread_ts") not in (None, event["ts"]):
            await self._wrote(_written(event))

    async def _wrote(self, written: Written) -> None:
        # Most messages stay in Slack: only what is to leave takes a place among the writers.
        async with self._store.read() as tx:
            conversation_id = await self._direct.meant(tx, written)
        if conversation_id is None:
            return
        async with self._store.write() as tx:
            await self._direct.take(tx, conversation_id, written)

    async def _changed(self, event: dict[str, Any]) -> None:
        """By a person: Slack also reports what it adds itself, such as the preview of a link."""
        now, before = event.get("message") or {}, event.get("previous_message") or {}
        if not _by_a_person(now) or now.get("text") == before.get("text"):
            return
        await self._of_taken(event, str(now.get("ts")), str((now.get("edited") or {}).get("ts") or event["ts"]))

    async def _deleted(self, event: dict[str, Any]) -> None:
        if _by_a_person(event.get("previous_message") or {}):
            await self._of_taken(event, str(event.get("deleted_ts")), None)

    async def _of_taken(self, event: dict[str, Any], ts: str, edited_at: str | None) -> None:
        async with self._store.read() as tx:
            taken = await self._direct.known(tx, str(event["channel"]), ts)
        if taken is None:
            return
        async with self._store.write() as tx:
            if edited_at is None:
                await self._direct.deleted(tx, taken)
            else:
                await self._direct.edited(tx, taken, edited_at)


async def unheard(event: dict[str, Any]) -> None:
    """A message where there is no line to send it on."""


def _by_a_person(message: dict[str, Any]) -> bool:
    return bool(message.get("user")) and not message.get("bot_id")


def _written(event: dict[str, Any]) -> Written:
    return Written(
        channel=str(event["channel"]),
        ts=str(event["ts"]),
        thread_ts=str(event["thread_ts"]),
        by=str(event["user"]),
        text=str(event.get("text") or ""),
        files=bool(event.get("files")),
    )
