"""The kinds of operation of **Direct mode**: a message is taken, what went out is marked, the rest is said."""

from collections.abc import Awaitable, Callable, Sequence

from bot.operations.model import Absent, Done, Guard, Held, Kind, Operation, State, Superseded
from bot.services import direct
from bot.services.direct import Direct
from bot.slack import blocks as b
from bot.slack import words
from bot.slack.api import MENDABLE, SlackApi, SlackRefused
from bot.slack.direct.words import line
from bot.slack.posting import MEND, Drawn, Reach, Threaded, standing
from bot.store.engine import Tx

NameOf = Callable[[str], Awaitable[str | None]]
"""What a person is called."""

_MARK = "white_check_mark"
_GONE = frozenset({"message_not_found", "no_item_specified", "bad_timestamp"})


class TakeKind:
    """A message somebody wrote in a thread: read as it will arrive, then asked for as a reply.

    It has no effect of its own, so done twice it does no harm; the reply it asks for is one by its key.
    """

    name = direct.TAKE
    harmless = True
    patience = None
    looks: Sequence[float] = (1.0,)

    def __init__(self, taking: Direct, name_of: NameOf) -> None:
        self._direct = taking
        self._name_of = name_of

    async def marker(self, operation: Operation) -> int | None:
        """None: nothing leaves."""
        return None

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Read it: mentions by name, links by their address."""
        text = str(operation.payload["text"])
        names = {user_id: await self._name_of(user_id) for user_id in words.people_in(text)}
        guard()
        return Done(result={"text": words.plain(text, {user_id: name for user_id, name in names.items() if name})})

    async def find(self, operation: Operation) -> Done | Absent:
        """Read once more."""
        return Absent(certain=True)

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Let it leave, or say why not."""
        if operation.state is State.SENT:
            await self._direct.taken(tx, operation, str(operation.result["text"]))


class MarkKind:
    """A ✅ on a message that went out; put there twice it is there once."""

    name = direct.MARK
    harmless = True
    patience = None
    looks: Sequence[float] = (1.0,)

    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def marker(self, operation: Operation) -> int | None:
        """None: it is seen on the message itself."""
        return None

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Put it there."""
        payload = operation.payload
        guard()
        try:
            await self._api.call("reactions.add", channel=payload["channel"], timestamp=payload["ts"], name=_MARK)
        except SlackRefused as error:
            if error.code in _GONE:
                raise Superseded("The message is gone.") from error
            if error.code in MENDABLE:
                raise Held(f"Slack does not let Switchboard mark messages ({error.code}).", MEND) from error
            if error.code != "already_reacted":
                raise
        return Done()

    async def find(self, operation: Operation) -> Done | Absent:
        """Putting it there once more does no harm."""
        return Absent(certain=True)

    async def settled(self, tx: Tx, operation: Operation) -> None:
        """Nothing follows."""


class SayKind(Threaded):
    """A line under a conversation's header, or in a channel that was switched."""

    name = direct.SAY

    async def perform(self, operation: Operation, guard: Guard) -> Done:
        """Post it."""
        payload = operation.payload
        said = line(payload["what"], payload["by"], payload.get("reason", ""))
        conversation = await self.conversation(operation)
        if conversation is None:
            drawn = Drawn(await self.reach.place(payload.get("to")), said, [b.section(said)])
            answer = await self.reach.posted(operation, drawn, guard)
            return standing(drawn.channel, answer["ts"])
        channel = await self.channel(conversation)
        drawn = Drawn(channel, said, [b.section(said)], thread_ts=conversation.root_ts)
        answer = await self.under_header(operation, conversation, drawn, guard)
        return standing(channel, answer["ts"])

    async def find(self, operation: Operation) -> Done | Absent:
        """Look where it would stand."""
        if operation.payload.get("conversation") is not None:
            return await self.in_thread(operation)
        channel = await self.reach.place(operation.payload.get("to"))
        found = await self.reach.find(operation, channel, None)
        return standing(channel, found[0]) if found else Absent()


def kinds(reach: Reach, taking: Direct, name_of: NameOf) -> list[Kind]:
    """All of them."""
    return [TakeKind(taking, name_of), MarkKind(reach.api), SayKind(reach)]
