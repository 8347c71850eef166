"""Requests for calls and the calls they become ("Calls" in the document)."""

from bot.clarity.checks import expiry_problem, reason_problem, refuse
from bot.clarity.endpoints import Endpoints
from bot.clarity.models import Call, CallList


class CallEndpoints(Endpoints):
    """GET /calls/<list>, GET /calls/<id>, POST /calls and POST /calls/<id>/connect."""

    async def calls(self, which: CallList) -> tuple[Call, ...]:
        """The calls in one of the lists; ``callback`` are those that can be connected."""
        return await self._all(Call, f"/calls/{which}")

    async def requested_calls(self) -> tuple[Call, ...]:
        """All pending calls this member asked for."""
        return await self.calls("requested")

    async def callback_calls(self) -> tuple[Call, ...]:
        """All pending calls this member was asked for; they can be connected."""
        return await self.calls("callback")

    async def completed_calls(self) -> tuple[Call, ...]:
        """All calls that took place, on either side."""
        return await self.calls("completed")

    async def canceled_calls(self) -> tuple[Call, ...]:
        """All calls that were canceled, on either side."""
        return await self.calls("canceled")

    async def call(self, call_id: int) -> Call:
        """The call with this id, as it stands now, also while it moves; raises NotFound."""
        return await self._one(Call, "GET", "/calls/{id}", {"id": call_id})

    async def create_call(self, expert_id: int, reason: str, expires_in: int) -> Call:
        """Ask an expert for a call; the request expires in so many hours.

        Raises Invalid with ``fields`` for a reason that is empty or longer than 140 characters, and for hours out of
        range; MaybeSent when nobody can tell whether it was made.
        """
        refuse(reason=reason_problem(reason), expires_in=expiry_problem(expires_in))
        form = {"expert_id": str(expert_id), "reason": reason, "expires_in": str(expires_in)}
        return await self._one(Call, "POST", "/calls", form=form)

    async def connect_call(self, call_id: int) -> Call:
        """Have Clarity dial both sides of a call from ``callback``; follow it with ``call``.

        Raises MaybeSent when nobody can tell whether the telephones ring.
        """
        return await self._one(Call, "POST", "/calls/{id}/connect", {"id": call_id})
