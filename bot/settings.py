"""The settings, from the environment and ``.env``. Read here and in ``__main__``; everything else receives values."""

import hashlib
import hmac
import os
import sys
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsError

SLACK_API_URL = "https://slack.com/api/"
CLEARSTREAM_API_URL = "https://api.getclearstream.com/v1/"
CLARITY_API_URL = "https://api.clarity.fm/v1/"
CLARITY_OAUTH_URL = "https://clarity.fm/oauth/authorize"

_BOT, _APP, _SIGNING = "slack_bot_token", "slack_app_token", "slack_signing_secret"
_HOW: dict[str, str] = {
    _BOT: "It is the Bot User OAuth Token (xoxb-…) under “OAuth & Permissions” of your Slack app.",
    _APP: "It is an app-level token (xapp-…) with connections:write, under “Basic Information”.",
    _SIGNING: "It is the Signing Secret under “Basic Information” of your Slack app.",
}


class Settings(BaseSettings):
    """What an installation is told; every name here, in capitals, is a variable of the environment."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    slack_bot_token: SecretStr
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str = SLACK_API_URL
    clearstream_api_key: SecretStr | None = None
    clearstream_api_url: str = CLEARSTREAM_API_URL
    clearstream_webhook_key: SecretStr | None = None
    clarity_oauth_token: SecretStr | None = None
    clarity_client_id: str | None = None
    clarity_client_secret: SecretStr | None = None
    clarity_api_url: str = CLARITY_API_URL
    clarity_oauth_url: str = CLARITY_OAUTH_URL
    encryption_keys: Annotated[tuple[str, ...], NoDecode, Field(repr=False)] = ()
    public_url: str = "http://localhost:3000"
    database_url: str | None = None
    data_dir: Path = Path("data")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 3000
    inbox_channel: str | None = None
    broadcasts_channel: str | None = None
    calls_channel: str | None = None
    inbox_poll_seconds: Annotated[float, Field(ge=0.05, le=3600)] = 15
    calls_poll_seconds: Annotated[float, Field(ge=0.05, le=3600)] = 30
    live_call_poll_seconds: Annotated[float, Field(ge=0.05, le=60)] = 3
    inbox_bump_minutes: Annotated[float, Field(ge=0, le=10080)] = 30
    approval_above: Annotated[int, Field(ge=0)] = 500
    undo_seconds: Annotated[float, Field(ge=0, le=600)] = 10
    senders: Annotated[tuple[str, ...], NoDecode] = ()
    admins: Annotated[tuple[str, ...], NoDecode] = ()
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _trimmed(cls, value: object) -> object:
        return value.strip() if isinstance(value, str) else value

    @field_validator(
        "slack_bot_token",
        "slack_app_token",
        "slack_signing_secret",
        "clearstream_api_key",
        "clearstream_webhook_key",
        mode="before",
    )
    @classmethod
    def _key(cls, value: object) -> object:
        key = value.strip() if isinstance(value, str) else value
        if isinstance(key, str) and any(not "!" <= character <= "~" for character in key):
            raise ValueError("there are spaces or characters in it that no key has; copy it anew")
        return key or None

    @field_validator("senders", "admins", "encryption_keys", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("senders", "admins")
    @classmethod
    def _ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [name for name in value if name[:1] not in ("U", "W", "S") or not name.isalnum()]
        if wrong:
            raise ValueError(
                f"{', '.join(wrong)}: write ids of users (U…) or user groups (S…), separated by commas; "
                "Slack shows them under “Copy member ID”"
            )
        return value

    @field_validator("inbox_channel", "broadcasts_channel", "calls_channel")
    @classmethod
    def _channel(cls, value: str | None) -> str | None:
        if value is not None and (value[:1] not in ("C", "G") or not value.isalnum()):
            raise ValueError("write the channel's id (C…), found at the end of “About” in the channel's details")
        return value

    @field_validator("slack_bot_token")
    @classmethod
    def _bot(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith("xoxb-"):
            raise ValueError("a bot token begins with xoxb-")
        return value

    @field_validator("slack_app_token")
    @classmethod
    def _app(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith("xapp-"):
            raise ValueError("an app-level token begins with xapp-")
        return value

    @field_validator("clearstream_webhook_key")
    @classmethod
    def _part_of_an_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and set(value.get_secret_value()) & set("/?#%\\"):
            raise ValueError("it is the end of the webhook's address: write letters, digits, - and _")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str | None) -> str | None:
        scheme, found, rest = (value or "sqlite://file").partition("://")
        if not found or not rest.strip("/") or scheme.partition("+")[0] not in ("sqlite", "postgresql", "postgres"):
            raise ValueError("write sqlite:///path/to/file.db or postgresql://user@host/name")
        return value or None

    @field_validator("slack_api_url", "clearstream_api_url", "clarity_api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("write a whole address, beginning with https://")
        return value.rstrip("/") + "/"

    @field_validator("clarity_oauth_url", "public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        return cls._address(value).rstrip("/")

    @field_validator("log_level", mode="before")
    @classmethod
    def _level(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @model_validator(mode="after")
    def _way_in(self) -> Self:
        if self.slack_app_token is None and self.slack_signing_secret is None:
            raise ValueError(
                "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is required: the first (xapp-…) for Socket Mode, "
                "the second for signed HTTP at /slack/events"
            )
        return self

    @model_validator(mode="after")
    def _clarity(self) -> Self:
        if (self.clarity_client_id is None) != (self.clarity_client_secret is None):
            raise ValueError(
                "CLARITY_CLIENT_ID and CLARITY_CLIENT_SECRET belong together: set both, or neither. Clarity gives them "
                "when you register an application"
            )
        if self.clarity_client_id is not None and self.on_postgresql and not self.encryption_keys:
            raise ValueError(
                "ENCRYPTION_KEYS is required with PostgreSQL: a 32-byte key in URL-safe base64, the same for every "
                "process; several, newest first, separated by commas"
            )
        return self

    @property
    def on_postgresql(self) -> bool:
        """Whether several processes may share the database."""
        return (self.database_url or "").startswith("postgres")

    @property
    def database(self) -> str:
        """``DATABASE_URL``, or the SQLite file under ``DATA_DIR``."""
        return self.database_url or f"sqlite:///{self.data_dir / 'switchboard.db'}"

    @property
    def format_of_logs(self) -> str:
        """``LOG_FORMAT``, or what suits where the lines go."""
        return self.log_format or ("console" if sys.stderr.isatty() else "json")

    @property
    def installation(self) -> str:
        """A name for this installation, the same in each of its processes; it tells nothing of the bot token."""
        token = self.slack_bot_token.get_secret_value().encode()
        return hmac.new(token, b"switchboard installation", hashlib.sha256).hexdigest()[:16]

    def secrets(self) -> list[str]:
        """Every secret given, so that the logs can keep them out."""
        values = (
            self.slack_bot_token,
            self.slack_app_token,
            self.slack_signing_secret,
            self.clearstream_api_key,
            self.clearstream_webhook_key,
            self.clarity_oauth_token,
            self.clarity_client_secret,
        )
        return [*(value.get_secret_value() for value in values if value is not None), *self.encryption_keys]


def read_settings(*, prepare: bool = True) -> Settings:
    """The settings of this process; SettingsError names each wrong one and says how to mend it.

    With ``prepare`` the folder for data is made where it has to be there; without, nothing is changed.
    """
    try:
        settings = Settings()  # type: ignore[call-arg]  # the environment gives them
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(dict(problem)) for problem in error.errors())) from None
    if prepare:
        _make_folder(settings)
    return settings


class _Address(BaseSettings):
    """``PUBLIC_URL`` by itself, for what is done before there is anything else to set."""

    model_config = Settings.model_config

    public_url: str | None = None


def given_public_url() -> str | None:
    """``PUBLIC_URL`` as it was written, where it was set at all; nothing else needs to be."""
    return _Address().public_url


def _make_folder(settings: Settings) -> None:
    if settings.database_url is not None and settings.clarity_client_id is None:
        return
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"DATA_DIR: {settings.data_dir} cannot be made: {error.strerror}.") from error
    if not os.access(settings.data_dir, os.W_OK):
        raise SettingsError(
            f"DATA_DIR: {settings.data_dir} cannot be written. Choose another folder or mend its rights."
        )


def _sentence(problem: dict[str, object]) -> str:
    location = problem["loc"]
    name = str(location[0]) if isinstance(location, tuple) and location else ""
    message = str(problem["msg"]).removeprefix("Value error, ")
    if not name:
        return f"{message}."
    words = "is required" if problem["type"] == "missing" else f"is not usable: {message}"
    return f"{name.upper()} {words}. {_HOW.get(name, '')}".strip()
