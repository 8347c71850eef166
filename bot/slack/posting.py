"""Posting to Slack from the ledger: a message carries its operation's id, which is how a lost one is found again.

Posts are harmless: one not found is posted again, and should a twin turn up after all, it is deleted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog

from bot.errors import NotSent, UpstreamError
from bot.operations.ledger import Ledger
from bot.operations.model import Absent, Again, Before, Done, Guard, Held, Operation
from bot.services import posts
from bot.services.conversation_model import Conversation
from bot.services.conversations import Conversations
from bot.services.places import place_of
from bot.services.setup import Setup
from bot.slack.api import MENDABLE, SERVICE, SlackApi, SlackRefused
from bot.store import conversations as rows
from bot.store.engine import Store, Tx

log = structlog.get_logger(__name__)

EVENT = "switchboard_operation"
"""The type of the metadata that names an operation."""

MEND = timedelta(seconds=60)

_SHARED = ("C", "G")
"""How the ids of channels begin; where the bot is alone with somebody it is a D."""

_TOO_MUCH = frozenset({"invalid_blocks", "msg_blocks_too_long", "msg_too_long", "invalid_blocks_format"})
#: Said where the message to reply to is not there (any more).
NO_THREAD = frozenset({"thread_not_found", "message_not_found", "cannot_reply_to_message"})


@dataclass(frozen=True)
class Drawn:
    """A message ready to be posted: where, under which other, and what."""

    channel: str
    text: str
    blocks: list[dict[str, Any]]
    thread_ts: str | None = None
    broadcast: bool = False


@dataclass(frozen=True)
class Reach:
    """What every kind of post works with."""

    api: SlackApi
    store: Store
    ledger: Ledger
    setup: Setup
    conversations: Conversations
    private: dict[str, str] = field(default_factory=dict)

    async def post(self, operation: Operation, drawn: Drawn, guard: Guard) -> dict[str, Any]:
        """Post a message that carries the operation's id; Slack's answer. Blocks Slack cannot show become plain text.

        Raises Held where somebody must mend the channel or the installation first: a text is never given up.
        """
        arguments: dict[str, Any] = {
            "channel": drawn.channel,
            "text": drawn.text,
            "blocks": drawn.blocks,
            "thread_ts": drawn.thread_ts,
            "reply_broadcast": True if drawn.broadcast else None,
            "unfurl_links": False,
            "unfurl_media": False,
            "link_names": False,
            "metadata": {"event_type": EVENT, "event_payload": {"operation": operation.id}},
        }
        guard()
        try:
            return await self.api.call("chat.postMessage", **arguments)
        except SlackRefused as error:
            if error.code not in _TOO_MUCH:
                raise
            log.exception("slack.blocks_refused", kind=operation.kind, operation=operation.id, error=error.code)
            return await self.api.call("chat.postMessage", **{**arguments, "blocks": None, "text": drawn.text[:3900]})

    async def place(self, to: str | None) -> str:
        """The channel of a place: a channel is its own, a person has one with the bot. Raises Held for no place."""
        if to is None:
            raise Held("No channel is set for this.", MEND)
        if to[:1] not in ("U", "W"):
            return to
        if to not in self.private:
            answer = await self.api.call("conversations.open", users=to)
            self.private[to] = str(answer["channel"]["id"])
        return self.private[to]

    async def posted(self, operation: Operation, drawn: Drawn, guard: Guard) -> dict[str, Any]:
        """As ``post``, with every refusal a reason to wait.

        What a person must mend holds up the whole channel, unless another one was chosen meanwhile; anything else is
        about this one message, which is tried again ever more rarely while the others go on.
        """
        try:
            answer = await self.post(operation, drawn, guard)
        except SlackRefused as error:
            if error.code in NO_THREAD:
                raise
            if error.code in MENDABLE:
                await self._follow(operation, drawn.channel)
                raise Held(_why_held(error.code, drawn.channel), MEND) from error
            raise NotSent(f"Slack refused the message ({error.code}).", service=SERVICE, status=200) from error
        if operation.doubts:
            await self._delete_twins(operation, drawn, keep=str(answer["ts"]))
        return answer

    async def _follow(self, operation: Operation, channel: str) -> None:
        """Raises Again where posts of this kind go to another channel by now: all that waits for this one goes there.

        Who chose it could not send on what was on its way. What a person is told in private goes nowhere else, whether
        it names them or their direct messages.
        """
        waiting = operation.bucket
        if waiting is None or operation.payload.get("to") != channel or channel[:1] not in _SHARED:
            return
        async with self.store.read() as tx:
            kinds, chosen = await place_of(tx, self.setup, operation.kind)
        if chosen in (None, channel):
            return

        async def before(tx: Tx) -> None:
            await self.ledger.readdress(tx, waiting, chosen, posts.bucket(chosen), kinds)

        raise Again(before)

    async def _delete_twins(self, operation: Operation, drawn: Drawn, keep: str) -> None:
        """After a doubt: should the one that was not found stand there after all, take it away again; best effort."""
        try:
            found = await self.find(operation, drawn.channel, drawn.thread_ts)
        except UpstreamError as error:
            log.warning("slack.could_not_look_for_twins", operation=operation.id, error=type(error).__name__)
            return
        for ts in found:
            if ts != keep:
                await self.delete(drawn.channel, ts)

    async def find(self, operation: Operation, channel: str, thread_ts: str | None) -> list[str]:
        """Where messages with this operation's id stand, in the thread and in the channel."""
        found = [] if thread_ts is None else await self.threaded(operation, channel, thread_ts)
        found += carrying(operation, await self.api.call("conversations.history", **_since(operation, channel)))
        return list(dict.fromkeys(found))

    async def threaded(self, operation: Operation, channel: str, thread_ts: str) -> list[str]:
        """Where messages with this operation's id stand in a thread; nowhere where there is no such thread."""
        try:
            answer = await self.api.call("conversations.replies", ts=thread_ts, **_since(operation, channel))
        except SlackRefused as error:
            if error.code not in NO_THREAD:
                raise
            return []
        return carrying(operation, answer)

    async def delete(self, channel: str, ts: str) -> None:
        """Delete a message of ours; best effort."""
        try:
            await self.api.call("chat.delete", channel=channel, ts=ts)
        except UpstreamError as error:
            log.warning("slack.could_not_delete", error=type(error).__name__)


