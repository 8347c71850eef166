"""The manifest names everything the code registers with Slack, and nothing more, within Slack's limits."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from slack_sdk.web import async_client

import bot
from bot.__main__ import main
from bot.manifest import EVENTS, SCOPES, manifest, written
from bot.sandbox.slack.methods import METHODS
from bot.settings import Settings
from bot.slack.experts.commands import WORDS as EXPERT_WORDS
from bot.slack.inbox.commands import WORDS as SMS_WORDS
from tests.clock import WoundClock
from tests.club import Club

HERE = Path(bot.__file__).parent
FILE = HERE.parent / "manifest.yml"

NONE: frozenset[str] = frozenset()
NEEDS = {
    "apps.connections.open": NONE,  # with the app's own token, which has connections:write
    "auth.test": NONE,
    "bots.info": {"users:read"},
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.join": {"channels:join"},
    "conversations.members": {"channels:read", "groups:read"},
    "conversations.open": {"im:write"},
    "conversations.replies": {"channels:history", "groups:history", "im:history"},
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "files.info": {"files:read"},
    "reactions.add": {"reactions:write"},
    "usergroups.list": {"usergroups:read"},
    "usergroups.users.list": {"usergroups:read"},
    "users.info": {"users:read"},
    "users.list": {"users:read"},
    "views.open": NONE,
    "views.publish": NONE,
    "views.push": NONE,
    "views.update": NONE,
}
"""The scopes of each method we call, as Slack's reference has them, for the kinds of conversation we call it on."""

EVENT_NEEDS = {"app_home_opened": NONE, "message.channels": {"channels:history"}, "message.groups": {"groups:history"}}
"""The same for events."""


def called() -> set[str]:
    """The methods of Slack's we call: every string in the code that is the name of one its own client knows."""
    known = set(re.findall(r'api_call\(\s*"([\w.]+)"', inspect.getsource(async_client)))
    assert len(known) > 200
    return known & {word for path in HERE.rglob("*.py") if "sandbox" not in path.parts for word in words(path, known)}


def words(path: Path, known: set[str]) -> Iterator[str]:
    """Every string in a file, where any of those that are known stands in it."""
    text = path.read_text()
    if known.isdisjoint(re.findall(r"[\w.]+", text)):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_the_file_is_what_is_printed() -> None:
    """``manifest.yml`` at the top is what an installed Switchboard prints, letter by letter."""
    assert FILE.read_text() == written()
    assert yaml.safe_load(FILE.read_text()) == manifest()


def test_the_scopes_are_those_that_the_methods_and_events_need() -> None:
    """Not one more, not one less; the stand-in refuses each method without its scope, and each scope is explained."""
    assert called() == set(NEEDS)
    of_methods = {scope for method in called() for scope in NEEDS[method]}
    of_events = {scope for event in EVENTS for scope in EVENT_NEEDS[event]}
    asked = manifest()["oauth_config"]["scopes"]["bot"]
    assert set(asked) == of_methods | of_events | {"commands"}
    assert asked == sorted(asked)
    for name in called():
        if METHODS[name].scopes:
            assert set(METHODS[name].scopes) & set(NEEDS[name]), name
    assert all(f"- {scope} # {SCOPES[scope]}" in written() for scope in asked)


async def test_commands_shortcuts_and_events_are_those_that_are_listened_to(
    clock: WoundClock, sqlite_url: str, tmp_path: Path
) -> None:
    """With everything connected, and with nothing: a way in that leads nowhere says how to mend that."""
    club = Club(clock, sqlite_url, tmp_path)
    await club.open()
    nothing = {"clearstream_api_key": None, "clarity_oauth_token": None}
    nothing |= {"clarity_client_id": None, "clarity_client_secret": None}
    for settings in ({}, nothing):
        listeners = (await club.start(**settings)).listeners
        features, rest = manifest()["features"], manifest()["settings"]
        assert {each["command"] for each in features["slash_commands"]} == listeners.commands
        assert {each["callback_id"] for each in features["shortcuts"]} == listeners.shortcuts
        assert {event.partition(".")[0] for event in rest["event_subscriptions"]["bot_events"]} == listeners.events
        assert features["app_home"]["home_tab_enabled"] == ("app_home_opened" in listeners.events)
        assert rest["interactivity"]["is_enabled"]
        assert ("message_menu_options_url" in manifest("https://x.example")["settings"]["interactivity"]) or not (
            listeners.suggests
        )
        await club.stop()
    await club.close()


def test_the_hints_name_every_word() -> None:
    """What one can type after a command stands in its hint."""
    hints = {each["command"]: each["usage_hint"] for each in manifest()["features"]["slash_commands"]}
    for command, words in (("/sms", SMS_WORDS), ("/expert", EXPERT_WORDS)):
        assert {part.split()[0] for part in hints[command].split(" | ")} == set(words)


