"""Somebody at their Slack: everything they can do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.sandbox.slack import interactions
from bot.sandbox.slack.errors import NotOnScreen
from bot.sandbox.slack.events import Event, message_event
from bot.sandbox.slack.hands import Hands
from bot.sandbox.slack.model import SLACKBOT, Channel, File, Message, Surface, View
from bot.sandbox.slack.payloads import message_json
from bot.sandbox.slack.posting import pings
from bot.sandbox.slack.registration import escaped
from bot.sandbox.slack.sight import Where
from bot.sandbox.slack.transport import Delivery
from bot.sandbox.slack.views import MULTI_KEYS, STATE_KEYS, TEXT_FIELDS

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import SlackStandIn

SEARCHED = ("external_select", "multi_external_select")


class Person(Hands):
    """One user of the workspace; what they see is in ``Sight``.

    Methods that press or type look for the thing for up to ``slack.patience`` real seconds, so a test need not wait
    for a modal itself. They return the ``Delivery`` that went to the app (None where nothing had to go) after its
    ack. ``opened`` are the links followed.
    """

    def __init__(self, slack: "SlackStandIn", user_id: str) -> None:
        super().__init__(slack, user_id)
        self.opened: list[str] = []

    # Commands and shortcuts

    async def command(self, command: str, text: str = "", channel: Where | None = None) -> Delivery | None:
        """Type a slash command into a channel (default: the first they are in). None where it is not registered."""
        where = self._place(channel)
        registered = self._slack.registration.commands.get(command)
        if registered is None:
            self._slackbot(where, f"{command} is not a valid command.")
            return None
        sent = escaped(text, self._slack.workspace) if registered.escapes else text
        payload = interactions.command(self._slack, self.user, where, command, sent)
        delivery = await self._slack.deliveries.deliver("command", payload)
        if delivery.problem:
            self._slackbot(where, f'{command} failed with the error "{delivery.problem}"')
        elif delivery.response:
            interactions.answer_command(self._slack, self.user, where, delivery.response)
        return delivery

    async def shortcut(self, name: str) -> Delivery:
        """Use a global shortcut, by its name or callback id."""
        shortcut = self._slack.registration.shortcut(name, "global")
        return await self._interact(interactions.shortcut(self._slack, self.user, shortcut))

    async def message_shortcut(self, name: str, message: Message) -> Delivery:
        """Use a message shortcut on a message, by its name or callback id."""
        shortcut = self._slack.registration.shortcut(name, "message")
        return await self._interact(interactions.message_shortcut(self._slack, self.user, shortcut, message))

    async def open_home(self) -> None:
        """Look at the bot's Home tab."""
        self._slack.tell(interactions.app_opened(self._slack, self.user, "home", self.home))

    async def open_messages(self) -> None:
        """Look at the messages with the bot, beside its Home tab."""
        self._slack.tell(interactions.app_opened(self._slack, self.user, "messages", None))

    # Pressing and choosing

    async def click(
        self, wanted: str, on: Surface | None = None, *, block: str | None = None, confirm: bool = True
    ) -> Delivery | None:
        """Press a button, by its words or action_id, on ``on`` or on the newest surface that has it.

        ``block`` narrows it to one block_id. Where a dialog asks once more, ``confirm`` is the answer. Raises
        ``NotOnScreen`` and ``Ambiguous``.
        """
        control = await self._find(
            lambda each: each.kind in {"button", "workflow_button"} and each.is_called(wanted), wanted, on, block
        )
        if "url" in control.element:
            self.opened.append(control.element["url"])
        return await self._act(control, {}, confirm=confirm)

    async def choose(
        self,
        option: str,
        control: str | None = None,
        on: Surface | None = None,
        *,
        block: str | None = None,
        confirm: bool = True,
    ) -> Delivery | None:
        """Choose an option (by its words or value) in a menu, or tick it; ``control`` names which menu.

        In menus of people and channels ``option`` is a name or an id. In a menu of several it is added.
        """
        found = await self._find_option(option, control, on, block)
        value = self._value(found, option)
        if found.kind == "overflow":
            if value.get("url"):
                self.opened.append(value["url"])
            return await self._act(found, {"selected_option": value}, confirm=confirm)
        return await self._change(found, self._chosen(found, value), confirm=confirm)

    async def unchoose(
        self, option: str, control: str | None = None, on: Surface | None = None, *, block: str | None = None
    ) -> Delivery | None:
        """Take an option out of a menu of several, or untick it."""
        found = await self._find_option(option, control, on, block)
        value, key = self._value(found, option), STATE_KEYS[found.kind]
        left = [each for each in self._field(found)[key] if each != value] if found.kind in MULTI_KEYS else None
        return await self._change(found, left)

    async def type(
        self, field: str, text: str, on: Surface | None = None, *, block: str | None = None, enter: bool = False
    ) -> Delivery | None:
        """Type into a field, by its label, placeholder, action_id or block_id; what stood there is replaced.

        In a menu that asks the app, the options it answers are then offered to ``choose``. ``enter`` presses Enter.
        """
        found = await self._find(
            lambda each: each.kind in (*TEXT_FIELDS, *SEARCHED) and each.is_called(field), field, on, block
        )
        if found.kind not in TEXT_FIELDS:
            return await self._search(found, text)
        wants = set(found.element.get("dispatch_action_config", {}).get("trigger_actions_on", ["on_enter_pressed"]))
        told = ("on_character_entered" in wants) or (enter and "on_enter_pressed" in wants)
        return await self._change(found, text or None, tell=told)

    async def pick(
        self, field: str, value: str | int | None, on: Surface | None = None, *, block: str | None = None
    ) -> Delivery | None:
        """Set a date (``2026-11-22``), a time (``09:30``) or a moment (seconds since the epoch); None empties it."""
        found = await self._find(lambda each: each.kind.endswith("picker") and each.is_called(field), field, on, block)
        return await self._change(found, value)

    async def upload(self, field: str, name: str, content: str | bytes, on: Surface | None = None) -> Delivery | None:
        """Put a file into a file field: text as UTF-8, bytes as they are."""
        found = await self._find(lambda each: each.kind == "file_input" and each.is_called(field), field, on)
        workspace = self._slack.workspace
        file = File(id=workspace.new_id("F"), name=name, title=name, user=self._user_id, uploaded=True)
        file.hold(content if isinstance(content, bytes) else content.encode())
        workspace.files[file.id] = file
        return await self._change(found, [*self._field(found)["files"], interactions.file_reference(workspace, file)])

    # Modals

    async def submit(self) -> Delivery | None:
        """Press the submit button of the modal on top. None where Slack itself refuses what is typed."""
        view = await self._slack.wait_for(lambda: self._open_modal(submitting=True))
        return await interactions.submit(self._slack, self.user, view)

    async def close(self, *, everything: bool = False) -> None:
        """Leave the modal on top, or the whole stack."""
        await interactions.close(self._slack, self.user, self._open_modal(), everything=everything)

    def _open_modal(self, *, submitting: bool = False) -> View:
        view = self.modal
        if view is None or (submitting and (not view.submit_label or view.definition.get("submit_disabled"))):
            raise NotOnScreen(f"no modal {'to submit' if submitting else 'is open'}; there is\n{self.text()}")
        return view

    # Messages of their own

    async def say(
        self, text: str, channel: Where | None = None, thread: Message | None = None, files: Sequence[File] = ()
    ) -> Message:
        """Write a message in a channel or under a message, with files or without.

        The app hears of it where it subscribed.
        """
        where = self._channel(thread.channel) if thread else self._place(channel)
        ts = self._slack.workspace.new_ts()
        root = (thread.thread_ts or thread.ts) if thread else None
        message = Message(channel=where.id, ts=ts, user=self._user_id, fallback=text, thread_ts=root)
        message.pings = sorted(set(pings({"text": text}, [])))
        for file in files:
            self._slack.workspace.files[file.id] = file
            message.files.append(file.id)
            file.shared_in.append(where.id)
        self._slack.workspace.keep(message)
        self._slack.tell(message_event(self._slack.workspace, message))
        if self._slack.workspace.bot.id in message.pings:
            body = message_json(self._slack.workspace, message) | {"type": "app_mention", "channel": where.id}
            self._slack.tell(Event("app_mention", body | {"event_ts": ts}))
        return message

    async def edit(self, message: Message, text: str) -> None:
        """Change one of their own messages."""
        before = message_json(self._slack.workspace, message)
        message.fallback, message.edited, message.edited_by = text, self._slack.workspace.new_ts(), self._user_id
        self._slack.workspace.changes.note()
        self._slack.tell(message_event(self._slack.workspace, message, "message_changed", before))

    async def delete(self, message: Message) -> None:
        """Delete a message (admins may delete anybody's); what hangs under it stays where it was."""
        before = message_json(self._slack.workspace, message)
        message.deleted = True
        self._slack.workspace.changes.note()
        self._slack.tell(message_event(self._slack.workspace, message, "message_deleted", before))

    # How it is done

    def _place(self, channel: Where | None) -> Channel:
        if channel is not None:
            return self._channel(channel)
        inside = [each for each in self.channels() if not each.is_im and not each.is_archived]
        return inside[0] if inside else self._slack.workspace.open_dm(self._user_id)

    def _slackbot(self, where: Channel, text: str) -> None:
        ts = self._slack.workspace.new_ts()
        self._slack.workspace.keep(
            Message(channel=where.id, ts=ts, user=SLACKBOT, fallback=text, only_for=self._user_id)
        )
