"""Texts to many, now or later, and to one person by number ("Messages" in the document)."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from bot.clearstream.checks import Checks, given, ids, schedule_form
from bot.clearstream.endpoints import Endpoints, every
from bot.clearstream.models import Message, Page


class MessageEndpoints(Endpoints):
    """GET and POST /messages, GET and DELETE /messages/<id>."""

    async def messages_page(self, page: int = 1, limit: int | None = None) -> Page[Message]:
        """One page of the account's messages; ``limit`` is 20 where None."""
        return await self._page(Message, "/messages", page, limit)

    def messages(self) -> AsyncIterator[Message]:
        """All messages of the account."""
        return every(self.messages_page)

    async def message(self, message_id: int) -> Message:
        """The message with this id; raises NotFound."""
        return await self._one(Message, "GET", "/messages/{id}", {"id": message_id})

    async def send_message(
        self,
        header: str,
        body: str,
        *,
        lists: Sequence[int] = (),
        subscribers: Sequence[str] = (),
        when: datetime | None = None,
        timezone: str | None = None,
        facebook: bool = False,
        twitter: bool = False,
    ) -> Message:
        """Send ``Header: Body`` to lists, or to active subscribers by number (E.164), now or at ``when``.

        ``when`` and the IANA ``timezone`` go together; a naive ``when`` is the clock on the wall there. Raises Invalid
        with ``fields`` by the document's parameter names; MaybeSent when nobody can tell whether it went out.
        """
        checks = Checks()
        checks.words(header, body, "message_")
        _check_recipients(checks, lists, subscribers)
        schedule = schedule_form(when, timezone, checks)
        checks.done()
        recipients = {"lists": ids(lists)} if lists else {"subscribers": ",".join(subscribers)}
        social = given(send_to_fb="1" if facebook else None, send_to_tw="1" if twitter else None)
        form = {"message_header": header, "message_body": body, **recipients, **schedule, **social}
        return await self._one(Message, "POST", "/messages", form=form)

    async def delete_message(self, message_id: int) -> None:
        """Cancel a scheduled message; raises Forbidden for one that has been sent."""
        await self._delete("/messages/{id}", {"id": message_id})


def _check_recipients(checks: Checks, lists: Sequence[int], subscribers: Sequence[str]) -> None:
    """Lists or subscribers, one of them: passed both, the service would leave the subscribers out."""
    checks.that(lists or subscribers, "lists", "Choose whom to send it to.")
    checks.that(not (lists and subscribers), "subscribers", "Choose either lists or single people, not both.")
    for number in subscribers:
        checks.number(number, "subscribers")