def test_what_is_not_used_is_off() -> None:
    """One workspace, tokens that stay; commands from the bot's own tab too, but nobody reads what is written there."""
    told = manifest()
    assert told["settings"]["org_deploy_enabled"] is False
    assert told["settings"]["token_rotation_enabled"] is False
    assert told["settings"]["socket_mode_enabled"] is True
    assert "message.im" not in EVENTS
    assert told["features"]["app_home"]["messages_tab_read_only_enabled"] is False
    assert "user" not in told["oauth_config"]["scopes"]
    assert "redirect_urls" not in told["oauth_config"]


LIMITS = {
    "display_information.name": (1, 35),
    "display_information.description": (1, 140),
    "display_information.long_description": (175, 4000),
    "features.bot_user.display_name": (1, 80),
    "features.slash_commands": (1, 50),
    "features.slash_commands.command": (2, 32),
    "features.slash_commands.description": (1, 2000),
    "features.slash_commands.usage_hint": (1, 1000),
    "features.slash_commands.url": (1, 3000),
    "features.shortcuts": (1, 10),
    "features.shortcuts.name": (1, 24),
    "features.shortcuts.callback_id": (1, 255),
    "features.shortcuts.description": (1, 150),
    "oauth_config.scopes.bot": (1, 255),
    "settings.event_subscriptions.bot_events": (1, 100),
    "settings.event_subscriptions.request_url": (1, 3500),
    "settings.interactivity.request_url": (1, 3500),
    "settings.interactivity.message_menu_options_url": (1, 3500),
}
"""How long things may be, and how many there may be (Slack's app manifest reference and its schema)."""


def sized(value: Any, path: str = "") -> Iterator[tuple[str, int]]:
    """The path and the size of every text and list."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from sized(inner, f"{path}.{name}".strip("."))
    elif isinstance(value, list):
        yield path, len(value)
        for inner in value:
            yield from sized(inner, path) if isinstance(inner, dict) else ()
    elif isinstance(value, str):
        yield path, len(value)


@pytest.mark.parametrize("url", [None, f"https://{'x' * 60}.example.com/behind/a/proxy/"])
def test_everything_is_within_slacks_limits(url: str | None) -> None:
    """And there is nothing whose limit is not known here, but for the kinds that are words of Slack's own."""
    for path, size in sized(manifest(url)):
        if path in ("features.shortcuts.type", "display_information.background_color"):
            continue
        least, most = LIMITS[path]
        assert least <= size <= most, path
    told = manifest(url)
    assert re.fullmatch(r"#[0-9a-f]{6}", told["display_information"]["background_color"])
    assert {each["type"] for each in told["features"]["shortcuts"]} <= {"global", "message"}
    assert all(re.fullmatch(r"/[a-z0-9_-]+", each["command"]) for each in told["features"]["slash_commands"])


def run(*arguments: str, environment: dict[str, str] | None = None) -> tuple[int, str]:
    """The exit status and what was printed."""
    ended = CliRunner().invoke(main, ["manifest", *arguments], env=environment)
    return ended.exit_code, ended.output


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment with nothing of ours in it, in a folder without a .env."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("elsewhere")
def test_it_is_printed_before_anything_is_set() -> None:
    """There are no tokens before there is an app."""
    assert run() == (0, written())


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(("--url", "https://texts.example.com/"), None), (("--url",), {"PUBLIC_URL": " https://texts.example.com"})],
)
def test_for_signed_http_every_request_goes_to_one_address(
    arguments: tuple[str, ...], environment: dict[str, str] | None
) -> None:
    """The one named, or PUBLIC_URL; all else stays as it is, scopes and their reasons too."""
    status, printed = run(*arguments, environment=environment)
    told, url = yaml.safe_load(printed), "https://texts.example.com/slack/events"
    assert status == 0
    assert told["settings"].pop("event_subscriptions") == {"request_url": url, "bot_events": list(EVENTS)}
    interactivity = {"is_enabled": True, "request_url": url, "message_menu_options_url": url}
    assert told["settings"].pop("interactivity") == interactivity
    assert told["settings"].pop("socket_mode_enabled") is False
    assert {command.pop("url") for command in told["features"]["slash_commands"]} == {url}
    plain = manifest()
    for name in ("event_subscriptions", "interactivity", "socket_mode_enabled"):
        plain["settings"].pop(name)
    assert told == plain
    assert "channels:join # " in printed


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://texts.example.com", "begin with https://"),
        ("texts.example.com", "begin with https://"),
        ("https://", "names no host"),
        ("https://two words.example.com", "no address has"),
        ("https://x.example.com?a=b", "without a user, a query"),
        ("https://me:hush@x.example.com", "without a user"),
        ("https://x.example.com:99999", "it is no address"),
        ("https://x.example.com/" + "x" * 3000, "at most 3000"),
        ("", "PUBLIC_URL"),
    ],
)
def test_an_address_slack_cannot_send_to_is_refused(url: str, why: str) -> None:
    """In a sentence, with the exit status of a wrong setting."""
    status, printed = run("--url", url)
    assert status == 2
    assert why in printed
    assert "hush" not in printed
    assert "Traceback" not in printed
