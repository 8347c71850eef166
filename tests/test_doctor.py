"""``switchboard doctor`` where all is well: beside a running bot, before the first start, and by its words."""

import asyncio
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.doctor import as_json, as_text, settings_refused
from bot.doctor.findings import Check, Report
from bot.settings import Settings
from tests.club import Club
from tests.doctor import WEBHOOK_KEY, found, login, report_on, values, wrong

NAMES = [
    "slack.bot_token",
    "slack.scopes",
    "slack.app_token",
    "slack.channels.inbox",
    "slack.channels.broadcasts",
    "slack.channels.calls",
    "slack.channels.digest",
    "slack.channels.direct",
    "slack.senders",
    "slack.admins",
    "slack.signing_secret",
    "clearstream.key",
    "clarity.token",
    "clarity.application",
    "database.reach",
    "database.write",
    "database.schema",
    "encryption.keys",
    "public_url",
    "webhook",
    "clock",
]
"""What machines read; they stay."""


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_all_is_well_beside_a_running_bot(club: Club, way: str) -> None:
    """On both databases and both ways in; each check has its name, and none takes what Slack sends to the bot."""
    team = club.slack.workspace.add_usergroup("team", [club.bob.user])
    settings: dict[str, Any] = {"clearstream_webhook_key": WEBHOOK_KEY, "broadcasts_channel": club.texts.id}
    settings |= {"senders": (club.alice.user.id, team.id), "admins": (club.alice.user.id,)}
    if way == "http":
        settings |= {"slack_app_token": None, "slack_signing_secret": club.slack.signing_secret}
    bot = await club.start(**settings)
    given = {name: value for name, value in vars(bot.settings).items() if value is not None}
    report = await report_on(Settings.model_validate(given))
    assert [each.name for each in report.findings] == NAMES
    assert wrong(report) == []
    assert "taken at PUBLIC_URL" in found(report, "webhook").message
    signed = found(report, "slack.signing_secret").message
    assert ("is taken at PUBLIC_URL" in signed) == (way == "http")
    assert club.slack.sockets.connected == (way == "socket")


async def test_nothing_is_changed_where_nobody_runs(clock: Any, sqlite_url: str, tmp_path: Path) -> None:
    """Not a file, neither its contents nor its date; and services are asked for nothing but to tell."""
    async with opened(clock, sqlite_url, tmp_path) as club:
        before = files(tmp_path)
        report = await report_on(Settings.model_validate(values(club, **login(club))))
        assert files(tmp_path) == before
        asked = {call.method for call in club.slack.calls}
        assert {request.method for request in club.clearstream.requests_since()} == {"GET"}
    assert asked == {"auth.test", "conversations.info", "apps.connections.open"}
    assert wrong(report) == ["public_url"]
    assert "encryption.key" in found(report, "encryption.keys").message


async def test_before_the_first_start_there_is_no_database(clock: Any, tmp_path: Path) -> None:
    """The first start makes it; the doctor does not, nor the folder."""
    async with opened(clock, f"sqlite:///{tmp_path / 'data' / 'new.db'}", tmp_path) as club:
        report = await report_on(Settings.model_validate(values(club)))
    assert wrong(report) == []
    assert "first start makes it" in found(report, "database.reach").message
    assert not files(tmp_path) and not (tmp_path / "data").exists()


async def test_where_nothing_is_connected_it_says_what_to_set(clock: Any, sqlite_url: str, tmp_path: Path) -> None:
    """A warning, and no failure: Switchboard runs without, and says the same."""
    async with opened(clock, sqlite_url, tmp_path) as club:
        nothing = values(club, clearstream_api_key=None, clarity_oauth_token=None, inbox_channel=None)
        report = await report_on(Settings.model_validate(nothing))
    assert report.ok
    assert wrong(report) == ["clearstream.key"]
    assert "CLEARSTREAM_API_KEY" in str(found(report, "clearstream.key").mend)


