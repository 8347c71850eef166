"""What a workspace is made of: people, channels, messages, views, files.

Plain data; everything but live modals survives a restart as JSON (see ``Workspace.dump``).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, Self

from bot.sandbox.slack.render import Names, known_by_id, render_blocks, render_mrkdwn

Json = dict[str, Any]
State = dict[str, dict[str, Json]]
"""What was typed and chosen: block_id -> action_id -> Slack's state value."""

Clock = Callable[[], float]
"""Seconds since the epoch; wound in tests."""

SLACKBOT = "USLACKBOT"


class Stored:
    """A dataclass that goes to JSON and back; fields whose metadata says ``live`` stay behind."""

    def dump(self) -> Json:
        """The stored fields by name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if not f.metadata.get("live")}  # type: ignore[arg-type]

    @classmethod
    def load(cls, data: Json) -> Self:
        """What ``dump`` gave, as an object again."""
        return cls(**data)


@dataclass(kw_only=True)
class User(Stored):
    """Someone in the workspace: a person, the bot, or Slackbot; ``team_id`` where another workspace is theirs."""

    id: str
    name: str
    real_name: str
    tz: str = "America/New_York"
    is_admin: bool = False
    is_owner: bool = False
    is_bot: bool = False
    deleted: bool = False
    team_id: str | None = None

    @property
    def email(self) -> str:
        """An address that reaches nobody."""
        return f"{self.name}@example.test"


@dataclass(kw_only=True)
class Channel(Stored):
    """A public or private channel, or a direct message between one person and the bot."""

    id: str
    name: str
    members: list[str]
    created: int
    creator: str
    is_private: bool = False
    is_im: bool = False
    is_archived: bool = False
    deleted: bool = False
    topic: str = ""

    @property
    def kind(self) -> str:
        """Slack's ``channel_type``: channel, group or im."""
        return "im" if self.is_im else "group" if self.is_private else "channel"


@dataclass(kw_only=True)
class Usergroup(Stored):
    """A named set of people that can be mentioned."""

    id: str
    handle: str
    name: str
    members: list[str]
    disabled: bool = False


@dataclass(kw_only=True)
class File(Stored):
    """An uploaded file. ``content`` is its text, or its bytes one by one where ``encoding`` says latin-1.

    ``length`` is how many bytes the app said it would upload.
    """

    id: str
    name: str
    title: str
    user: str
    content: str = ""
    encoding: str = "utf-8"
    length: int | None = None
    uploaded: bool = False
    shared_in: list[str] = field(default_factory=list)

    @property
    def data(self) -> bytes:
        """What is in it."""
        return self.content.encode(self.encoding)

    def hold(self, data: bytes) -> None:
        """Take these bytes: as text where they are UTF-8."""
        try:
            self.content, self.encoding = data.decode(), "utf-8"
        except UnicodeDecodeError:
            self.content, self.encoding = data.decode("latin-1"), "latin-1"


@dataclass(kw_only=True)
class Message(Stored):
    """One message in a channel or thread, or an ephemeral one (``only_for`` names who sees it).

    ``fallback`` is the top-level text; ``text()`` is what a person reads. ``pings`` names whom it notifies:
    ``channel``, ``here``, ``everyone``, user ids and user-group ids.
    """

    channel: str
    ts: str
    user: str
    fallback: str = ""
    blocks: list[Json] = field(default_factory=list)
    by_app: bool = False
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: Json | None = None
    edited: str | None = None
    edited_by: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    pings: list[str] = field(default_factory=list)
    deleted: bool = False
    only_for: str | None = None
    states: dict[str, State] = field(default_factory=dict)
    names: Names = field(default=known_by_id, repr=False, compare=False, metadata={"live": True})

    def text(self) -> str:
        """All a person reads in it: the blocks, or the text where there are none; buttons as ``[Label]``."""
        if self.deleted:
            return "This message was deleted."
        if self.blocks:
            return render_blocks(self.blocks, self.names, self.states.get(self.only_for or "", {}))
        return render_mrkdwn(self.fallback, self.names)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread under another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return self.only_for is not None


@dataclass(kw_only=True)
class View(Stored):
    """A modal or an App Home tab as one person sees it.

    ``errors`` maps block ids to the sentence beside the field; ``trouble`` is Slack's own complaint at the top.
    """

    id: str
    user: str
    definition: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    state: State = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None
    names: Names = field(default=known_by_id, repr=False, compare=False, metadata={"live": True})

    @property
    def blocks(self) -> list[Json]:
        """The blocks, each with its block_id."""
        blocks: list[Json] = self.definition["blocks"]
        return blocks

    @property
    def kind(self) -> str:
        """``modal`` or ``home``."""
        return str(self.definition["type"])

    @property
    def title(self) -> str:
        """The words at the top ("" for a Home tab)."""
        return self._words("title")

    @property
    def submit_label(self) -> str:
        """The words on the submit button ("" where there is none)."""
        return self._words("submit")

    @property
    def close_label(self) -> str:
        """The words on the button that leaves it."""
        return self._words("close") or "Cancel"

    @property
    def callback_id(self) -> str:
        """The app's name for it."""
        return str(self.definition.get("callback_id") or "")

    def text(self) -> str:
        """All a person reads in it: title, blocks with what is typed in them, errors, buttons."""
        lines = [self.title, self.trouble or "", render_blocks(self.blocks, self.names, self.state, self.errors)]
        if self.kind == "modal":
            lines.append(" ".join(f"[{label}]" for label in (self.close_label, self.submit_label) if label))
        return "\n".join(line for line in lines if line)

    def _words(self, key: str) -> str:
        part = self.definition.get(key)
        return str(part["text"]) if part else ""


Surface = Message | View
"""Anything that shows blocks."""
