"""The Clearstream stand-in: a whole text-message line on a loopback socket, and the hands that play its people."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.sandbox.clearstream import audience, inbox, incoming, model
from bot.sandbox.clearstream.line import Line, Oddities, Pace
from bot.sandbox.clearstream.model import ContactList, Headed, Keyword, PhoneText, Reply, State, Subscriber, User
from bot.sandbox.clearstream.sending import settle
from bot.sandbox.clearstream.trouble import set_trouble, trouble
from bot.sandbox.clearstream.webhooks import Webhooks
from bot.sandbox.clearstream.wire import ROOT, Wire
from bot.sandbox.life import StandIn


def _utc_now() -> datetime:
    return datetime.now(UTC)


class ClearstreamStandIn(StandIn):
    """A line that answers as the API document says, and that can be texted, watched, wound and broken.

    ``now`` gives aware UTC; all that takes time follows it and shows at the next look or request, and at the
    latest ``tick_seconds`` (real ones; None: never by itself) later. A fresh line has one user, its owner.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = _utc_now,
        api_key: str = "sandbox-key",
        pace: Pace | None = None,
        odd: Oddities | None = None,
        tick_seconds: float | None = 0.25,
    ) -> None:
        super().__init__(now, tick_seconds)
        self.line = Line(State(), now, pace or Pace(), odd or Oddities())
        self.add_user("Robert", "robert@blue.sushi", owner=True)
        self.webhooks = Webhooks(self.line, self._changed)
        self._wire = Wire(self.line, self.faults, self.log, api_key, self._changed)

    # Running

    async def stop(self) -> None:
        """Stop listening, and give up the webhooks under way; see :meth:`StandIn.stop`."""
        await self.webhooks.stop()
        await super().stop()

    def _app(self) -> web.Application:
        return self._wire.app()

    @property
    def url(self) -> str:
        """The API's root, for a client's settings; keeps naming the last port after :meth:`stop`."""
        return f"{self.origin}{ROOT}"

    @property
    def api_key(self) -> str:
        """The key requests must carry; setting another one revokes the old."""
        return self._wire.api_key

    @api_key.setter
    def api_key(self, key: str) -> None:
        self._wire.api_key = key

    # Watching

    @property
    def state(self) -> State:
        """Everything the line remembers."""
        return self.line.state

    @property
    def odd(self) -> Oddities:
        """The line's liberties; set its fields."""
        return self.line.odd

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        if settle(self.line):
            self._changed()

    def phone(self, number: str) -> list[PhoneText]:
        """What the phone with that number shows, oldest first."""
        self.settle()
        return list(self.state.phones.get(number, ()))

    # Keeping

    def dump(self) -> dict[str, Any]:
        """Everything the line remembers, as values that ``json.dumps`` takes; see :meth:`load`."""
        return model.dump(self.state)

    def load(self, dumped: dict[str, Any]) -> None:
        """Go on from a :meth:`dump`; raises pydantic's ``ValidationError`` for anything else."""
        self.line.state = model.load(dumped)
        self._changed()

    # People

    def receive(self, number: str, text: str) -> Reply | None:
        """``number`` texts the line; the reply it became, or None for a bare keyword, STOP and the like.

        Webhooks are sent without waiting (``await webhooks.settled()`` does). Raises ``ValueError`` for a number
        that is not in E.164 and for an empty text.
        """
        came = incoming.receive(self.line, number, text)
        self.webhooks.fire(came, text)
        self._changed()
        return came.reply

    def site_reply(self, thread_id: int, text: str, user: str | None = None) -> Reply:
        """A user (by e-mail address; the owner if None) answers on Clearstream's own site, which also marks it read.

        Raises ``Refusal`` as the API would, ``LookupError`` for an unknown user.
        """
        settle(self.line)
        author = self.state.owner() if user is None else self._user(user)
        reply = inbox.answer(self.line, thread_id, text, author)
        self.state.threads[thread_id].unread = False
        settle(self.line)
        self._changed()
        return reply

    def site_read(self, thread_id: int) -> None:
        """Somebody looks at a thread on Clearstream's own site, which marks it read."""
        inbox.thread_of(self.state, thread_id).unread = False
        self._changed()

    def site_delete(self, thread_id: int) -> None:
        """Somebody deletes a thread on Clearstream's own site."""
        inbox.forget(self.state, thread_id)
        self._changed()

    def thread_id(self, number: str) -> int | None:
        """The id of the thread with that number, or None."""
        thread = inbox.thread_with(self.state, number)
        return None if thread is None else thread.id

    def set_reachable(self, number: str, *, reachable: bool) -> None:
        """Whether texts to that number arrive; those that do not are FAILED."""
        if reachable:
            self.state.unreachable.discard(number)
        else:
            self.state.unreachable.add(number)
        self._changed()

    @property
    def trouble(self) -> str:
        """What is to become of the next broadcast (see ``trouble.TROUBLES``); empty for nothing special."""
        return trouble(self.faults)

    @trouble.setter
    def trouble(self, name: str) -> None:
        set_trouble(self.faults, name)
        self._changed()

    def _user(self, email: str) -> User:
        for user in self.state.users:
            if user.email == email:
                return user
        raise LookupError(f"no user {email}")

    # Furnishing

    def add_user(self, name: str, email: str, *, owner: bool = False) -> User:
        """Another user of the account; a new owner takes the place of the old."""
        if owner:
            for other in self.state.users:
                other.owner = False
        user = User(self.state.next_id("user"), name, email, owner=owner, notify_reply=owner, notify_opt_in=owner)
        self.state.users.append(user)
        return user

    def add_list(self, name: str) -> ContactList:
        """A list; raises ``Refusal`` when the name is taken."""
        return audience.add_list(self.state, name)

    def add_subscriber(
        self,
        number: str,
        first: str | None = None,
        last: str | None = None,
        *,
        email: str | None = None,
        lists: list[int] | None = None,
        status: str = model.ACTIVE,
    ) -> Subscriber:
        """Somebody who has been there for long, or (for a known number) new particulars of them."""
        subscriber = Subscriber(number, status, first, last, email, list(lists or ()))
        self.state.subscribers[number] = subscriber
        return subscriber

    def add_keyword(
        self, name: str, *, lists: list[int] | None = None, autoresponse: tuple[str, str] | None = None
    ) -> Keyword:
        """A keyword that opts in to ``lists`` (when given) and always answers (header, body)."""
        text = None if autoresponse is None else Headed(*autoresponse)
        keyword = Keyword(name, text, "ALWAYS" if text else None, lists is not None, list(lists or ()))
        self.state.keywords[name.casefold()] = keyword
        return keyword
