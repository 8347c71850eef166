"""From what a person sees to HTML: the Jinja environment and the words its templates use."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import jinja2
from markupsafe import Markup

from bot.sandbox.page.emoji import with_emoji
from bot.sandbox.page.fields import chosen_options, chosen_values, element_id, field_name, local_moment
from bot.sandbox.page.mrkdwn import channel as channel_link
from bot.sandbox.page.mrkdwn import date, markdown, mention, mrkdwn, plain_text
from bot.sandbox.page.mrkdwn import link as outward
from bot.sandbox.page.screen import Screen
from bot.sandbox.slack.interactions import state_of
from bot.sandbox.slack.model import Json, Surface, User
from bot.sandbox.slack.render import render_text

Words = Callable[..., Any]


def environment() -> jinja2.Environment:
    """Templates of this package, with everything escaped that is not made here."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("bot.sandbox.page"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.globals |= {
        "asking": asking, "bars": bars, "chosen_options": chosen_options, "chosen_values": chosen_values,
        "element_id": element_id, "emoji": with_emoji, "field_name": field_name,
    }  # fmt: skip
    return made


def vocabulary(screen: Screen, pictures: str | None) -> dict[str, Words]:
    """What templates can say, for the person who reads; only pictures from the origin ``pictures`` are fetched."""
    reader, workspace, user = screen.reader, screen.workspace, screen.user

    def words(part: Json | None) -> Markup:
        if not part:
            return Markup()
        if part["type"] == "mrkdwn":
            return mrkdwn(part["text"], reader)
        return plain_text(part["text"], emoji=bool(part.get("emoji", True)))

    def plain(part: Json | None) -> str:
        return with_emoji(render_text(part, workspace.name_of)) if part else ""

    def confirming(dialog: Json | None) -> Markup:
        if not dialog:
            return Markup()
        title, text, yes, no = (plain(dialog[key]) for key in ("title", "text", "confirm", "deny"))
        return asking(title, text, yes, no, str(dialog.get("style", "primary")))

    def state(surface: Surface) -> Any:
        return state_of(surface, user.id)

    return {
        "act": lambda what, /, **values: act(what, **{"as": user.id, **values}),
        "confirming": confirming,
        "can_fetch": lambda url: pictures is not None and str(url or "").startswith(f"{pictures}/"),
        "directory": lambda kind: directory(screen, kind),
        "file_name": lambda file: workspace.files[file].name,
        "leading": lambda url: leading(url, screen),
        "local_moment": lambda seconds: local_moment(seconds, user.tz),
        "markdown": lambda text: markdown(text, reader),
        "mrkdwn": lambda text: mrkdwn(text, reader),
        "name_of": workspace.name_of,
        "names_of": lambda ids: ", ".join(workspace.name_of(each) for each in ids),
        "offered": lambda block, action: screen.person.offered.get((block, action), []),
        "plain": plain,
        "rights": lambda of: rights(screen, of),
        "rich_leaf": lambda leaf: rich_leaf(leaf, screen),
        "state_of": state,
        "words": words,
    }  # fmt: skip


def act(what: str, /, **values: str) -> Markup:
    """The attributes that make an element post an act."""
    return Markup('hx-post="/act/{}" hx-swap="none" hx-vals="{}"').format(what, json.dumps(values))


def asking(title: str, text: str, yes: str, no: str, style: str) -> Markup:
    """The attributes that make an element ask once more before it posts."""
    return Markup(
        'data-ask-title="{}" data-ask-text="{}" data-ask-yes="{}" data-ask-no="{}" data-ask-style="{}"'
    ).format(title, text, yes, no, style)


def leading(url: str | None, screen: Screen) -> Markup:
    """The attributes of a button that leads somewhere: within the page, or out of it."""
    if not url:
        return Markup()
    here = screen.where.inside(url, screen.workspace)
    return Markup('data-go="{}"').format(here) if here else Markup('data-open="{}"').format(url)


def directory(screen: Screen, kind: str) -> list[tuple[str, str]]:
    """Who or what a menu of people or channels offers: ids and names."""
    if kind == "users_select":
        return [(user.id, user.real_name) for user in screen.workspace.users.values() if not user.deleted]
    inside = {each.id for each in screen.person.channels()}
    return [
        (each.id, screen.bot.name if each.is_im else f"#{each.name}")
        for each in screen.workspace.channels.values()
        if not each.deleted and not each.is_archived and (each.id in inside or each.kind == "channel")
        if kind == "conversations_select" or each.kind == "channel"
    ]  # fmt: skip


def rich_leaf(leaf: Json, screen: Screen) -> Markup:
    """A leaf of rich text, without its style."""
    reader = screen.reader
    leaves: dict[str, Callable[[], Markup]] = {
        "user": lambda: mention(leaf["user_id"], reader),
        "channel": lambda: channel_link(leaf["channel_id"], reader),
        "link": lambda: outward(leaf["url"], leaf.get("text") or "", reader),
        "emoji": lambda: plain_text(f":{leaf['name']}:", emoji=True),
        "usergroup": lambda: plain_text(f"@{reader.name_of(leaf['usergroup_id'])}", emoji=False),
        "broadcast": lambda: plain_text(f"@{leaf['range']}", emoji=False),
        "date": lambda: date(leaf["timestamp"], leaf["format"], leaf.get("fallback", ""), reader),
    }
    draw = leaves.get(leaf["type"])
    return draw() if draw else plain_text(str(leaf.get("text", leaf.get("value", ""))), emoji=False)


def bars(chart: Json) -> Iterator[tuple[str, float, float]]:
    """Label, value and share of the greatest, for each point of a chart."""
    points = [(point["label"], point["value"]) for point in chart.get("segments", [])]
    points += [
        (f"{series['name']} {point['label']}", point["value"])
        for series in chart.get("series", [])
        for point in series["data"]
    ]
    greatest = max((value for _, value in points), default=0)
    for label, value in points:
        yield label, value, max(0, value) / greatest if greatest > 0 else 0


def rights(screen: Screen, user: User) -> str:
    """What the switch says of a person: an admin, or in which channels they are."""
    if user.is_admin:
        return "workspace admin"
    channels = screen.workspace.channels.values()
    return " ".join(f"#{each.name}" for each in channels if user.id in each.members and not each.is_im)
