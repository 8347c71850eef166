"""The model as it goes over the wire: each function gives one resource in the document's keys and order."""

from typing import Any

from bot.sandbox.clarity.model import (
    CANCELED,
    COMPLETED,
    Call,
    Member,
    Message,
    Need,
    Organization,
    wire_time,
)
from bot.sandbox.clarity.site import Site

Json = dict[str, Any]


def picture_url(site: Site, member: Member) -> str:
    """Where the stand-in serves that member's picture."""
    return f"{site.origin}/pictures/members/{member.id}.svg"


def short_member(site: Site, member: Member) -> Json:
    """A member inside something else (document: organizations, messages, search)."""
    return {
        "bio": member.bio,
        "clarity_url": f"{site.origin}/{member.screen_name}",
        "first_name": member.first_name,
        "hourly_rate": float(member.hourly_rate),
        "id": member.id,
        "image_url": picture_url(site, member),
        "last_name": member.last_name,
        "location": member.location,
        "name": member.name,
        "screen_name": member.screen_name,
    }


def long_member(site: Site, member: Member) -> Json:
    """A member's whole profile (document: members); it has no ``name``, and the rate is a string."""
    rate = float(member.hourly_rate)
    charity = member.charity
    done = [each for each in site.state.calls.values() if each.status == COMPLETED and each.expert_id == member.id]
    count = member.calls + len(done)
    seconds = member.calls * member.talk_seconds + sum(each.duration or 0 for each in done)
    return {
        "amount_generated_for_charity": charity.raised if charity else 0.0,
        "average_call_duration": seconds // count if count else 0,
        "average_response_time": member.response_seconds,
        "bio": member.bio,
        "charity_logo": f"{site.origin}/pictures/charities/{member.id}.svg" if charity else None,
        "charity_name": charity.name if charity else None,
        "charity_url": charity.url if charity else None,
        "clarity_url": f"{site.origin}/{member.screen_name}",
        "created_at": wire_time(member.created_at),
        "expertise_body": member.expertise,
        "facebook_profile_url": member.facebook,
        "first_name": member.first_name,
        "gender": member.gender,
        "hourly_rate": rate if site.odd.number_rates else str(rate),
        "id": member.id,
        "image_url": picture_url(site, member),
        "last_active_at": wire_time(member.seen_at),
        "last_name": member.last_name,
        "linkedin_profile_url": member.linkedin,
        "location": member.location,
        "profile_page_views_count": member.views,
        "public_social_connections": {
            "facebook": member.facebook is not None,
            "linkedin": member.linkedin is not None,
            "twitter": member.twitter is not None,
        },
        "screen_name": member.screen_name,
        "timezone": member.zone.name,
        "timezone_label": member.zone.label,
        "timezone_offset": member.zone.offset,
        "total_calls": count,
        "twitter_profile_url": f"https://twitter.example/{member.twitter}" if member.twitter else None,
        "updated_at": wire_time(member.seen_at),
        "verified_phone_number": True,
    }


def listed_call(call: Call) -> Json:
    """A call in a list, where the ended ones are ``completed`` (document: the four lists; fulfill)."""
    return {
        "created_at": wire_time(call.created_at),
        "canceled_by": call.canceled_by,
        "duration": call.duration,
        "expert_id": call.expert_id,
        "expires_at": wire_time(call.expires_at),
        "hourly_rate": float(call.hourly_rate),
        "id": call.id,
        "reason": call.reason,
        "seeker_id": call.seeker_id,
        "status": "completed" if call.status == COMPLETED else call.status,
        "updated_at": wire_time(call.updated_at),
    }


def single_call(site: Site, call: Call, status: str | None = None) -> Json:
    """A call by itself (document: one call, connect), with the status it has or is said to have."""
    shape = listed_call(call) | {"status": status or call.status}
    if site.odd.canceled_by_on_live and call.status not in (CANCELED, COMPLETED):
        shape["canceled_by"] = call.seeker_id
    return shape


def new_call(site: Site, call: Call) -> Json:
    """A call just requested, which has no status (document: POST /v1/calls)."""
    shape = single_call(site, call)
    del shape["status"]
    return shape


def _with_id(site: Site, number: int) -> Json:
    return {"id": number} if site.odd.ids else {}


def need_shape(site: Site, need: Need) -> Json:
    """A need (document: needs)."""
    return {
        **_with_id(site, need.id),
        "created_at": wire_time(need.created_at),
        "description": need.description,
        "paid": need.paid,
        "requester_id": need.requester_id,
    }


def _organization(site: Site, organization: Organization) -> Json:
    return {
        **_with_id(site, organization.id),
        "name": organization.name,
        "description": organization.description,
        "featured": organization.featured,
        "free_calls": organization.free_calls,
        "clarity_url": f"{site.origin}/{organization.slug}",
        "image_url": f"{site.origin}/pictures/organizations/{organization.id}.svg",
    }


def listed_organization(site: Site, organization: Organization) -> Json:
    """An organization in the list, with its members' ids."""
    return {**_organization(site, organization), "member_ids": list(organization.member_ids)}


def single_organization(site: Site, organization: Organization) -> Json:
    """An organization by itself, with its members."""
    members = [short_member(site, site.state.members[each]) for each in organization.member_ids]
    return {**_organization(site, organization), "members": members}


def message_shape(message: Message) -> Json:
    """One message; ``member_id`` is who wrote it."""
    return {
        "created_at": wire_time(message.at),
        "read": message.read,
        "message": message.text,
        "member_id": message.sender_id,
    }
