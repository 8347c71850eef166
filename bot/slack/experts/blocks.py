"""How experts, needs, organizations and Clarity messages look in Slack. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.clarity.models import Conversation, Member, Message, Need, Organization
from bot.services.accounts import Account
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.blocks import Block
from bot.store.clarity import SHARED

PAGE = 10
MEMBERS = 30
_NEEDS = 11
_QUOTED = 3000


def money(dollars: Decimal | None) -> str:
    """Dollars as people write them."""
    return "unknown" if dollars is None else f"${dollars:,.2f}"


def rate(member: Member) -> str:
    """What an hour with an expert costs."""
    return "rate unknown" if member.hourly_rate is None else hourly(member.hourly_rate)


def hourly(dollars: Decimal | None) -> str:
    """What an hour costs."""
    if dollars is None:
        return "unknown"
    return "free" if dollars == 0 else f"{money(dollars)} per hour"


def found(
    members: Sequence[Member], words: str, offset: int, matches: int | None, mine: int | None = None
) -> list[Block]:
    """``/expert search``: experts as cards, ten at a time. ``mine`` is the member who looks."""
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
        {"type": "carousel", "elements": [card(member, mine) for member in members[:PAGE]]},
    ]
    if matches is None or last < matches:
        value = ids.OfSearch(words=b.cut(words, 300), offset=offset + PAGE).pack()
        blocks.append(b.actions([b.button("More", ids.MORE, value)]))
    return b.apart(blocks)


def in_modal(members: Sequence[Member], words: str, matches: int | None, mine: int | None = None) -> list[Block]:
    """The same in a modal, which holds no cards."""
    if not members:
        return found(members, words, 0, matches)
    blocks: list[Block] = []
    for number, member in enumerate(members[:PAGE]):
        bio = b.cut(" ".join((member.bio or "").split()), 200)
        about = f"{member.name}\n{rate(member)} · {member.location or ''}\n{bio}"
        block: Block = {"type": "section", "text": b.plain(about)}
        photo = picture(member)
        presses = _presses(member, mine)
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


def card(member: Member, mine: int | None = None) -> Block:
    """One expert: photo, name, rate, place, bio, and two buttons."""
    block: Block = {
        "type": "card",
        "block_id": f"member:{member.id}",
        "title": b.plain(member.name or "", 150),
        "subtitle": b.plain(" · ".join(part for part in (rate(member), member.location) if part), 150),
        "actions": _presses(member, mine),
    }
    if member.bio:
        block["body"] = b.plain(" ".join(member.bio.split()), 200)
    if (photo := picture(member)) is not None:
        block["icon"] = photo
    return block


def _presses(member: Member, mine: int | None) -> list[Block]:
    """**Request call**, but not of oneself, and **Profile**."""
    value = ids.OfMember(member=member.id).pack()
    request = [] if member.id == mine else [b.button("Request call", ids.REQUEST_CALL, value, style="primary")]
    return [*request, b.button("Profile", ids.PROFILE, value)]


def picture(member: Member) -> Block | None:
    """The photo, where there is one that Slack can show."""
    url = b.web_address(member.image_url)
    if url is None:
        return None
    return {"type": "image", "image_url": url, "alt_text": b.cut(member.name or "photo", 200)}


def profile(member: Member, mine: int | None, *, message: bool = True, share: bool = True) -> list[Block]:
    """``/expert show``: all there is to know, with what one can do; nobody calls or writes to themselves (``mine``)."""
    about: Block = {"type": "section", "text": b.plain(_facts(member) or "Nothing more is known.")}
    if (photo := picture(member)) is not None:
        about["accessory"] = photo
    blocks = [b.header(member.name or "Somebody"), about]
    if member.bio:
        blocks += b.quoted(b.cut(member.bio, _QUOTED))
    if member.expertise_body:
        blocks += b.quoted(b.cut(member.expertise_body, _QUOTED))
    value = ids.OfMember(member=member.id).pack()
    presses = []
    if member.id != mine:
        presses.append(b.button("Request call", ids.REQUEST_CALL, value, style="primary"))
        presses += [b.button("Message", ids.MESSAGE_EXPERT, value)] if message else []
    presses += [b.button("Share", ids.SHARE, value)] if share else []
    if (url := b.web_address(member.clarity_url)) is not None:
        presses.append(b.link_button("On Clarity", ids.EXPERT_LINK, url))
    return [*blocks, b.actions(presses)] if presses else blocks


def _facts(member: Member) -> str:
    lines = [" · ".join(part for part in (rate(member), member.location) if part)]
    if member.total_calls is not None:
        length = f", {round(member.average_call_duration / 60)} min on average" if member.average_call_duration else ""
        lines.append(f"{member.total_calls:,} calls{length}")
    if member.charity_name:
        lines.append(f"For charity: {member.charity_name}")
    if member.timezone_label or member.timezone:
        lines.append(f"Time zone: {member.timezone_label or member.timezone}")
    return "\n".join(line for line in lines if line)


def needs(listed: Sequence[Need], people: Mapping[int, Member], account: Account) -> list[Block]:
    """``/expert needs``."""
    if not listed:
        return [b.section("Nobody in your organizations needs anything just now. Post one with `/expert need`.")]
    blocks: list[Block] = [b.section("*Needs in your organizations*")]
    for number, need in enumerate(listed[:_NEEDS]):
        blocks += [b.divider(), *_need(need, people, account, number)]
    return [*blocks, *_left(len(listed) - _NEEDS, "need")]


def _left(more: int, what: str) -> list[Block]:
    """How many are not shown, where a message holds no more."""
    return [b.context(b.mrkdwn(f"And {more:,} more {what}{'s' * (more > 1)}."))] if more > 0 else []


def _need(need: Need, people: Mapping[int, Member], account: Account, number: int) -> list[Block]:
    who = people.get(need.requester_id or 0)
    about = [who.name if who else "Somebody", "would pay" if need.paid else "for free"]
    blocks: list[Block] = [
        {"type": "section", "text": b.plain(need.description or "")},
        b.context(b.plain(" · ".join(about), 300), *([b.mrkdwn(b.when(need.created_at))] if need.created_at else [])),
    ]
    if need.id is not None and need.requester_id != account.member_id:
        blocks.append(b.actions([fulfill(need, account.owner, about[0])], block_id=f"need:{number}"))
    return blocks


def fulfill(need: Need, owner: str, who: str) -> Block:
    """**Fulfill**, on the account that sees the need; on the shared one it is for the team, and says so."""
    value = ids.OfNeed(need=need.id or 0, requester=need.requester_id or 0, owner=owner).pack()
    title = "Fulfill this need for the team?" if owner == SHARED else "Fulfill this need?"
    whose = "the shared Clarity account" if owner == SHARED else "your Clarity account"
    offer = f"This sets up a call between {b.cut(b.tame(who), 100)} and {whose}."
    sure = b.confirm(title, offer, "Fulfill", "Not now")
    sure.pop("style")
    return b.button("Fulfill", ids.FULFILL, value, confirm=sure)


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


def organization(one: Organization, members: Sequence[Member], mine: int | None) -> list[Block]:
    """``/expert orgs <id>``: one with its members, as many of them as are known."""
    blocks: list[Block] = [b.header(one.name or "Organization")]
    if one.description:
        blocks += b.quoted(b.cut(one.description, _QUOTED))
    shown = members[:MEMBERS]
    for start in range(0, len(shown), PAGE):
        cards = [card(member, mine) for member in shown[start : start + PAGE]]
        blocks.append({"type": "carousel", "elements": cards})
    return b.apart([*blocks, *_left(len(one.everybody) - len(shown), "member")])


def conversations(listed: Sequence[Conversation], owner: str) -> list[Block]:
    """``/expert messages``."""
    if not listed:
        return [b.section("There are no Clarity messages yet. Write to an expert from their profile.")]
    blocks: list[Block] = [b.section("*Clarity messages*")]
    for number, talk in enumerate(listed[:15]):
        other, last = talk.other_member, talk.last_message
        unread = f" · {talk.unread_message_count} unread" if talk.unread_message_count else ""
        words = b.cut(last.text, 300) if last else ""
        value = ids.OfMember(member=other.id, owner=owner).pack()
        blocks += [
            b.divider(),
            {"type": "section", "text": b.plain(f"{other.name}{unread}\n{words}")},
            b.actions(
                [b.button("Reply", ids.TALK_REPLY, value), b.button("Show", ids.TALK_SHOW, value)],
                block_id=f"talk:{number}",
            ),
        ]
    return [*blocks, *_left(len(listed) - 15, "conversation")]


def conversation(other: Member, messages: Sequence[Message], owner: str) -> list[Block]:
    """``/expert messages <member>``: the last ones, oldest first."""
    blocks: list[Block] = [b.header(f"Clarity messages with {other.name}")]
    for message in messages[-15:]:
        who = other.name if message.member_id == other.id else "The shared account" if owner == SHARED else "You"
        at = [b.mrkdwn(b.when(message.created_at))] if message.created_at else []
        blocks += [b.context(b.plain(who, 150), *at), *b.quoted(b.cut(message.text, _QUOTED))]
    if not messages:
        blocks.append(b.section("Nothing was written yet."))
    return [*blocks, b.actions([reply(other, owner)])]


def reply(other: Member, owner: str) -> Block:
    """**Reply**, on the account the message came to."""
    return b.button("Reply", ids.TALK_REPLY, ids.OfMember(member=other.id, owner=owner).pack(), style="primary")
