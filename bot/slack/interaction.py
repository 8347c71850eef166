"""One thing a person did in Slack: who, where, and the ways to answer only them."""

import asyncio
import json
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from bot.errors import Gone, UpstreamError
from bot.slack.api import SlackApi, SlackRefused

log = structlog.get_logger(__name__)

Blocks = list[dict[str, Any]]
View = dict[str, Any]

#: Why Slack would not open a window, as sentences for who wanted it.
_NOT_OPENED = {
    "expired_trigger_id": "Slack waited too long for this window and gave it up. Nothing was done: press once more.",
    "exchanged_trigger_id": "This window was opened already.",
    "push_limit_reached": "Three windows are open on top of each other: close one first. Nothing was done.",
    "not_found": "The window this belongs to was closed meanwhile. Nothing was done.",
}


class _Seen(dict[str, Any]):
    """A view as it came; what it lacks was pressed where it does not belong."""

    def __missing__(self, key: str) -> Any:
        raise Gone("This belongs to a window that is not open. Nothing was done.")


class Ack(Protocol):
    """Bolt's ``ack``: what is given to it is the answer to Slack's request."""

    def __call__(self, *args: Any, **kwargs: Any) -> Awaitable[Any]:
        """Acknowledge."""


@dataclass(frozen=True)
class Actor:
    """Who did it: taken from the payload, without a question to Slack."""

    user_id: str
    team_id: str | None


class Background:
    """Work that goes on after the acknowledgement; tracked, so that a stopping process can wait for it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin it now and see to its end."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return bool(self._tasks)

    async def drain(self, seconds: float) -> None:
        """Wait for what is under way, at most ``seconds``, then end it."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@dataclass
class Interaction:
    """A command, press, submission or shortcut, read from its payload."""

    body: dict[str, Any]
    actor: Actor
    ack: Ack
    api: SlackApi
    acked: bool = field(default=False, init=False)

    @classmethod
    def of(cls, body: dict[str, Any], ack: Ack, api: SlackApi) -> "Interaction":
        """Read what every payload has."""
        user = body.get("user") or {}
        team = body.get("team") or {}
        user_id = body.get("user_id") or user.get("id") or ""
        team_id = user.get("team_id") or body.get("team_id") or team.get("id")
        return cls(body, Actor(user_id, team_id), ack, api)

    @property
    def trigger_id(self) -> str:
        """Opens one modal within three seconds."""
        return str(self.body.get("trigger_id") or "")

    @property
    def channel_id(self) -> str | None:
        """Where it happened, if that is a channel; for a modal, where it was opened from."""
        channel = self.body.get("channel") or {}
        container = self.body.get("container") or {}
        found = self.body.get("channel_id") or channel.get("id") or container.get("channel_id") or self._opened_from
        return str(found) if found else None

    @property
    def _opened_from(self) -> str | None:
        try:
            metadata = json.loads(self.view.get("private_metadata") or "{}")
        except (ValueError, RecursionError):
            return None
        return metadata.get("channel") if isinstance(metadata, dict) else None

    @property
    def thread_ts(self) -> str | None:
        """The thread it happened in; a message that a thread hangs under names itself, and stands in the channel."""
        message, container = self.body.get("message") or {}, self.body.get("container") or {}
        found = message.get("thread_ts") or container.get("thread_ts")
        return str(found) if found and found != (message.get("ts") or container.get("message_ts")) else None

    @property
    def message(self) -> dict[str, Any]:
        """The message it happened on; empty where there is none."""
        return dict(self.body.get("message") or {})

    @property
    def view(self) -> View:
        """The modal it happened in; empty where there is none, and then asking for a part of it raises Gone."""
        return _Seen(self.body.get("view") or {})

    @property
    def action(self) -> dict[str, Any]:
        """The press or choice."""
        actions = self.body.get("actions") or [{}]
        return dict(actions[0])

    @property
    def value(self) -> str | None:
        """What the pressed button or chosen option carries."""
        option = self.action.get("selected_option") or {}
        found = self.action.get("value") or option.get("value")
        return None if found is None else str(found)

    @property
    def text(self) -> str:
        """What was typed after a command."""
        return str(self.body.get("text") or "")

    async def acknowledge(self, *args: Any, **kwargs: Any) -> None:
        """Answer Slack's request, once."""
        if not self.acked:
            self.acked = True
            await self.ack(*args, **kwargs)

    async def open(self, view: View) -> str:
        """Open a modal, or push it on the one the press happened in; its id. Raises Gone where it is too late."""
        method = "views.push" if self.view.get("type") == "modal" else "views.open"
        try:
            answer = await self.api.call(method, trigger_id=self.trigger_id, view=view)
        except SlackRefused as error:
            if error.code in _NOT_OPENED:
                raise Gone(_NOT_OPENED[error.code]) from error
            raise
        return str(answer["view"]["id"])

    async def update(self, view_id: str, view: View) -> None:
        """Draw an open modal anew, at once; nothing happens where it was closed meanwhile."""
        await self.api.update_view(view_id, view)

    async def tell(self, text: str, blocks: Blocks | None = None, *, replace: bool = False) -> None:
        """Say something only to this person, where they are; best effort, and never an error of its own.

        ``replace`` puts it where the ephemeral message stood that was pressed.
        """
        url = self.body.get("response_url")
        try:
            if not url or not await self._respond(str(url), text, blocks, replace):
                await self._whisper(text, blocks)
        except UpstreamError as error:
            log.warning("slack.could_not_tell", error=type(error).__name__)

    async def say(self, text: str, blocks: Blocks) -> None:
        """Say something to everybody where the press happened; raises as a call to Slack does."""
        body = {"response_type": "in_channel", "replace_original": False, "text": text, "blocks": blocks}
        await self.api.respond(str(self.body.get("response_url") or ""), body)

    async def _respond(self, url: str, text: str, blocks: Blocks | None, replace: bool) -> bool:
        """Answer at the ``response_url``; False where it is used up or too old."""
        body: dict[str, Any] = {"response_type": "ephemeral", "replace_original": replace, "text": text}
        if self.thread_ts and not replace:
            body["thread_ts"] = self.thread_ts
        if blocks:
            body["blocks"] = blocks
        try:
            await self.api.respond(url, body)
        except SlackRefused as error:
            log.info("slack.response_url_refused", error=error.code)
            if not blocks or "invalid_blocks" not in error.code:
                return False
            return await self._respond(url, text, None, replace)  # a block this Slack does not know: the words say it
        return True

    async def _whisper(self, text: str, blocks: Blocks | None) -> None:
        """In the channel where it began; where the bot may not speak there, in private."""
        if self.channel_id is not None:
            options = {"text": text, "blocks": blocks, "thread_ts": self.thread_ts}
            try:
                await self.api.call("chat.postEphemeral", channel=self.channel_id, user=self.actor.user_id, **options)
                return
            except SlackRefused as error:
                log.info("slack.tells_in_private", error=error.code)
        opened = await self.api.call("conversations.open", users=self.actor.user_id)
        await self.api.call("chat.postMessage", channel=opened["channel"]["id"], text=text, blocks=blocks)
