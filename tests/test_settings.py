"""The settings: what is wrong is told by the setting's name and how to mend it."""

from pathlib import Path
from typing import Any

import pytest

from bot.errors import SettingsError
from bot.settings import Settings, read_settings

NEEDED = {"SLACK_BOT_TOKEN": "xoxb-1-hush", "SLACK_APP_TOKEN": "xapp-1-hush"}


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment with nothing of ours in it, in a folder without a .env."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def read(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    """The settings with these variables set."""
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def test_two_tokens_are_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Everything else has a default, and the data folder is made, for nobody else's eyes."""
    settings = read(monkeypatch, **NEEDED)
    assert settings.database == "sqlite:///data/switchboard.db"
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert (settings.inbox_poll_seconds, settings.inbox_bump_minutes) == (15, 30)
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.clearstream_api_url == "https://api.getclearstream.com/v1/"
    assert settings.clearstream_api_key is None
    assert settings.senders == settings.admins == ()


def test_a_signing_secret_does_instead_of_an_app_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the two."""
    settings = read(monkeypatch, SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET="s3cret")
    assert settings.slack_app_token is None


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"SLACK_BOT_TOKEN": ""}, ["SLACK_BOT_TOKEN is required", "OAuth & Permissions"]),
        ({"SLACK_APP_TOKEN": ""}, ["SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is required"]),
        ({"SLACK_BOT_TOKEN": "xapp-1"}, ["SLACK_BOT_TOKEN", "begins with xoxb-"]),
        ({"SLACK_APP_TOKEN": "xoxb-1"}, ["SLACK_APP_TOKEN", "begins with xapp-", "connections:write"]),
        ({"SLACK_API_URL": "slack.com"}, ["SLACK_API_URL", "https://"]),
        ({"CLEARSTREAM_API_URL": "ftp://x"}, ["CLEARSTREAM_API_URL", "https://"]),
        ({"CLEARSTREAM_API_KEY": "two words"}, ["CLEARSTREAM_API_KEY", "copy it anew"]),
        ({"CLEARSTREAM_API_KEY": "ké"}, ["CLEARSTREAM_API_KEY", "copy it anew"]),
        ({"DATABASE_URL": "mysql://x/y"}, ["DATABASE_URL", "sqlite:///path/to/file.db", "postgresql://"]),
        ({"DATABASE_URL": "nonsense"}, ["DATABASE_URL", "sqlite:///path/to/file.db"]),
        ({"DATABASE_URL": "sqlite://"}, ["DATABASE_URL", "sqlite:///path/to/file.db"]),
        ({"DATA_DIR": "/proc/switchboard"}, ["DATA_DIR", "cannot be made"]),
        ({"PORT": "http"}, ["PORT"]),
        ({"PORT": "65536"}, ["PORT", "65535"]),
        ({"INBOX_CHANNEL": "#texts"}, ["INBOX_CHANNEL", "channel's id (C…)"]),
        ({"SENDERS": "U1, bob"}, ["SENDERS", "bob", "ids of users (U…) or user groups (S…)"]),
        ({"ADMINS": "<@U1>"}, ["ADMINS", "ids of users"]),
        ({"INBOX_POLL_SECONDS": "0"}, ["INBOX_POLL_SECONDS"]),
        ({"INBOX_BUMP_MINUTES": "-1"}, ["INBOX_BUMP_MINUTES"]),
        ({"LOG_LEVEL": "loud"}, ["LOG_LEVEL", "'INFO'"]),
        ({"LOG_FORMAT": "xml"}, ["LOG_FORMAT", "'json'"]),
    ],
)
def test_what_is_wrong_is_named_with_how_to_mend_it(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], told: list[str]
) -> None:
    """One sentence for each, and no secret in it."""
    with pytest.raises(SettingsError) as raised:
        read(monkeypatch, **{**NEEDED, **values})
    for words in told:
        assert words in str(raised.value)
    assert "hush" not in str(raised.value)


def test_everything_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence a line."""
    with pytest.raises(SettingsError) as raised:
        read(monkeypatch, **NEEDED, PORT="x", LOG_LEVEL="loud")
    assert len(str(raised.value).splitlines()) == 2


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spaces and empty parts do not matter."""
    settings = read(monkeypatch, **NEEDED, SENDERS=" U1, S2 ,,W3 ", ADMINS="U1")
    assert settings.senders == ("U1", "S2", "W3")
    assert settings.admins == ("U1",)


def test_white_space_around_what_was_copied_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line end at the end of a token is no part of it."""
    settings = read(monkeypatch, SLACK_BOT_TOKEN="xoxb-1\n", SLACK_APP_TOKEN=" xapp-1 ", INBOX_CHANNEL=" C123 ")
    assert settings.slack_bot_token.get_secret_value() == "xoxb-1"
    assert settings.inbox_channel == "C123"


def test_an_address_may_be_given_with_or_without_the_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    """It always ends in one."""
    settings = read(monkeypatch, **NEEDED, SLACK_API_URL="http://127.0.0.1:1/api", CLEARSTREAM_API_URL="http://x/v1/")
    assert settings.slack_api_url == "http://127.0.0.1:1/api/"
    assert settings.clearstream_api_url == "http://x/v1/"


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """.env holds what the environment does not say."""
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-file\nSLACK_APP_TOKEN=xapp-file\nPORT=4000\nSOMETHING=else\n")
    settings = read(monkeypatch, PORT="5000")
    assert settings.slack_bot_token.get_secret_value() == "xoxb-file"
    assert settings.port == 5000


def test_no_folder_is_made_for_a_database_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """DATA_DIR is for SQLite."""
    read(monkeypatch, **NEEDED, DATABASE_URL="postgresql://switchboard@db/switchboard")
    assert not (tmp_path / "data").exists()


def test_secrets_do_not_show_and_are_known_to_the_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither printed nor in the text of an error."""
    settings = read(monkeypatch, **NEEDED, CLEARSTREAM_API_KEY="the-key")
    assert "hush" not in repr(settings)
    assert "the-key" not in repr(settings)
    assert {"xoxb-1-hush", "xapp-1-hush", "the-key"} <= set(settings.secrets())


@pytest.mark.parametrize(("level", "read_as"), [("debug", "DEBUG"), ("Info", "INFO")])
def test_the_log_level_in_any_case(monkeypatch: pytest.MonkeyPatch, level: str, read_as: Any) -> None:
    """As people write it."""
    assert read(monkeypatch, **NEEDED, LOG_LEVEL=level).log_level == read_as
