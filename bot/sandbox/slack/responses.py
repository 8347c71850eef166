"""Response URLs: five answers within thirty minutes to whoever did something.

Source: docs.slack.dev, Handling user interaction.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.slack import posting
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.events import message_event
from bot.sandbox.slack.model import Channel, Json, Message
from bot.sandbox.slack.payloads import message_json

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import SlackStandIn

MOST_USES, LIFETIME = 5, 30 * 60

_KEYS = {
    "text", "blocks", "response_type", "replace_original", "delete_original", "thread_ts", "metadata", "unfurl_links",
    "unfurl_media", "mrkdwn", "parse", "link_names",
}  # fmt: skip


@dataclass
class _Issued:
    user: str
    channel: Channel
    original: Message | None
    issued: float
    uses: int = 0


class ResponseUrls:
    """The response URLs handed out."""

    def __init__(self, slack: "SlackStandIn") -> None:
        self._slack = slack
        self._issued: dict[str, _Issued] = {}

    def issue(self, user: str, channel: Channel, original: Message | None = None) -> str:
        """A fresh URL; ``original`` is the message something was done in."""
        token = self._slack.workspace.new_id("response")
        self._issued[token] = _Issued(user, channel, original, self._slack.now())
        return f"{self._slack.url}response/{token}"

    def respond(self, token: str, content: Json) -> None:
        """Use a URL once. Raises ``SlackError``: expired_url, used_url, invalid_payload, or a message's refusal."""
        issued = self._issued.get(token)
        if issued is None or self._slack.now() - issued.issued > LIFETIME:
            raise SlackError("expired_url")
        if issued.uses >= MOST_USES:
            raise SlackError("used_url")
        if unknown := content.keys() - _KEYS:
            self._slack.record.complain(f"response_url: unknown {sorted(unknown)}")
            raise SlackError("invalid_payload")
        self.say(issued.user, issued.channel, content, issued.original)
        issued.uses += 1

    def say(self, user: str, channel: Channel, content: Json, original: Message | None = None) -> None:
        """Show an answer: in place of the original, to everybody, or (by default) only to this person."""
        if original is not None and content.get("delete_original"):
            self._delete(original)
        elif original is not None and content.get("replace_original"):
            self._replace(original, content)
        else:
            ephemeral = content.get("response_type", "ephemeral") != "in_channel"
            message = posting.post(
                self._slack, channel, content, thread_ts=content.get("thread_ts"), only_for=user if ephemeral else None
            )
            if not ephemeral:
                self._slack.tell(message_event(self._slack.workspace, message))

    def _delete(self, original: Message) -> None:
        if original.is_ephemeral:
            self._slack.workspace.dismiss(original)
            return
        before = message_json(self._slack.workspace, original)
        original.deleted = True
        self._slack.workspace.changes.note()
        self._slack.tell(message_event(self._slack.workspace, original, "message_deleted", before))

    def _replace(self, original: Message, content: Json) -> None:
        before = message_json(self._slack.workspace, original)
        posting.change(self._slack, original, content)
        if not original.is_ephemeral:
            self._slack.tell(message_event(self._slack.workspace, original, "message_changed", before))
