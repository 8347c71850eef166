"""Small pieces of Block Kit, as plain dicts. Pure. What strangers wrote goes in as ``plain_text`` only.

The limits are Slack's (Block Kit reference): sections 3,000 characters, headers 150, buttons 75, options 75.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

Block = dict[str, Any]

_SECTION = 3000
_HEADER = 150
_BUTTON = 75
_SHORT = 2000
_URL = 3000
_ADDRESS = re.compile(r"https?://[^\s<>\"|\\^`{}\x00-\x20\x7f-\xa0\ud800-\udfff]+", re.IGNORECASE)
_FIRST_YEAR = 2000
"""No text is older: an earlier time stands for one that could not be read."""
#: Invisible characters that turn text around or hide in it; strangers' names and texts are shown without them.
#: (The joiners U+200C and U+200D stay: scripts and emoji are written with them.)
_TRICKS = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

_NAMED = re.compile(r"&lt;(#C[A-Z0-9]+|@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+)&gt;")


def cut(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` characters, ending in … where something is missing."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def tame(text: str) -> str:
    """A stranger's text without characters that only serve to deceive the eye."""
    return _TRICKS.sub("", text)


def escape(text: str) -> str:
    """A stranger's text for a place that knows markup (the fallback ``text``): neither pings nor links."""
    return tame(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def reason(text: str) -> str:
    """Why something was not done: Clearstream's words or our own, which may name a channel and people who can."""
    return _NAMED.sub(r"<\1>", escape(text))


def plain(text: str, limit: int = _SECTION) -> Block:
    """A text object that shows exactly these characters."""
    return {"type": "plain_text", "text": cut(tame(text), limit) or " ", "emoji": False}


def section_of(text: str) -> Block:
    """A section that shows exactly these characters."""
    return {"type": "section", "text": plain(text)}


def named(text: str) -> Block:
    """A line of ours with a stranger's name in it: our emoji is one, their markup is plain."""
    return {"type": "section", "text": label(tame(text), _SECTION)}


def label(text: str, limit: int = _BUTTON) -> Block:
    """A text object of our own words, which may hold an emoji."""
    return {"type": "plain_text", "text": cut(text, limit), "emoji": True}


def mrkdwn(text: str) -> Block:
    """A text object of our own words with Slack's markup; never for what strangers wrote."""
    return {"type": "mrkdwn", "text": cut(text, _SECTION)}


def header(text: str) -> Block:
    """A line in large type."""
    return {"type": "header", "text": plain(text, _HEADER)}


def section(text: str, accessory: Block | None = None) -> Block:
    """Our own words, with markup."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return block if accessory is None else {**block, "accessory": accessory}


def quoted(text: str) -> list[Block]:
    """A stranger's words, whole, in as many sections as they take."""
    pieces = [text[start : start + _SECTION] for start in range(0, len(text), _SECTION)] or [" "]
    return [section_of(piece) for piece in pieces]


def context(*elements: Block) -> Block:
    """Small print."""
    return {"type": "context", "elements": [{**element, "text": cut(element["text"], _SHORT)} for element in elements]}


def divider() -> Block:
    """A line across."""
    return {"type": "divider"}


def actions(elements: Sequence[Block], block_id: str | None = None) -> Block:
    """A row of buttons and menus."""
    block: Block = {"type": "actions", "elements": list(elements)}
    return block if block_id is None else {**block, "block_id": block_id}


def apart(blocks: Iterable[Block]) -> list[Block]:
    """The same, where of several with one name only the first has it: Slack refuses them all otherwise.

    A service may well answer with the same thing twice.
    """
    seen: set[str] = set()
    return [_apart(block, seen) for block in blocks]


def _apart(block: Block, seen: set[str]) -> Block:
    name = block.get("block_id")
    if name in seen:
        block = {key: value for key, value in block.items() if key != "block_id"}
    elif name is not None:
        seen.add(name)
    if block["type"] == "carousel":
        return {**block, "elements": [_apart(each, seen) for each in block["elements"]]}
    return block


def button(text: str, action_id: str, value: str, *, style: str | None = None, confirm: Block | None = None) -> Block:
    """A button of ours."""
    block: Block = {"type": "button", "text": label(text), "action_id": action_id, "value": value}
    if style is not None:
        block["style"] = style
    if confirm is not None:
        block["confirm"] = confirm
    return block


def web_address(text: str | None) -> str | None:
    """An address on the web that Slack takes for a picture or a link, where this is one."""
    if not text or len(text) > _URL or not _ADDRESS.fullmatch(text):
        return None
    try:
        return text if urlsplit(text).hostname else None
    except ValueError:
        return None


def link_button(text: str, action_id: str, url: str) -> Block:
    """A button that opens an address."""
    return {"type": "button", "text": label(text), "action_id": action_id, "url": url}


def confirm(title: str, text: str, yes: str, no: str = "Keep") -> Block:
    """The question before something that cannot be taken back."""
    return {
        "title": label(title, 100),
        "text": {"type": "plain_text", "text": cut(tame(text), 300)},
        "confirm": label(yes, 30),
        "deny": label(no, 30),
        "style": "danger",
    }


def option(text: str, value: str) -> Block:
    """One choice of a menu or select; its text may be a stranger's."""
    return {"text": plain(text, 75), "value": value}


def overflow(action_id: str, options: Iterable[Block]) -> Block:
    """The menu behind three dots."""
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def modal(
    *,
    title: str,
    callback_id: str,
    blocks: Sequence[Block],
    metadata: str = "",
    submit: str | None = None,
    close: str = "Close",
    notify_on_close: bool = False,
) -> Block:
    """A modal; its title and buttons have 24 characters each."""
    view: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": label(title, 24),
        "close": label(close, 24),
        "blocks": list(blocks),
        "private_metadata": metadata,
        "notify_on_close": notify_on_close,
    }
    return view if submit is None else {**view, "submit": label(submit, 24)}


def when(moment: datetime, form: str = "{date_short_pretty} at {time}") -> str:
    """A time as each reader's Slack shows it in their own zone, for mrkdwn."""
    if moment.year < _FIRST_YEAR:
        return "at an unknown time"
    fallback = moment.strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(moment.timestamp())}^{form}|{fallback}>"


def permalink(team_url: str, channel: str, ts: str) -> str:
    """The address of a message, which opens it in Slack with its thread."""
    return f"{team_url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}?thread_ts={ts}&cid={channel}"
