"""What the app registered with Slack: commands, shortcuts, events, scopes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from bot.sandbox.slack.workspace import Workspace

SCOPES = frozenset(
    [
        "app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "commands",
        "files:read", "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write",
        "reactions:read", "reactions:write", "team:read", "usergroups:read", "users:read", "users:read.email",
    ]
)  # fmt: skip
"""What an app without a manifest is granted."""


@dataclass(frozen=True)
class Shortcut:
    """A shortcut as people find it; ``scope`` is ``global`` or ``message``."""

    name: str
    callback_id: str
    scope: str


@dataclass(frozen=True)
class Command:
    """A slash command; ``escapes`` when mentions in its text arrive as ids."""

    name: str
    description: str = ""
    hint: str = ""
    escapes: bool = False


@dataclass
class Registration:
    """Everything a manifest decides."""

    commands: dict[str, Command] = field(default_factory=dict)
    shortcuts: list[Shortcut] = field(default_factory=list)
    events: frozenset[str] = frozenset()
    scopes: frozenset[str] = SCOPES
    has_home: bool = True
    description: str = ""

    @classmethod
    def of(cls, commands: Iterable[str] = (), shortcuts: Iterable[Shortcut] = (), events: Iterable[str] = ()) -> Self:
        """From plain lists, with every scope."""
        return cls({name: Command(name) for name in commands}, list(shortcuts), frozenset(events))

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> Self:
        """From an app manifest as parsed from YAML (docs.slack.dev, App manifest reference)."""
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        commands = [
            Command(
                each["command"], each.get("description", ""), each.get("usage_hint", ""),
                bool(each.get("should_escape")),
            )
            for each in features.get("slash_commands", [])
        ]  # fmt: skip
        shortcuts = [
            Shortcut(each["name"], each["callback_id"], each["type"]) for each in features.get("shortcuts", [])
        ]
        return cls(
            {command.name: command for command in commands},
            shortcuts,
            frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
            frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
            bool(features.get("app_home", {}).get("home_tab_enabled")),
            " ".join(str(manifest.get("display_information", {}).get("long_description", "")).split()),
        )

    def shortcut(self, wanted: str, scope: str) -> Shortcut:
        """By name or callback id; raises ``LookupError`` where the app has none such."""
        for each in self.shortcuts:
            if each.scope == scope and wanted in {each.name, each.callback_id}:
                return each
        raise LookupError(f"no {scope} shortcut {wanted!r}; there are {[each.name for each in self.shortcuts]}")


_MENTION = re.compile(r"(?<![\w<])([@#])([\w.-]+)")


def escaped(text: str, workspace: Workspace) -> str:
    """Command text as sent when the command escapes: names of people and channels become ids."""

    def replace(match: re.Match[str]) -> str:
        sign, name = match.groups()
        if sign == "@":
            found = next((user.id for user in workspace.users.values() if user.name == name), None)
        else:
            found = next((channel.id for channel in workspace.channels.values() if channel.name == name), None)
        return f"<{sign}{found}|{name}>" if found else match[0]

    return _MENTION.sub(replace, text)
