"""Members: finding one or many, and the organizations they are in."""

import unicodedata
from collections.abc import Callable

from bot.sandbox.clarity.model import Member, Organization
from bot.sandbox.clarity.refusal import not_found
from bot.sandbox.clarity.site import Site

PAGE = 10
"""Members per page of a search (document: search)."""


def by_id_or_name(site: Site, who: str) -> Member:
    """The member with that id or screen name, or 404."""
    if who.isascii() and who.isdigit() and int(who) in site.state.members:
        return site.state.members[int(who)]
    return _first(site, lambda member: member.screen_name.casefold() == who.casefold())


def by_twitter(site: Site, handle: str) -> Member:
    """The member with that handle, written without ``@``, or 404."""
    return _first(site, lambda member: member.twitter is not None and member.twitter.casefold() == handle.casefold())


def by_email(site: Site, address: str) -> Member:
    """The member with that e-mail address, or 404."""
    return _first(site, lambda member: member.email.casefold() == address.casefold())


def _first(site: Site, fits: Callable[[Member], bool]) -> Member:
    for member in site.state.members.values():
        if fits(member):
            return member
    raise not_found("member")


def search(site: Site, words: str, offset: int) -> tuple[int, list[Member]]:
    """How many members have every one of ``words`` in their profile, and a page of them from ``offset`` on.

    Those who have them in their name come first, then by rank of calls given.
    """
    wanted = _plain(words).split()
    found = [member for member in site.state.members.values() if all(word in _profile(member) for word in wanted)]
    found.sort(key=lambda member: (not all(word in _plain(member.name) for word in wanted), -member.calls, member.id))
    return len(found), found[offset : offset + PAGE]


def _profile(member: Member) -> str:
    parts = (member.name, member.screen_name, member.bio, member.expertise, member.location)
    return _plain("\n".join(parts))


def _plain(text: str) -> str:
    """Without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def organizations_of(site: Site, member: Member) -> list[Organization]:
    """The organizations that member is in, by id."""
    return [each for each in site.state.organizations.values() if member.id in each.member_ids]


def organization_of(site: Site, member: Member, organization_id: int) -> Organization:
    """One of that member's organizations, or 404."""
    for each in organizations_of(site, member):
        if each.id == organization_id:
            return each
    raise not_found("organization")


def fellows(site: Site, member: Member) -> set[int]:
    """The ids of everybody who shares an organization with that member, and their own."""
    return {member.id}.union(*(each.member_ids for each in organizations_of(site, member)))
