"""The kinds of operation that tell of calls, Clarity messages and needs in Slack."""

from dataclasses import dataclass

from bot.clarity.models import Conversation, Need
from bot.errors import UpstreamError
from bot.operations.model import Absent, Done, Guard, Held, Kind, Operation, State, Superseded
from bot.services import posts
from bot.services.accounts import Account, Accounts
from bot.services.calls import Calls, drawn_now
from bot.services.experts import Experts
from bot.services.followed import Followed, needs_drawing, reminder_differs
from bot.slack.api import SlackRefused
from bot.slack.blocks import Block
from bot.slack.calls import blocks, words
from bot.slack.directory import Directory
from bot.slack.posting import MEND, Drawn, Post, Reach, standing
from bot.store import clarity as rows
from bot.store.clarity import SHARED
from bot.store.engine import Row, Tx

_REMINDER = "reminder"
_WAITS = "waits"
"""How a reminder was drawn that offers **Connect**."""


@dataclass(frozen=True)
class Guests:
    """Whose accounts there are, who the members are, where calls are told, and who reads that."""

    accounts: Accounts
    experts: Experts
    calls: Calls
    directory: Directory


class _OfCall(Post):
    """What both kinds on a call share."""

    def __init__(self, reach: Reach, guests: Guests) -> None:
        super().__init__(reach)
        self.guests = guests

    async def followed(self, operation: Operation) -> Followed:
        """The call as it stands now; Superseded where it is not known."""
        payload = operation.payload
        return Followed.of(await self.row(payload["owner"], payload["call"]))

    async def row(self, owner: str, call_id: int) -> Row:
        """What is stored of a call; Superseded where it is not known."""
        async with self.reach.store.read() as tx:
            row = await rows.call(tx, owner, call_id)
        if row is None:
            raise Superseded
        return row

    async def account(self, owner: str) -> Account | None:
        """Whose it is."""
        return await self.guests.accounts.by_owner(owner)

    async def reads_along(self, owner: str) -> bool:
        """Whether somebody reads the calls channel, where what the shared account sees is told."""
        async with self.reach.store.read() as tx:
            channel = await self.guests.calls.place(tx, SHARED)
        return owner != SHARED and channel is not None and await self.guests.directory.is_in(owner, channel)

    async def told_for_all(self, owner: str) -> bool:
        """Whether somebody's own account is the shared one too, and they read in the calls channel what it sees."""
        own, shared = await self.account(owner), await self.account(SHARED)
        same = (
            own is not None and shared is not None and own.member_id is not None and own.member_id == shared.member_id
        )
        return same and await self.reads_along(owner)

    async def view(self, followed: Followed) -> blocks.View:
        """Whose account looks at it, now, and who takes part."""
        account = await self.account(followed.owner)
        wanted = [identity for identity in (followed.call.expert_id, followed.call.seeker_id) if identity is not None]
        people = (
            await self.guests.experts.by_id(account, wanted) if account else await self.guests.experts.known(wanted)
        )
        mine = account.member_id if account else None
        return blocks.View(followed.owner, mine, people, self.reach.store.clock.now())

    async def drawn(self, followed: Followed, channel: str) -> tuple[Drawn, str]:
        """Its message, and what of it is shown (``Followed.looks``)."""
        view = await self.view(followed)
        drawn = Drawn(channel, blocks.message_text(followed, view), blocks.message(followed, view))
        return drawn, followed.looks(view.now)


class CallKind(_OfCall):
    """The one message of a call."""

    name = posts.CALL

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it as the call stands now."""
        followed = await self.followed(operation)
        if followed.waits_for_us and await self.told_for_all(followed.owner):
            raise Superseded("It is told in the calls channel, where they read it.")
        channel = await self.reach.place(operation.payload["to"])
        drawn, shown = await self.drawn(followed, channel)
        answer = await self.reach.posted(operation, drawn, guard)
        return standing(channel, answer["ts"], shown)

    async def find(self, operation: Operation) -> Done | Absent:
        """Look where it would stand."""
        channel = await self.reach.place(operation.payload["to"])
        found = await self.reach.find(operation, channel, None)
        return standing(channel, found[0]) if found else Absent()

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Note where it stands; what changed meanwhile is drawn at once."""
        if operation.state is State.SENT:
            owner, call_id, result = operation.payload["owner"], operation.payload["call"], operation.result
            await drawn_now(tx, owner, call_id, result["drawn"])
            row = await rows.change_call(tx, owner, call_id, channel=result["channel"], ts=result["ts"])
            if row is not None and needs_drawing(row, tx.now):
                await self.reach.ledger.ask(tx, posts.call_update(owner, call_id, None))


