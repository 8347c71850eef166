"""Conversations and the texts in them ("Inbox" in the document, which calls a conversation a thread)."""

from collections.abc import AsyncIterator

from bot.clearstream import sms
from bot.clearstream.checks import Checks
from bot.clearstream.endpoints import Endpoints, every
from bot.clearstream.models import Page, Reply, Thread


class InboxEndpoints(Endpoints):
    """GET /threads, GET and DELETE /threads/<id>, GET and POST /threads/<id>/replies."""

    async def threads_page(self, page: int = 1, limit: int | None = None) -> Page[Thread]:
        """One page of conversations with how many are ``unread``; ``limit`` is 30 where None. No order is promised."""
        return await self._page(Thread, "/threads", page, limit)

    def threads(self) -> AsyncIterator[Thread]:
        """All conversations."""
        return every(self.threads_page)

    async def thread(self, thread_id: int) -> Thread:
        """The conversation with this id; raises NotFound."""
        return await self._one(Thread, "GET", "/threads/{id}", {"id": thread_id})

    async def replies_page(self, thread_id: int, page: int = 1, limit: int | None = None) -> Page[Reply]:
        """One page of a conversation's texts, newest first; ``limit`` is 30 where None."""
        return await self._page(Reply, "/threads/{id}/replies", page, limit, parts={"id": thread_id})

    def replies(self, thread_id: int) -> AsyncIterator[Reply]:
        """All texts of a conversation, newest first."""
        return every(lambda page: self.replies_page(thread_id, page))

    async def send_reply(self, thread_id: int, text: str) -> Reply:
        """Text the person of a conversation; at most 160 characters of the GSM alphabet.

        Raises Invalid with ``fields["text"]``; MaybeSent when nobody can tell whether it went out.
        """
        checks = Checks()
        checks.that(False, "text", sms.reply_problem(text))
        checks.done()
        return await self._one(Reply, "POST", "/threads/{id}/replies", {"id": thread_id}, form={"text": text})

    async def delete_thread(self, thread_id: int) -> None:
        """Delete a conversation."""
        await self._delete("/threads/{id}", {"id": thread_id})
