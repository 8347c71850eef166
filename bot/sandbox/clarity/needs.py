"""Needs: what members ask their organizations for."""

from bot.sandbox.clarity import calls, people
from bot.sandbox.clarity.model import Call, Member, Need
from bot.sandbox.clarity.refusal import invalid, not_found
from bot.sandbox.clarity.site import Site


def visible(site: Site, member: Member) -> list[Need]:
    """The needs of everybody in that member's organizations, and their own; the newest first."""
    fellows = people.fellows(site, member)
    return [need for need in reversed(site.state.needs.values()) if need.requester_id in fellows]


def post(site: Site, member: Member, description: str, *, paid: bool) -> Need:
    """``member`` needs something."""
    need = Need(site.state.next_id("need"), member.id, description, paid, site.now())
    site.state.needs[need.id] = need
    return need


def fulfill(site: Site, member: Member, need_id: int) -> Call:
    """``member`` offers a call to who posted the need: they are its expert, and it waits in their callback list.

    404 for a need they do not see; 422 for their own, and for one they have fulfilled already.
    """
    need = next((each for each in visible(site, member) if each.id == need_id), None)
    if need is None:
        raise not_found("need")
    if need.requester_id == member.id:
        raise invalid("You cannot fulfill your own need.")
    if member.id in need.fulfilled_by:
        raise invalid("You have already fulfilled this need.")
    need.fulfilled_by.append(member.id)
    return calls.offer(site, member, need.requester_id, need.description, paid=need.paid)
