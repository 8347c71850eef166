"""Organizations and what their members need ("Needs" and "Organizations" in the document)."""

from collections.abc import Sequence
from typing import Any

from bot.clarity.checks import description_problem, refuse
from bot.clarity.endpoints import Endpoints
from bot.clarity.models import Call, Need, Organization


class NeedEndpoints(Endpoints):
    """GET and POST /needs, POST /needs/<id>/fulfill."""

    async def needs(self) -> tuple[Need, ...]:
        """All needs of the members of this member's organizations."""
        return await self._all(Need, "/needs")

    async def create_need(self, description: str, *, paid: bool) -> Need:
        """Post a need, for all in this member's organizations to see; ``paid`` when they would pay.

        Raises Invalid with ``fields`` for an empty description; MaybeSent when nobody can tell whether it was posted.
        """
        refuse(description=description_problem(description))
        form = {"description": description, "paid": "true" if paid else "false"}
        answer = await self._ask("POST", "/needs", form=form)
        said = _posted(answer.body, description)
        if not said:
            raise self._api.senseless("POST", answer.status)
        return self._read(Need, said, "POST", answer)

    async def fulfill_need(self, need_id: int) -> Call:
        """Answer a need with a request for a call with whoever posted it.

        Raises MaybeSent when nobody can tell whether it was made.
        """
        return await self._one(Call, "POST", "/needs/{id}/fulfill", {"id": need_id})


class OrganizationEndpoints(Endpoints):
    """GET /organizations and /organizations/<id>."""

    async def organizations(self) -> tuple[Organization, ...]:
        """The organizations this member is part of, with their members' ids."""
        return await self._all(Organization, "/organizations")

    async def organization(self, organization_id: int | str) -> Organization:
        """One organization with its members; raises NotFound."""
        return await self._one(Organization, "GET", "/organizations/{id}", {"id": organization_id})


def _posted(body: Any, description: str) -> Any:
    """The need just posted: the answer itself, or the one of an array that says the same, else its first."""
    if not isinstance(body, list):
        return body if isinstance(body, dict) else None
    needs: Sequence[dict[str, Any]] = [item for item in body if isinstance(item, dict)]
    return next((need for need in needs if need.get("description") == description), needs[0] if needs else None)