class CallUpdateKind(_OfCall):
    """That message drawn anew."""

    name = posts.CALL_UPDATE

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Change it to how the call stands now."""
        row, now = await self.row(operation.payload["owner"], operation.payload["call"]), self.reach.store.clock.now()
        followed = Followed.of(row)
        if followed.channel is None or followed.ts is None or not needs_drawing(row, now):
            raise Superseded
        drawn, shown = await self.drawn(followed, followed.channel)
        guard()
        try:
            await self.reach.api.call(
                "chat.update", channel=followed.channel, ts=followed.ts, text=drawn.text, blocks=drawn.blocks
            )
        except SlackRefused as error:
            raise Superseded(f"Slack refused the change ({error.code}).") from error
        return Done(result={"drawn": shown})

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Note when its clock was right."""
        if operation.state is State.SENT:
            await drawn_now(tx, operation.payload["owner"], operation.payload["call"], operation.result["drawn"])

    async def find(self, operation: Operation) -> Done | Absent:
        """Drawing it once more does no harm."""
        return Absent(certain=True)


class ReminderUpdateKind(_OfCall):
    """A reminder drawn anew."""

    name = posts.REMINDER_UPDATE

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Change it to how the call stands now."""
        row, now = await self.row(operation.payload["owner"], operation.payload["call"]), self.reach.store.clock.now()
        if not reminder_differs(row, now):
            raise Superseded
        followed, place = Followed.of(row), row["data"]["reminder"]
        text, drawn = blocks.word(_REMINDER, followed, await self.view(followed))
        guard()
        try:
            await self.reach.api.call("chat.update", channel=place["channel"], ts=place["ts"], text=text, blocks=drawn)
        except SlackRefused as error:
            raise Superseded(f"Slack refused the change ({error.code}).") from error
        return Done(result={**place, "waits": followed.waits(now)})

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Note what it shows."""
        if operation.state is State.SENT:
            payload = operation.payload
            await self.guests.calls.reminder_shows(tx, payload["owner"], payload["call"], operation.result)

    async def find(self, operation: Operation) -> Done | Absent:
        """Drawing it once more does no harm."""
        return Absent(certain=True)


class WordKind(_OfCall):
    """Something a person is told of once."""

    name = posts.WORD

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Tell it."""
        if operation.payload["to"] is None:
            raise Held("No calls channel is set.", MEND)
        if await self._told_to_all(operation):
            raise Superseded("It is told in the calls channel, where they read it.")
        channel = await self.reach.place(operation.payload["to"])
        now = self.reach.store.clock.now()
        waits = operation.payload["what"] == _REMINDER and (await self.followed(operation)).waits(now)
        text, drawn = await self._words(operation)
        answer = await self.reach.posted(operation, Drawn(channel, text, drawn), guard)
        return standing(channel, answer["ts"], _WAITS if waits else None)

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Note where a reminder stands, so that it does not offer **Connect** for ever."""
        payload, result = operation.payload, operation.result
        if operation.state is State.SENT and payload["what"] == _REMINDER:
            shown = {"channel": result["channel"], "ts": result["ts"], "waits": result["drawn"] == _WAITS}
            await self.guests.calls.reminder_shows(tx, payload["owner"], payload["call"], shown)

    async def _told_to_all(self, operation: Operation) -> bool:
        """Whether whoever is to be told in private reads the same in the calls channel, already or soon."""
        payload = operation.payload
        what, owner = payload["what"], payload.get("owner", SHARED)
        if owner == SHARED or what == "refused":
            return False
        if what == "need":
            return await self.reads_along(owner) and await self._shared_too(operation)
        if what != "message" and not (await self.followed(operation)).waits_for_us:
            return False
        return await self.told_for_all(owner)

    async def _shared_too(self, operation: Operation) -> bool:
        """Whether a need is told for the shared account, or will be with its next poll."""
        key = operation.key.rpartition(":")[2]
        async with self.reach.store.read() as tx:
            told = await self.reach.ledger.by_key(tx, posts.word(None, "need", f"{SHARED}:{key}", {}).key)
            if told is not None or await rows.was_heard(tx, SHARED, "need", key):
                return told is not None
        shared = await self.account(SHARED)
        try:
            return shared is not None and Need.model_validate(operation.payload["need"]) in await shared.client.needs()
        except UpstreamError:
            return False  # told twice is better than not told

    async def _words(self, operation: Operation) -> tuple[str, list[Block]]:
        payload = operation.payload
        what, owner = payload["what"], payload.get("owner", "")
        if what == "message":
            return words.message(Conversation.model_validate(payload["talk"]), owner)
        if what == "need":
            need = Need.model_validate(payload["need"])
            account = await self.account(owner)
            wanted = [] if need.requester_id is None else [need.requester_id]
            people = await self.guests.experts.by_id(account, wanted) if account else {}
            return words.need(need, people.get(need.requester_id or 0), owner)
        if what == "refused":
            return words.refused(owner)
        followed = await self.followed(operation)
        return blocks.word(what, followed, await self.view(followed))

    async def find(self, operation: Operation) -> Done | Absent:
        """Look where it would stand."""
        channel = await self.reach.place(operation.payload["to"])
        found = await self.reach.find(operation, channel, None)
        return standing(channel, found[0]) if found else Absent()


def kinds(reach: Reach, guests: Guests) -> list[Kind]:
    """All of them."""
    return [kind(reach, guests) for kind in (CallKind, CallUpdateKind, ReminderUpdateKind, WordKind)]
