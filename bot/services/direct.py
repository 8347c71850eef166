"""**Direct mode**: what is written in a conversation's Slack thread goes out as a text, once per Slack message."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clearstream import sms
from bot.errors import Gone
from bot.operations.ledger import Ledger
from bot.operations.model import Intention, Operation, State
from bot.services import posts
from bot.services.setup import Setup
from bot.services.texts import Texts, Typed, reply_key
from bot.store import conversations as rows
from bot.store.engine import Tx

TAKE = "direct.take"
MARK = "slack.mark"
SAY = "slack.direct"

NOTE = "note:"
"""What a message begins with that stays in Slack."""

_DRESS = " \t\n\r\u00a0*_~`"
"""What Slack may put before the first word."""

_SKEW = timedelta(seconds=1)
_OUT = (State.SENDING, State.UNKNOWN, State.UNCONFIRMED)


@dataclass(frozen=True)
class Written:
    """A message somebody wrote in a Slack thread; ``text`` is as Slack has it, with its markup."""

    channel: str
    ts: str
    thread_ts: str
    by: str
    text: str
    files: bool = False


def is_note(text: str) -> bool:
    """Whether a message stays in Slack; however the word is written, and set bold or quoted."""
    return text.replace("&gt;", "").lstrip(_DRESS).lower().startswith(NOTE)


def draft_of(channel: str, ts: str) -> str:
    """The draft a Slack message is: delivered however often, it is one text."""
    return f"direct:{channel}:{ts}"


class Direct:
    """Takes what is written in threads, and follows it; each in the caller's transaction."""

    def __init__(self, ledger: Ledger, setup: Setup, texts: Texts) -> None:
        self._ledger = ledger
        self._setup = setup
        self._texts = texts

    async def meant(self, tx: Tx, written: Written) -> int | None:
        """The conversation a message is to go to as a text; None where it stays in Slack.

        What was written before the channel was switched stays there too, also where Slack delivers it late.
        """
        since = (await self._setup.direct_channels(tx)).get(written.channel)
        if since is None or is_note(written.text):
            return None
        if datetime.fromtimestamp(float(written.ts), UTC) < since - _SKEW:
            return None
        row = await rows.by_root(tx, written.channel, written.thread_ts)
        return None if row is None else int(row["id"])

    async def take(self, tx: Tx, conversation_id: int, written: Written) -> bool:
        """Take a message to be sent; False where that was done already."""
        payload = {"conversation": conversation_id, **vars(written)}
        intention = Intention(
            kind=TAKE,
            key=f"{TAKE}:{draft_of(written.channel, written.ts)}",
            payload=payload,
            lane=f"{TAKE}:{conversation_id}",
            asked_by=written.by,
        )
        return await self._ledger.ask(tx, intention)

    async def taken(self, tx: Tx, operation: Operation, text: str) -> None:
        """A message that was taken reads ``text``: let it leave, or say under the header why it does not."""
        payload, by = operation.payload, str(operation.asked_by)
        place = (payload["channel"], payload["ts"])
        if payload["files"] and not text:
            await self._say(tx, operation, "files only")
            return
        typed = Typed(draft_of(*place), text, by, place)
        problem = sms.reply_problem(text) or await self._reply(tx, payload["conversation"], typed)
        if problem is not None:
            await self._say(tx, operation, "not sent", problem)
        elif payload["files"]:
            await self._say(tx, operation, "words only")

    async def _reply(self, tx: Tx, conversation_id: int, typed: Typed) -> str | None:
        """Let it leave; why it does not, where that is so."""
        try:
            await self._texts.reply(tx, conversation_id, typed)
        except Gone as error:
            return str(error)
        return None

    async def known(self, tx: Tx, channel: str, ts: str) -> Operation | None:
        """The taking of a Slack message; None where it was not taken."""
        return await self._ledger.by_key(tx, f"{TAKE}:{draft_of(channel, ts)}")

    async def edited(self, tx: Tx, taken: Operation, at: str) -> None:
        """A message that was taken was changed in Slack (``at`` its ``ts``): say that the text is not.

        One that was taken and asked for no reply could not be sent as it was.
        """
        reply = await self._reply_of(tx, taken)
        state = reply.state if reply is not None else State.FAILED if taken.state is State.SENT else taken.state
        what = {State.SENT: "edited", State.FAILED: "edited unsent", State.CANCELLED: "edited unsent"}
        await self._say(tx, taken, what.get(state, "edited early"), at=at)

    async def deleted(self, tx: Tx, taken: Operation) -> None:
        """A message that was taken was deleted in Slack: it is kept from leaving where it has not; that is said."""
        reply = await self._reply_of(tx, taken)
        waiting = taken if reply is None else reply
        if await self._ledger.cancel(tx, waiting.id, "It was deleted in Slack before it left.") is not None:
            await self._say(tx, taken, "deleted unsent")
        elif reply is not None and reply.state in (State.SENT, *_OUT):
            await self._say(tx, taken, "deleted" if reply.state is State.SENT else "deleted early")

    async def _reply_of(self, tx: Tx, taken: Operation) -> Operation | None:
        return await self._ledger.by_key(tx, reply_key(draft_of(taken.payload["channel"], taken.payload["ts"])))

    async def _say(self, tx: Tx, taken: Operation, what: str, reason: str = "", at: str = "") -> None:
        payload = taken.payload
        said = {"what": what, "by": taken.asked_by, "reason": reason}
        intention = Intention(
            kind=SAY,
            key=f"{SAY}:{draft_of(payload['channel'], payload['ts'])}:{what}:{at}",
            payload={"conversation": payload["conversation"], **said},
            lane=posts.lane(payload["conversation"]),
            bucket=posts.bucket(payload["channel"]),
        )
        await self._ledger.ask(tx, intention)


def mark(channel: str, ts: str) -> Intention:
    """A ✅ on a message that went out."""
    return Intention(kind=MARK, key=f"{MARK}:{channel}:{ts}", payload={"channel": channel, "ts": ts})


def switched(channel: str, by: str, at: datetime, *, on: bool) -> Intention:
    """What everybody in a channel must know: that it was switched to **Direct mode**, or back."""
    return Intention(
        kind=SAY,
        key=f"{SAY}:{channel}:{at.timestamp():.6f}",
        payload={"to": channel, "what": "on" if on else "off", "by": by},
        bucket=posts.bucket(channel),
    )
