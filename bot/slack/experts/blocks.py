"""How experts, needs, organizations and Clarity messages look in Slack. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.clarity.models import Conversation, Member, Message, Need, Organization
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.blocks import Block

PAGE = 10
_NEEDS = 11
_QUOTED = 3000


def money(dollars: Decimal | None) -> str:
    """Dollars as people write them."""
    return "unknown" if dollars is None else f"${dollars:,.2f}"


def rate(member: Member) -> str:
    """What an hour with an expert costs."""
    if member.hourly_rate is None:
        return "rate unknown"
    return "free" if member.hourly_rate == 0 else f"{money(member.hourly_rate)} per hour"


def found(members: Sequence[Member], words: str, offset: int, matches: int | None) -> list[Block]:
    """``/expert search``: experts as cards, ten at a time."""
    if not members:
        nothing = f"No expert found for “{words}”." if not offset else "There are no more."
        return [
            {"type": "section", "text": b.plain(nothing)},
            b.context(b.mrkdwn("Try a topic, a trade or a place: `/expert search pricing`.")),
        ]
    last = offset + len(members)
    many = "Experts" if matches is None else f"{matches:,} experts" if matches != 1 else "1 expert"
    blocks: list[Block] = [
        {"type": "section", "text": b.plain(f"{many} for “{words}”: {offset + 1} to {last}")},
        {"type": "carousel", "elements": [card(member) for member in members[:PAGE]]},
    ]
    if matches is None or last < matches:
        value = ids.OfSearch(words=b.cut(words, 300), offset=offset + PAGE).pack()
        blocks.append(b.actions([b.button("More", ids.MORE, value)]))
    return blocks


def in_modal(members: Sequence[Member], words: str, matches: int | None) -> list[Block]:
    """The same in a modal, which holds no cards."""
    if not members:
        return found(members, words, 0, matches)
    blocks: list[Block] = []
    for number, member in enumerate(members[:PAGE]):
        bio = b.cut(" ".join((member.bio or "").split()), 200)
        about = f"{member.name}\n{rate(member)} · {member.location or ''}\n{bio}"
        block: Block = {"type": "section", "text": b.plain(about)}
        photo = picture(member)
        value = ids.OfMember(member=member.id).pack()
        presses = [b.button("Request call", ids.REQUEST_CALL, value), b.button("Profile", ids.PROFILE, value)]
        blocks += [block if photo is None else {**block, "accessory": photo}]
        blocks.append(b.actions(presses, block_id=f"found:{number}"))
    if matches is not None and matches > len(members):
        blocks.append(b.context(b.mrkdwn(f"{matches:,} in all: `/expert search` turns the pages.")))
    return blocks


def found_text(members: Sequence[Member], words: str) -> str:
    """The same where no cards are shown."""
    listed = [" · ".join(part for part in _brief(member) if part) for member in members]
    return b.escape("\n".join([f"Experts for “{words}”:", *listed]) if listed else f"No expert found for “{words}”.")


def _brief(member: Member) -> tuple[str | None, ...]:
    bio = b.cut(" ".join((member.bio or "").split()), 120)
    shown = f"/expert show {member.screen_name or member.id}"
    return member.name, rate(member), member.location, bio, shown


def card(member: Member) -> Block:
    """One expert: photo, name, rate, place, bio, and two buttons."""
    value = ids.OfMember(member=member.id).pack()
    block: Block = {
        "type": "card",
        "block_id": f"member:{member.id}",
        "title": b.plain(member.name or "", 150),
        "subtitle": b.plain(" · ".join(part for part in (rate(member), member.location) if part), 150),
        "actions": [
            b.button("Request call", ids.REQUEST_CALL, value, style="primary"),
            b.button("Profile", ids.PROFILE, value),
        ],
    }
    if member.bio:
        block["body"] = b.plain(" ".join(member.bio.split()), 200)
    if (photo := picture(member)) is not None:
        block["icon"] = photo
    return block


def picture(member: Member) -> Block | None:
    """The photo, where there is one that Slack can show."""
    url = member.image_url or ""
    if not url.startswith(("https://", "http://")) or len(url) > 3000:
        return None
    return {"type": "image", "image_url": url, "alt_text": b.cut(member.name or "photo", 200)}


def profile(member: Member, *, message: bool = True, share: bool = True) -> list[Block]:
    """``/expert show``: all there is to know, with what one can do."""
    about: Block = {"type": "section", "text": b.plain(_facts(member))}
    if (photo := picture(member)) is not None:
        about["accessory"] = photo
    blocks = [b.header(member.name or "Somebody"), about]
    if member.bio:
        blocks += b.quoted(b.cut(member.bio, _QUOTED))
    if member.expertise_body:
        blocks += b.quoted(b.cut(member.expertise_body, _QUOTED))
    value = ids.OfMember(member=member.id).pack()
    presses = [b.button("Request call", ids.REQUEST_CALL, value, style="primary")]
    if message:
        presses.append(b.button("Message", ids.MESSAGE_EXPERT, value))
    if share:
        presses.append(b.button("Share", ids.SHARE, value))
    blocks.append(b.actions(presses))
    return blocks


def _facts(member: Member) -> str:
    lines = [" · ".join(part for part in (rate(member), member.location) if part)]
    if member.total_calls is not None:
        length = f", {round(member.average_call_duration / 60)} min on average" if member.average_call_duration else ""
        lines.append(f"{member.total_calls:,} calls{length}")
    if member.charity_name:
        lines.append(f"For charity: {member.charity_name}")
    if member.timezone_label or member.timezone:
        lines.append(f"Time zone: {member.timezone_label or member.timezone}")
    if member.clarity_url:
        lines.append(member.clarity_url)
    return "\n".join(line for line in lines if line)


def needs(listed: Sequence[Need], people: Mapping[int, Member], mine: int | None) -> list[Block]:
    """``/expert needs``."""
    if not listed:
        return [b.section("Nobody in your organizations needs anything just now. Post one with `/expert need`.")]
    blocks: list[Block] = [b.section("*Needs in your organizations*")]
    for number, need in enumerate(listed[:_NEEDS]):
        blocks += [b.divider(), *_need(need, people, mine, number)]
    return [*blocks, *_left(len(listed) - _NEEDS, "need")]


def _left(more: int, what: str) -> list[Block]:
    """How many are not shown, where a message holds no more."""
    return [b.context(b.mrkdwn(f"And {more:,} more {what}{'s' * (more > 1)}."))] if more > 0 else []


def _need(need: Need, people: Mapping[int, Member], mine: int | None, number: int) -> list[Block]:
    who = people.get(need.requester_id or 0)
    about = [who.name if who and who.name else "Somebody", "would pay" if need.paid else "for free"]
    blocks: list[Block] = [
        {"type": "section", "text": b.plain(need.description or "")},
        b.context(b.plain(" · ".join(about), 300), *([b.mrkdwn(b.when(need.created_at))] if need.created_at else [])),
    ]
    if need.id is not None and need.requester_id != mine:
        value = ids.OfNeed(need=need.id, requester=need.requester_id or 0).pack()
        sure = b.confirm("Fulfill this need?", "This asks whoever posted it for a call.", "Fulfill", "Not now")
        sure.pop("style")
        blocks.append(b.actions([b.button("Fulfill", ids.FULFILL, value, confirm=sure)], block_id=f"need:{number}"))
    return blocks


def organizations(listed: Sequence[Organization]) -> list[Block]:
    """``/expert orgs``."""
    if not listed:
        return [b.section("This account is in no organization.")]
    blocks: list[Block] = [b.section("*Organizations*")]
    for one in listed[:20]:
        name = f"{one.name} (id {one.id})" if one.id is not None else (one.name or "")
        people = f"{len(one.member_ids):,} members" if one.member_ids else ""
        blocks.append({"type": "section", "text": b.plain(f"{name}\n{one.description or ''}\n{people}".strip())})
    return [*blocks, *_left(len(listed) - 20, "organization")]


def organization(one: Organization) -> list[Block]:
    """``/expert orgs <id>``: one with its members."""
    blocks: list[Block] = [b.header(one.name or "Organization")]
    if one.description:
        blocks += b.quoted(b.cut(one.description, _QUOTED))
    for start in range(0, min(len(one.members), 30), PAGE):
        blocks.append({"type": "carousel", "elements": [card(member) for member in one.members[start : start + PAGE]]})
    return [*blocks, *_left(len(one.members) - 30, "member")]


def conversations(listed: Sequence[Conversation]) -> list[Block]:
    """``/expert messages``."""
    if not listed:
        return [b.section("There are no Clarity messages yet. Write to an expert from their profile.")]
    blocks: list[Block] = [b.section("*Clarity messages*")]
    for number, talk in enumerate(listed[:15]):
        other, last = talk.other_member, talk.last_message
        unread = f" · {talk.unread_message_count} unread" if talk.unread_message_count else ""
        words = b.cut(last.text, 300) if last else ""
        value = ids.OfMember(member=other.id).pack()
        blocks += [
            b.divider(),
            {"type": "section", "text": b.plain(f"{other.name}{unread}\n{words}")},
            b.actions(
                [b.button("Reply", ids.TALK_REPLY, value), b.button("Show", ids.TALK_SHOW, value)],
                block_id=f"talk:{number}",
            ),
        ]
    return [*blocks, *_left(len(listed) - 15, "conversation")]


def conversation(other: Member, messages: Sequence[Message]) -> list[Block]:
    """``/expert messages <member>``: the last ones, oldest first."""
    blocks: list[Block] = [b.header(f"Clarity messages with {other.name}")]
    for message in messages[-15:]:
        who = other.name or "They" if message.member_id == other.id else "You"
        at = [b.mrkdwn(b.when(message.created_at))] if message.created_at else []
        blocks += [b.context(b.plain(who, 150), *at), *b.quoted(b.cut(message.text, _QUOTED))]
    if not messages:
        blocks.append(b.section("Nothing was written yet."))
    blocks.append(b.actions([b.button("Reply", ids.TALK_REPLY, ids.OfMember(member=other.id).pack(), style="primary")]))
    return blocks
