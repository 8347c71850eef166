"""The table of Web API methods: what each takes, needs and allows; and what it is handed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.errors import InvalidArguments, SlackError
from bot.sandbox.slack.model import Channel, Json, Message, User

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import SlackStandIn

Handler = Callable[["SlackStandIn", "Arguments"], Awaitable[Json]]


class Arguments(dict[str, Any]):
    """The arguments of one call, with Slack's refusals for what is not there."""

    def text(self, name: str, default: str = "") -> str:
        """A string argument."""
        value = self.get(name, default)
        if not isinstance(value, str):
            raise InvalidArguments(f"must be a string [json-pointer:/{name}]")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean, as JSON or as the ``1``/``0``/``true``/``false`` of a form."""
        value = self.get(name, default)
        if isinstance(value, bool):
            return value
        if str(value).lower() in {"1", "true"}:
            return True
        if str(value).lower() in {"0", "false", ""}:
            return False
        raise InvalidArguments(f"must be a boolean [json-pointer:/{name}]")

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 1 to ``most`` (larger ones are cut to it)."""
        try:
            value = int(self.get(name, default))
        except (TypeError, ValueError):
            raise InvalidArguments(f"must be an integer [json-pointer:/{name}]") from None
        if value < 1:
            raise SlackError("invalid_limit")
        return min(value, most)

    def channel(self, slack: "SlackStandIn", name: str = "channel") -> Channel:
        """The channel meant by an id; private channels and DMs without the bot do not exist for it."""
        channel = slack.workspace.channels.get(self.text(name))
        if (
            channel is None
            or channel.deleted
            or ((channel.is_private or channel.is_im) and not _inside(slack, channel))
        ):
            raise SlackError("channel_not_found")
        return channel

    def writable(self, slack: "SlackStandIn", name: str = "channel") -> Channel:
        """A channel the bot may post to: it is a member, and nobody archived it."""
        channel = self.channel(slack, name)
        if channel.is_archived:
            raise SlackError("is_archived")
        if not _inside(slack, channel):
            raise SlackError("not_in_channel")
        return channel

    def message(self, slack: "SlackStandIn", channel: Channel, name: str = "ts") -> Message:
        """The message under that ``ts``."""
        message = slack.workspace.message(channel, self.text(name))
        if message is None:
            raise SlackError("message_not_found")
        return message

    def user(self, slack: "SlackStandIn", name: str = "user") -> User:
        """Somebody in the workspace."""
        user = slack.workspace.users.get(self.text(name))
        if user is None:
            raise SlackError("user_not_found")
        return user


def _inside(slack: "SlackStandIn", channel: Channel) -> bool:
    return slack.workspace.bot.id in channel.members


@dataclass(frozen=True)
class Method:
    """One method: any of ``scopes`` is enough; ``tier`` 0 means no limit of its own."""

    name: str
    handler: Handler
    required: frozenset[str]
    optional: frozenset[str]
    scopes: tuple[str, ...] = ()
    tier: int = 3
    app_token: bool = False
    decoded: frozenset[str] = field(default_factory=frozenset)


METHODS: dict[str, Method] = {}


def method(
    name: str,
    *,
    required: str = "",
    optional: str = "",
    scopes: str = "",
    tier: int = 3,
    app_token: bool = False,
    decoded: str = "",
) -> Callable[[Handler], Handler]:
    """Register a handler; names are space-separated, ``decoded`` those that forms carry as JSON text."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(
            name, handler, frozenset(required.split()), frozenset(optional.split()), tuple(scopes.split()), tier,
            app_token, frozenset(decoded.split()),
        )  # fmt: skip
        return handler

    return register


def page(things: list[Json], arguments: Arguments, default: int = 100, most: int = 1000) -> tuple[list[Json], str]:
    """One page of ``things`` and the cursor of the next ("" at the end)."""
    start = 0
    if cursor := arguments.text("cursor"):
        if not cursor.startswith("next_") or not cursor.removeprefix("next_").isdigit():
            raise SlackError("invalid_cursor")
        start = int(cursor.removeprefix("next_"))
    end = start + arguments.number("limit", default, most)
    return things[start:end], f"next_{end}" if end < len(things) else ""