async def test_the_command(clock: Any, sqlite_url: str, tmp_path: Path) -> None:
    """In a pipe plain words, a finding a line, and 1 where something failed; without a secret and a word of Python."""
    async with opened(clock, sqlite_url, tmp_path) as club:
        settings = values(club, clarity_oauth_token="hush-but-wrong")
        status, printed = await run({name.upper(): str(value) for name, value in settings.items()}, tmp_path)
    assert status == 1
    assert "  FAILED   CLARITY_OAUTH_TOKEN     Clarity does not accept it.\n" in printed
    assert printed.endswith("\n1 failed, 0 warnings, 12 well.\n")
    assert not [word for word in ("\x1b", "hush", "Traceback", club.slack.bot_token) if word in printed]


def test_for_machines_every_check_has_every_key() -> None:
    """What is not known is null, so that nobody has to ask whether it is there."""
    check = Check("webhook", "Clearstream's webhook")
    told = json.loads(as_json(Report([check.well("Well."), check.doubtful("Hm.", "Look.")])))
    assert set(told) == {"ok", "version", "counts", "checks"}
    assert (told["ok"], told["counts"]) == (True, {"ok": 1, "warning": 1, "failed": 0, "skipped": 0})
    assert told["checks"] == [
        {"name": "webhook", "title": check.title, "status": "ok", "message": "Well.", "mend": None},
        {"name": "webhook", "title": check.title, "status": "warning", "message": "Hm.", "mend": "Look."},
    ]


def test_a_wrong_setting_ends_it_with_two(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In the sentence ``serve`` says, or as JSON; the data folder is not made."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xapp-1-hush")
    ended = CliRunner().invoke(main, ["doctor"])
    assert ended.exit_code == 2
    assert ended.output.startswith("switchboard: SLACK_BOT_TOKEN is not usable")
    ended = CliRunner().invoke(main, ["doctor", "--json"])
    assert ended.exit_code == 2
    (problem,) = json.loads(ended.output)["checks"]
    assert (problem["name"], problem["status"]) == ("settings", "failed")
    assert "hush" not in ended.output
    assert list(tmp_path.iterdir()) == []


def test_on_a_terminal_it_is_in_colour_and_no_wider() -> None:
    """What to do stands below what is wrong; in a pipe each is one line."""
    check = Check("webhook", "Clearstream's webhook")
    report = Report(
        [check.well("Well."), check.failed("It is " + "very " * 30 + "wrong.", "Do " + "this " * 30 + "now.")]
    )
    wide, piped = as_text(report, 70), as_text(report, None)
    plain = wide.replace("\x1b[31m\x1b[1m", "").replace("\x1b[32m\x1b[22m", "").replace("\x1b[0m", "")
    assert "\x1b[31m" in wide
    assert max(map(len, plain.splitlines())) <= 70
    assert plain.split() == piped.split()
    assert len(piped.splitlines()) == 8
    assert piped.endswith("1 failed, 0 warnings, 1 well.")
    assert as_text(Report([check.well("Well.")]), None).endswith("All well.")
    assert as_text(Report([check.doubtful("Hm.", "Look.")]), None).endswith("All well, with 1 warning.")
    assert json.loads(as_json(settings_refused("PORT.")))["ok"] is False


def opened(clock: Any, url: str, folder: Path) -> "Opened":
    """The stand-ins, without a bot."""
    return Opened(Club(clock, url, folder))


class Opened:
    """Opens and closes them."""

    def __init__(self, club: Club) -> None:
        self._club = club

    async def __aenter__(self) -> Club:
        await self._club.open()
        return self._club

    async def __aexit__(self, *_: object) -> None:
        await self._club.close()


def files(folder: Path) -> dict[str, tuple[str, float]]:
    """Every file, with what is in it and when it was written."""
    return {
        str(each): (hashlib.sha256(each.read_bytes()).hexdigest(), each.stat().st_mtime)
        for each in folder.rglob("*")
        if each.is_file()
    }


async def run(environment: dict[str, str], folder: Path, *arguments: str) -> tuple[int, str]:
    """The command as a process of its own; its exit status and all it printed."""
    clean = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    here = str(Path(__file__).parents[1])
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "doctor", *arguments,
        env={**clean, **environment, "PYTHONPATH": here}, cwd=folder,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()
