"""What somebody writes on the page, and what they do to messages: their doing, handed to the stand-in."""

import html
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp.web import FileField

from bot.sandbox.page.emoji import EMOJI
from bot.sandbox.slack import Person, SlackStandIn
from bot.sandbox.slack.model import Channel, File, Message
from bot.sandbox.slack.registration import escaped

Form = Mapping[str, Any]
Act = Callable[[Person, Form], Awaitable[str | None]]

_EVERYBODY = re.compile(r"(?<!\w)@(channel|here|everyone)\b")
_CALLED = re.compile(r"<@(\w+)(?:\|[^<>]*)?>|<#(\w+)(?:\|[^<>]*)?>|<!(\w+)>")


class Gone(LookupError):
    """What was pressed is not on the screen any more."""


class Writing:
    """Each act takes who does it and the form that was posted; it returns what Slack would say of it, if anything.

    All raise ``Gone`` where what they are about is no longer there.
    """

    def __init__(self, slack: SlackStandIn) -> None:
        self._slack = slack
        self.named: dict[str, Act] = {
            "say": self.say, "edit": self.edit, "delete": self.delete, "react": self.react,
        }  # fmt: skip

    async def say(self, person: Person, form: Form) -> str | None:
        """Write into a channel or thread, with a file or without; a line that begins with ``/`` is a command."""
        text = newlines(form.get("text", "")).strip()
        channel = self._writable(person, str(form.get("channel")))
        root = self._slack.workspace.messages[channel.id].get(str(form.get("thread", "")))
        files = self._files(person, form)
        if not text and not files:
            return None
        if not text.startswith("/") or files:
            await person.say(as_sent(text, self._slack), channel, root, files)
            return None
        command, _, words = text.partition(" ")
        if root is not None:
            return f"{command} is not supported in threads. Sorry!"
        await person.command(command, words.strip(), channel)
        return None

    def _writable(self, person: Person, wanted: str) -> Channel:
        channel = self._slack.workspace.find_channel(wanted)
        if channel is None or person.user.id not in channel.members or channel.is_archived:
            raise Gone("Nobody can write here.")
        return channel

    def _files(self, person: Person, form: Form) -> list[File]:
        field = form.get("file")
        if not isinstance(field, FileField):
            return []
        file = File(
            id=self._slack.workspace.new_id("F"), name=field.filename, title=field.filename, user=person.user.id,
            uploaded=True,
        )  # fmt: skip
        file.hold(field.file.read())
        return [file]

    async def edit(self, person: Person, form: Form) -> str | None:
        """Change a message of one's own; nothing happens where it says the same."""
        message, text = self.message(person, form), newlines(form.get("text", "")).strip()
        if message.user != person.user.id:
            return "Only its author can edit this message."
        sent = as_sent(text, self._slack)
        if text and sent != message.fallback:
            await person.edit(message, sent)
        return None

    async def delete(self, person: Person, form: Form) -> str | None:
        """Delete a message: one's own, or as an admin anybody's."""
        message = self.message(person, form)
        if not (person.user.is_admin or message.user == person.user.id):
            return "Only its author and workspace admins can delete this message."
        await person.delete(message)
        return None

    async def react(self, person: Person, form: Form) -> str | None:
        """Put a reaction under a message, or take one's own away again."""
        message, name = self.message(person, form), str(form.get("name", ""))
        if name not in EMOJI:
            raise Gone("There is no such reaction.")
        people = message.reactions.setdefault(name, [])
        if person.user.id in people:
            people.remove(person.user.id)
        else:
            people.append(person.user.id)
        if not people:
            del message.reactions[name]
        self._slack.workspace.changes.note()
        return None

    def message(self, person: Person, form: Form) -> Message:
        """The message that everybody there sees under the name it is pressed by."""
        kind, _, place = str(form.get("surface", "")).partition(":")
        channel, _, ts = place.partition(":")
        found = self._slack.workspace.message(channel, ts)
        if kind != "m" or found is None or channel not in {each.id for each in person.channels()}:
            raise Gone("That is no longer there.")
        return found


def as_sent(text: str, slack: SlackStandIn) -> str:
    """What a person typed as Slack sends it on: entities for ``&<>``, ids for names with ``@`` and ``#``."""
    everybody = _EVERYBODY.sub(r"<!\1>", html.escape(text, quote=False))
    return escaped(everybody, slack.workspace)


def as_typed(sent: str, slack: SlackStandIn) -> str:
    """What a person would have to type to send that: the other way round."""

    def name(match: re.Match[str]) -> str:
        user, channel, everybody = match.groups()
        if user:
            known = slack.workspace.users.get(user)
            return f"@{known.name if known else user}"
        return f"#{slack.workspace.name_of(channel)}" if channel else f"@{everybody}"

    return html.unescape(_CALLED.sub(name, sent))


def newlines(text: object) -> str:
    """Browsers post line breaks as CRLF."""
    return str(text).replace("\r\n", "\n")
