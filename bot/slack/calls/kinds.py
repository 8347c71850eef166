"""The kinds of operation that tell of calls, Clarity messages and needs in Slack."""

from dataclasses import dataclass

from bot.clarity.models import Call, Conversation, Member, Need
from bot.operations.model import Absent, Done, Guard, Held, Kind, Operation, State, Superseded
from bot.services import posts
from bot.services.accounts import HOW_TO_LOG_IN, Account, Accounts
from bot.services.calls import drawn_now, looks, needs_drawing
from bot.services.experts import Experts
from bot.services.followed import Followed
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.api import SlackRefused
from bot.slack.blocks import Block
from bot.slack.calls import blocks
from bot.slack.posting import MEND, Drawn, Post, Reach, standing
from bot.store import clarity as rows
from bot.store.engine import Row, Tx

_QUOTED = 3000


@dataclass(frozen=True)
class Guests:
    """Whose accounts there are, and who the members are."""

    accounts: Accounts
    experts: Experts


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

    async def drawn(self, followed: Followed, channel: str) -> Drawn:
        """Its message."""
        account = await self.account(followed.owner)
        wanted = [identity for identity in (followed.call.expert_id, followed.call.seeker_id) if identity is not None]
        people = await self.guests.experts.by_id(account, wanted) if account else {}
        mine = account.member_id if account else None
        now = self.reach.store.clock.now()
        text = blocks.message_text(followed, people, mine, now)
        return Drawn(channel, text, blocks.message(followed, people, mine, now))


class CallKind(_OfCall):
    """The one message of a call."""

    name = posts.CALL

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it as the call stands now."""
        channel = await self.reach.place(operation.payload["to"])
        row = await self.row(operation.payload["owner"], operation.payload["call"])
        drawn = await self.drawn(Followed.of(row), channel)
        answer = await self.reach.posted(operation, drawn, guard)
        shown = looks(Call.model_validate(row["data"]), self.reach.store.clock.now())
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
        drawn = await self.drawn(followed, followed.channel)
        guard()
        try:
            await self.reach.api.call(
                "chat.update", channel=followed.channel, ts=followed.ts, text=drawn.text, blocks=drawn.blocks
            )
        except SlackRefused as error:
            raise Superseded(f"Slack refused the change ({error.code}).") from error
        return Done(result={"drawn": looks(followed.call, now)})

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Note when its clock was right."""
        if operation.state is State.SENT:
            await drawn_now(tx, operation.payload["owner"], operation.payload["call"], operation.result["drawn"])

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
        channel = await self.reach.place(operation.payload["to"])
        text, drawn = await self._words(operation)
        answer = await self.reach.posted(operation, Drawn(channel, text, drawn), guard)
        return standing(channel, answer["ts"])

    async def _words(self, operation: Operation) -> tuple[str, list[Block]]:
        payload = operation.payload
        what = payload["what"]
        if what == "message":
            return _of_message(Conversation.model_validate(payload["talk"]))
        if what == "need":
            need = Need.model_validate(payload["need"])
            return await self._of_need(payload["owner"], need)
        if what == "refused":
            line = (
                f":warning: Clarity does not accept your login any more, so your calls are not watched. {HOW_TO_LOG_IN}"
            )
            return line, [b.section(line)]
        followed = await self.followed(operation)
        account = await self.account(followed.owner)
        wanted = [identity for identity in (followed.call.expert_id, followed.call.seeker_id) if identity is not None]
        people = await self.guests.experts.by_id(account, wanted) if account else {}
        mine, now = account.member_id if account else None, self.reach.store.clock.now()
        line = blocks.word_line(what, followed, people, mine, now)
        waiting = what == "reminder" and followed.waits_for(mine, now)
        return line, [b.section(line), *([b.actions([blocks.connect_button(followed)])] if waiting else [])]

    async def _of_need(self, owner: str, need: Need) -> tuple[str, list[Block]]:
        account = await self.account(owner)
        wanted = [need.requester_id] if need.requester_id is not None else []
        people = await self.guests.experts.by_id(account, wanted) if account else {}
        who = blocks.name(people, need.requester_id)
        paid = " and would pay" if need.paid else ""
        line = f":bulb: {b.escape(who)} posted a need{paid}. See them all with `/expert needs`."
        drawn: list[Block] = [b.section(line), *b.quoted(b.cut(need.description, _QUOTED))]
        if need.id is not None:
            value = ids.OfNeed(need=need.id, requester=need.requester_id or 0).pack()
            drawn.append(b.actions([b.button("Fulfill", ids.FULFILL, value)]))
        return f"{line} {b.escape(b.cut(need.description, _QUOTED))}", drawn

    async def find(self, operation: Operation) -> Done | Absent:
        """Look where it would stand."""
        channel = await self.reach.place(operation.payload["to"])
        found = await self.reach.find(operation, channel, None)
        return standing(channel, found[0]) if found else Absent()


def _of_message(talk: Conversation) -> tuple[str, list[Block]]:
    other: Member = talk.other_member
    words = b.cut(talk.last_message.text if talk.last_message else "", _QUOTED)
    unread = f" ({talk.unread_message_count} unread)" if talk.unread_message_count > 1 else ""
    line = f":speech_balloon: {b.escape(other.name)} wrote to you on Clarity{unread}:"
    reply = b.button("Reply", ids.TALK_REPLY, ids.OfMember(member=other.id).pack(), style="primary")
    return f"{line} {b.escape(words)}", [b.section(line), *b.quoted(words), b.actions([reply])]


def kinds(reach: Reach, guests: Guests) -> list[Kind]:
    """All of them."""
    return [CallKind(reach, guests), CallUpdateKind(reach, guests), WordKind(reach, guests)]
