"""Texting one person: an answer in a conversation, or a message to a number without one."""

from dataclasses import dataclass

from bot.errors import Gone
from bot.operations.ledger import Ledger
from bot.operations.model import Intention, Operation
from bot.services import record
from bot.services.conversations import Conversations
from bot.store import conversations as rows
from bot.store.engine import Tx

REPLY = "sms.reply"
MESSAGE = "sms.message"


@dataclass(frozen=True)
class Typed:
    """A text somebody pressed **Send** on. ``draft`` is the id minted with the modal: one draft, one text.

    ``stands_at`` is the Slack message (channel, ``ts``) it was written as, where that was in the thread itself.
    """

    draft: str
    text: str
    by: str
    stands_at: tuple[str, str] | None = None


def lane(number: str) -> str:
    """Texts to one number leave in order."""
    return f"sms:{number}"


def reply_key(draft: str) -> str:
    """The unique key of a draft's reply."""
    return f"reply:{draft}"


class Texts:
    """Asks for texts to leave; each in the caller's transaction, with the record of it."""

    def __init__(self, ledger: Ledger, conversations: Conversations) -> None:
        self._ledger = ledger
        self._conversations = conversations

    async def sent_already(self, tx: Tx, draft: str) -> bool:
        """Whether a draft's **Send** was pressed before."""
        return await self._ledger.by_key(tx, reply_key(draft)) is not None

    async def under_way(self, tx: Tx, number: str) -> list[Operation]:
        """Replies to a number that are out, or whose fate is open."""
        return await self._ledger.in_doubt(tx, REPLY, lane(number))

    async def reply(self, tx: Tx, conversation_id: int, typed: Typed) -> bool:
        """Answer in a conversation, and claim it where nobody has; False where this draft was sent already.

        Where the answer ends without being sent, so does the claim.
        """
        row = await rows.get(tx, conversation_id, lock=True)
        if row is None or row["gone_at"] is not None:
            raise Gone("This conversation was deleted in Clearstream. Nothing was sent.")
        intention = Intention(
            kind=REPLY,
            key=reply_key(typed.draft),
            payload={
                "conversation": conversation_id,
                "text": typed.text,
                "claims": row["claimed_by"] is None,
                "stands_at": typed.stands_at,
            },
            lane=lane(row["number"]),
            asked_by=typed.by,
            marker=await rows.newest_reply_id(tx, conversation_id),
        )
        if not await self._ledger.ask(tx, intention):
            return False
        await record.write(
            tx,
            actor=typed.by,
            act="reply",
            subject=row["number"],
            outcome="asked",
            operation_key=intention.key,
            detail={"text": typed.text},
        )
        await self._conversations.answering(tx, row, typed.by, intention.key)
        return True

    async def message(self, tx: Tx, number: str, header: str, typed: Typed) -> bool:
        """Text a number that has no conversation; False where this draft was sent already."""
        intention = Intention(
            kind=MESSAGE,
            key=reply_key(typed.draft),
            payload={"number": number, "header": header, "text": typed.text},
            lane=lane(number),
            asked_by=typed.by,
        )
        if not await self._ledger.ask(tx, intention):
            return False
        await record.write(
            tx,
            actor=typed.by,
            act="text",
            subject=number,
            outcome="asked",
            operation_key=intention.key,
            detail={"text": typed.text, "header": header},
        )
        return True


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same to a person: white space at the ends does not count."""
    return one.strip() == other.strip()