def standing(channel: str, ts: str, drawn: str | None = None) -> Done:
    """A message that stands in Slack; ``drawn`` is what it was drawn as, where that matters.

    Bound to the operation it is: of two that stand for one operation, the ledger knows which is one too many.
    """
    return Done(bound=f"slack:{channel}:{ts}", result={"channel": channel, "ts": ts, "drawn": drawn})


def _since(operation: Operation, channel: str) -> dict[str, Any]:
    """What to look through for an operation: all since shortly before it last left."""
    oldest = (operation.sent_at or operation.created_at) - timedelta(minutes=5)
    return {
        "channel": channel,
        "oldest": f"{oldest.timestamp():.6f}",
        "limit": 200,
        "include_all_metadata": "true",
    }


def carrying(operation: Operation, answer: dict[str, Any]) -> list[str]:
    """Which of the messages Slack answered carry this operation's id."""
    return [
        str(message["ts"])
        for message in answer.get("messages") or ()
        if (message.get("metadata") or {}).get("event_payload", {}).get("operation") == operation.id
    ]


def _why_held(code: str, channel: str) -> str:
    return f"Slack does not let Switchboard post to <#{channel}> ({code}). Invite it there, or choose another channel."


class Post:
    """What all posts share: harmless, never given up, looked for by their id."""

    harmless = True
    patience = None
    looks: Sequence[float] = (1.0,)

    def __init__(self, reach: Reach) -> None:
        self.reach = reach

    async def marker(self, operation: Operation) -> int | None:
        """None: a post is known by the id it carries."""
        return None

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Nothing follows."""

    async def undo(self, operation: Operation, done: Done) -> None:
        """Delete what was posted a second time, after a freeze."""
        ts = done.result.get("ts")
        conversation = await self.conversation(operation)
        channel = done.result.get("channel") or (conversation.channel if conversation else None)
        if ts and channel:
            await self.reach.delete(channel, ts)

    async def conversation(self, operation: Operation) -> Conversation | None:
        """The conversation the operation is about, as it stands now."""
        identity = operation.payload.get("conversation")
        if identity is None:
            return None
        async with self.reach.store.read() as tx:
            row = await rows.get(tx, identity)
        return None if row is None else Conversation.of(row)

    async def channel(self, conversation: Conversation | None) -> str:
        """Where it is posted; Held where no channel is set."""
        if conversation is not None and conversation.channel:
            return conversation.channel
        async with self.reach.store.read() as tx:
            chosen = await self.reach.setup.inbox_channel(tx)
        if chosen is None:
            raise Held("No inbox channel is set.", MEND)
        return chosen


class Threaded(Post):
    """A post under a conversation's header, which is made anew where somebody deleted it."""

    async def under_header(
        self, operation: Operation, conversation: Conversation, drawn: Drawn, guard: Guard
    ) -> dict[str, Any]:
        """Post it there; Slack's answer. Raises Again where a header must come first.

        Where the header was deleted Slack posts outside any thread: what landed there is taken away.
        """
        if drawn.thread_ts is None:
            raise Again(self._new_header(conversation))
        try:
            answer = await self.reach.posted(operation, drawn, guard)
        except SlackRefused as error:
            log.info("slack.header_gone", error=error.code)
            raise Again(self._new_header(conversation)) from error
        if not (answer.get("message") or {}).get("thread_ts"):
            await self.reach.delete(drawn.channel, str(answer["ts"]))
            raise Again(self._new_header(conversation))
        return answer

    def _new_header(self, conversation: Conversation) -> Before:
        async def before(tx: Tx) -> None:
            await self.reach.conversations.root_lost(tx, conversation.id, conversation.generation)

        return before

    async def in_thread(self, operation: Operation) -> Done | Absent:
        """Whether this post stands under the header; what landed outside or is a twin is taken away."""
        conversation = await self.conversation(operation)
        if conversation is None or conversation.channel is None or conversation.root_ts is None:
            return Absent()
        found = await self.reach.find(operation, conversation.channel, conversation.root_ts)
        if not found:
            return Absent()
        threaded = await self.reach.threaded(operation, conversation.channel, conversation.root_ts)
        for ts in found:
            if ts not in threaded[:1]:
                await self.reach.delete(conversation.channel, ts)
        return standing(conversation.channel, threaded[0]) if threaded else Absent()
