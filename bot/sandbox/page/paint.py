"""From what a person sees to HTML: the Jinja environment and the words its templates use."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from bot.sandbox.page.charts import drawn
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

_KINDS = {"public": "channel", "private": "group", "im": "im"}
"""Conversations as a filter calls them, and as channels do."""


@cache
def environment() -> jinja2.Environment:
    """Templates of this package, with everything escaped that is not made here; compiled once for all pages."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("bot.sandbox.page"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.globals |= {
        "asking": asking, "chosen_values": chosen_values, "drawn": drawn, "element_id": element_id,
        "emoji": with_emoji, "field_name": field_name,
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

    def chosen_labels(value: Json) -> list[tuple[str, str]]:
        """What is chosen in a menu: values (or ids) and the words for them."""
        labels = {option["value"]: plain(option["text"]) for option in chosen_options(value)}
        labels |= {each["value"]: each["text"]["text"] for each in directory(screen, "conversations_select")}
        return [(each, labels.get(each) or workspace.name_of(each)) for each in chosen_values(value)]

    def groups_of(element: Json, at: Mapping[str, str]) -> list[tuple[str, list[Json]]]:
        """What a menu offers: options, by the words above them ("" for none)."""
        if "option_groups" in element:
            return [(plain(group["label"]), group["options"]) for group in element["option_groups"]]
        kind = element["type"].removeprefix("multi_")
        if kind == "external_select":
            return [("", screen.person.offered.get((at["block"], at["action"]), []))]
        return [("", element.get("options") or directory(screen, kind, element.get("filter")))]

    def state(surface: Surface) -> Any:
        return state_of(surface, user.id)

    return {
        "act": lambda what, /, **values: act(what, **{"as": user.id, **values}),
        "confirming": confirming,
        "chosen_labels": chosen_labels,
        "can_fetch": lambda url: pictures is not None and str(url or "").startswith(f"{pictures}/"),
        "file_name": lambda file: workspace.files[file].name,
        "groups_of": groups_of,
        "leading": lambda url: leading(url, screen),
        "local_moment": lambda seconds: local_moment(seconds, user.tz),
        "markdown": lambda text: markdown(text, reader),
        "mrkdwn": lambda text: mrkdwn(text, reader),
        "name_of": workspace.name_of,
        "names_of": lambda ids: ", ".join(workspace.name_of(each) for each in ids),
        "plain": plain,
        "rights": lambda of: rights(screen, of),
        "rich_leaf": lambda leaf: rich_leaf(leaf, screen),
        "state_of": state,
        "words": words,
    }  # fmt: skip


def act(what: str, /, **values: str) -> Markup:
    """The attributes that make an element post an act; what is answered is nothing to show."""
    return Markup("hx-post=\"/act/{}\" hx-vals='{}'").format(what, _compact(values))


def _compact(values: dict[str, str]) -> Markup:
    """JSON for an attribute in single quotes: a page has hundreds, and as entities their quotes are half of it."""
    text = json.dumps(values, separators=(",", ":"))
    for sign in "&<>'":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704  # nosec B704 # escaped above


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


def directory(screen: Screen, kind: str, only: Json | None = None) -> list[Json]:
    """Who or what a menu of people or channels offers, as options; ``only`` is the filter of one of conversations."""
    kinds = {_KINDS.get(each) for each in (only or {}).get("include", _KINDS)}
    if kind == "users_select":
        people = (user for user in screen.workspace.users.values() if not user.deleted)
        return [_option(user.id, user.real_name) for user in people]
    inside = {each.id for each in screen.person.channels()}
    return [
        _option(each.id, screen.bot.name if each.is_im else f"#{each.name}")
        for each in screen.workspace.channels.values()
        if not each.deleted and not each.is_archived and (each.id in inside or each.kind == "channel")
        if (each.kind in kinds if kind == "conversations_select" else each.kind == "channel")
    ]  # fmt: skip


def _option(identifier: str, name: str) -> Json:
    return {"text": {"type": "plain_text", "text": name, "emoji": False}, "value": identifier}


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


def rights(screen: Screen, user: User) -> str:
    """What the switch says of a person: an admin, or in which channels they are."""
    if user.is_admin:
        return "workspace admin"
    channels = screen.workspace.channels.values()
    return " ".join(f"#{each.name}" for each in channels if user.id in each.members and not each.is_im)
