"""Messages between members ("Messages" in the document)."""

from bot.clarity.checks import message_problem, refuse
from bot.clarity.endpoints import Endpoints
from bot.clarity.models import Conversation, Correspondence, Message


class MessageEndpoints(Endpoints):
    """GET /messages, GET and POST /messages/<member id>."""

    async def conversations(self) -> tuple[Conversation, ...]:
        """With whom this member exchanged messages, each with the last one and how many are unread."""
        return await self._all(Conversation, "/messages")

    async def messages(self, member_id: int) -> Correspondence:
        """The last 50 messages with another member."""
        return await self._one(Correspondence, "GET", "/messages/{member_id}", {"member_id": member_id})

    async def send_message(self, member_id: int, message: str) -> Message:
        """Write to another member.

        Raises Invalid with ``fields`` for an empty message; MaybeSent when nobody can tell whether it went out.
        """
        refuse(message=message_problem(message))
        return await self._one(
            Message, "POST", "/messages/{member_id}", {"member_id": member_id}, form={"message": message}
        )
