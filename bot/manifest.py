"""What Switchboard is to Slack: name, commands, shortcuts, events, scopes. ``manifest.yml`` is this, written out.

It stands here because a process needs it that has no file beside it: an installed one prints it, the sandbox registers
it, and the doctor holds the scopes of a token against it. Tests hold it against the code and against the file.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import yaml

from bot.errors import SettingsError

SCOPES: Mapping[str, str] = {
    "channels:history": "finds a message whose answer from Slack was lost, so that it is not posted twice; direct mode",
    "channels:join": "goes into the public channels that Setup names",
    "channels:read": "who is in the inbox channel may read and answer",
    "chat:write": "posts conversations and texts",
    "commands": "/sms, /expert and the shortcuts",
    "files:read": "reads the CSV that is imported",
    "files:write": "hands over the CSV of an export, and of the rows that could not be imported",
    "groups:history": "the same as channels:history, where the channel is private",
    "groups:read": "the same as channels:read, where the channel is private",
    "im:history": "the same as channels:history, for what is told to somebody in private",
    "im:write": "tells somebody in private what a shortcut came to",
    "reactions:write": "marks what went out in direct mode",
    "usergroups:read": "SENDERS and ADMINS may name user groups",
    "users:read": "who is an admin of the workspace",
}
"""The scopes of the bot's token, each with what it is for."""

EVENTS: Mapping[str, str] = {
    "app_home_opened": "draws App Home",
    "message.channels": "what is written in a conversation's thread, where the channel is in direct mode",
    "message.groups": "the same, where the channel is private",
}
"""The events that are subscribed to, each with what it is for."""

PATH = "/slack/events"
_ROTATES = False
"""Whether Slack gives the bot another token twice a day."""
"""Where all of Slack's requests come in, under the public address."""

_LONGEST_URL = 3000
_HEAD = """\
# Printed by `switchboard manifest`; with `--url https://…` for signed HTTP instead of Socket Mode. Change it in
# bot/manifest.py, then: switchboard manifest > manifest.yml
"""
_LONG_DESCRIPTION = """\
Switchboard brings your Clearstream text line and your Clarity calls into Slack.

Every conversation is one message in a channel; every text stands in its thread, in order and once. Answer with a
button, claim what you are working on, mark it done, and start a new conversation from anywhere with /sms text.
Whatever Clearstream or Slack do, a text is never lost and never goes out twice by itself: where nobody can tell, a
person decides.

Find an expert, ask for a call, connect one that waits for you, and watch it go from dialing to done in one message.
"""


def manifest(public_url: str | None = None) -> dict[str, Any]:
    """The app manifest: for Socket Mode, or with ``public_url`` for signed HTTP to that address.

    Raises SettingsError where Slack could not send anything to that address.
    """
    url = None if public_url is None else _request_url(public_url)
    interactivity: dict[str, Any] = {"is_enabled": True}
    events: dict[str, Any] = {"bot_events": list(EVENTS)}
    if url is not None:
        interactivity |= {"request_url": url, "message_menu_options_url": url}
        events = {"request_url": url, **events}
    return {
        "_metadata": {"major_version": 2, "minor_version": 0},
        "display_information": {
            "name": "Switchboard",
            "description": (
                "Your team's text line and expert calls in Slack. Answer, claim, find, connect, without leaving it."
            ),
            "long_description": _LONG_DESCRIPTION,
            "background_color": "#2f3e9e",
        },
        "features": {
            # Read only, the tab would take no commands either: Slack knows one switch for both.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Switchboard", "always_online": True},
            "slash_commands": [_command(*each, url) for each in _COMMANDS],
            "shortcuts": [
                {"name": name, "type": kind, "callback_id": callback_id, "description": description}
                for name, kind, callback_id, description in _SHORTCUTS
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": _ROTATES,
        },
    }


_COMMANDS = (
    (
        "/sms",
        "Answer and send texts",
        "inbox | text <number or name> | broadcast | broadcasts | lists | list <name or id> | find <name or number> | "
        "add | import | export <list> | keywords | stats | team | setup | audit | help",
    ),
    (
        "/expert",
        "Find experts and follow calls",
        "search <words> | show <who> | request <member> | calls | messages | needs | need | orgs | me | login | "
        "logout | help",
    ),
)

_SHORTCUTS = (
    ("Find an expert", "global", "find_expert", "Search Clarity for somebody to call"),
    ("New broadcast", "global", "new_broadcast", "Write one text to many"),
    ("Text someone", "global", "text_someone", "Send a text to one person"),
    ("Import subscribers", "message", "import_subscribers", "Add the subscribers of a shared CSV to lists"),
    ("Send as text", "message", "send_as_text", "Send this message as a text in its conversation"),
)


def _command(command: str, description: str, usage_hint: str, url: str | None) -> dict[str, Any]:
    told = {"command": command, "description": description, "usage_hint": usage_hint, "should_escape": False}
    return told if url is None else {**told, "url": url}


def written(public_url: str | None = None) -> str:
    """The manifest as YAML, with what each scope and event is for beside it. Raises as ``manifest`` does."""
    text = yaml.dump(manifest(public_url), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return _HEAD + "".join(_explained(line) for line in text.splitlines(keepends=True))


def _explained(line: str) -> str:
    name = line.strip().removeprefix("- ")
    why = SCOPES.get(name) or EVENTS.get(name)
    return f"{line.rstrip()} # {why}\n" if why and line.lstrip().startswith("- ") else line


class _Dumper(yaml.SafeDumper):
    """Indents lists below their name, and writes several lines as several lines."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def _text(self, text: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _Dumper._text)


def _request_url(public_url: str) -> str:
    address = public_url.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise SettingsError(f"{_NOT_USABLE} it is no address. {_EXAMPLE}") from None
    if parts.scheme != "https":
        raise SettingsError(f"{_NOT_USABLE} Slack sends only to addresses that begin with https://. {_EXAMPLE}")
    if not host or any(not "!" <= character <= "~" for character in address):
        raise SettingsError(f"{_NOT_USABLE} it names no host, or holds characters no address has. {_EXAMPLE}")
    if parts.username is not None or parts.query or parts.fragment:
        raise SettingsError(f"{_NOT_USABLE} write it without a user, a query and a fragment. {_EXAMPLE}")
    url = address + PATH
    if len(url) > _LONGEST_URL:
        raise SettingsError(f"{_NOT_USABLE} Slack takes at most {_LONGEST_URL} characters.")
    return url


_NOT_USABLE = "The public address is not usable:"
_EXAMPLE = "Write what leads to this process from the internet, as https://texts.example.com."
