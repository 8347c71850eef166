"""What members do by themselves, on Clarity's own site and on the phone."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.sandbox.clarity import calls, needs, people, talks
from bot.sandbox.clarity.model import PENDING, Call, Fate, Member, Message, Need, Organization, State
from bot.sandbox.clarity.refusal import Refusal
from bot.sandbox.clarity.site import Site
from bot.sandbox.life import StandIn

Who = int | str | Member
"""A member, or their id or screen name."""
Which = int | Call
"""A call, or its id."""


class Hands(StandIn):
    """One site and everybody on it. Each act is told to the listeners; unknown members and calls are ``LookupError``.

    What the site would refuse raises ``Refusal``, as the API would.
    """

    site: Site

    @property
    def state(self) -> State:
        """Everything the site remembers."""
        return self.site.state

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        if calls.settle(self.site):
            self._changed()

    def member(self, who: Who) -> Member:
        """That member."""
        if isinstance(who, Member):
            return who
        try:
            return people.by_id_or_name(self.site, str(who))
        except Refusal as refusal:
            raise LookupError(f"no member {who}") from refusal

    def call(self, which: Which) -> Call:
        """That call, as it is now."""
        self.settle()
        return self.state.calls[which.id if isinstance(which, Call) else which]

    # Calls

    def someone_requests(self, expert: Who, seeker: Who, reason: str, hours: int = 72) -> Call:
        """``seeker`` asks ``expert`` for a call within ``hours``."""
        call = calls.request(self.site, self.member(seeker), self.member(expert).id, reason, hours)
        self._changed()
        return call

    def someone_connects(self, which: Which) -> Call:
        """The expert connects the call on the site."""
        call = self.call(which)
        calls.connect(self.site, self.member(call.expert_id), call.id)
        self._changed()
        return call

    def someone_cancels(self, which: Which, who: Who | None = None) -> Call:
        """``who`` (the seeker if None) takes back or declines a pending call; ``ValueError`` once it is not pending."""
        call = self.call(which)
        calls.cancel(self.site, call, self._side(call, who))
        self._changed()
        return call

    def will_end(self, which: Which, fate: Fate, talk: timedelta | None = None) -> None:
        """Say how a pending call will end once connected, and how long they will speak (None: as usual).

        ``ValueError`` when it is connected already.
        """
        call = self.call(which)
        if call.status != PENDING:
            raise ValueError(f"call {call.id} is {call.status}")
        call.fate, call.talk = fate, talk
        self._changed()

    def hang_up(self, which: Which, who: Who | None = None) -> Call:
        """``who`` (the seeker if None) hangs up: completed if they spoke, else canceled; ``ValueError`` when over."""
        call = self.call(which)
        calls.hang_up(self.site, call, self._side(call, who))
        self._changed()
        return call

    def set_status(self, which: Which, status: str) -> Call:
        """The call is ``status`` from now on, be it one nobody knows, until it is set again or hung up."""
        call = self.call(which)
        calls.stop(self.site, call, status)
        self._changed()
        return call

    def _side(self, call: Call, who: Who | None) -> Member:
        member = self.member(call.seeker_id if who is None else who)
        if not call.concerns(member):
            raise LookupError(f"{member.screen_name} is not part of call {call.id}")
        return member

    # Messages and needs

    def someone_writes(self, sender: Who, to: Who, text: str) -> Message:
        """``sender`` writes to ``to``."""
        other = talks.other_of(self.site, self.member(sender), self.member(to).id)
        message = talks.send(self.site, self.member(sender), other, text)
        self._changed()
        return message

    def someone_reads(self, reader: Who, other: Who) -> None:
        """``reader`` looks at what ``other`` wrote."""
        talks.read(self.site, self.member(reader), self.member(other))
        self._changed()

    def someone_posts_need(self, requester: Who, description: str, *, paid: bool = False) -> Need:
        """``requester`` asks their organizations for something."""
        need = needs.post(self.site, self.member(requester), description, paid=paid)
        self._changed()
        return need

    def someone_fulfills(self, need: Need | int, expert: Who) -> Call:
        """``expert`` offers a call to who posted the need."""
        call = needs.fulfill(self.site, self.member(expert), need.id if isinstance(need, Need) else need)
        self._changed()
        return call

    # Furnishing

    def add_member(
        self,
        screen_name: str,
        first_name: str,
        last_name: str,
        *,
        rate: Decimal | float = 0,
        email: str | None = None,
        **particulars: Any,
    ) -> Member:
        """A new member; ``rate`` is in dollars per hour, ``particulars`` are further fields of :class:`Member`."""
        member = Member(
            id=self.state.next_id("member"),
            screen_name=screen_name,
            first_name=first_name,
            last_name=last_name,
            email=email or f"{screen_name}@example.com",
            hourly_rate=Decimal(str(rate)),
            **particulars,
        )
        self.state.members[member.id] = member
        self._changed()
        return member

    def add_organization(self, slug: str, name: str, description: str, members: Iterable[Who]) -> Organization:
        """A new organization of those members."""
        ids = [self.member(who).id for who in members]
        organization = Organization(self.state.next_id("organization"), slug, name, description, member_ids=ids)
        self.state.organizations[organization.id] = organization
        self._changed()
        return organization
