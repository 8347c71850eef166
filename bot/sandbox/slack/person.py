"""Somebody at their Slack: what they see and what they do."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack import interactions
from bot.sandbox.slack.controls import Control, controls, only
from bot.sandbox.slack.errors import Ambiguous, NotOnScreen
from bot.sandbox.slack.events import Event, message_event
from bot.sandbox.slack.model import SLACKBOT, Channel, File, Json, Message, Surface, User, View
from bot.sandbox.slack.payloads import message_json
from bot.sandbox.slack.posting import pings
from bot.sandbox.slack.registration import escaped
from bot.sandbox.slack.transport import Delivery
from bot.sandbox.slack.views import MULTI_KEYS, STATE_KEYS, TEXT_FIELDS

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import SlackStandIn

Where = Channel | str
SEARCHED = ("external_select", "multi_external_select")


class Person:
    """One user's hands and eyes.

    Methods that press or type look for the thing for up to ``slack.patience`` real seconds, so a test need not wait
    for a modal itself. They return the ``Delivery`` that went to the app (None where nothing had to go) after its
    ack. ``notices`` are the sentences Slack itself showed when the app did not answer; ``confirmations`` the dialogs
    that asked once more; ``opened`` the links followed.
    """

    def __init__(self, slack: "SlackStandIn", user_id: str) -> None:
        self._slack = slack
        self._user_id = user_id
        self.notices: list[str] = []
        self.confirmations: list[str] = []
        self.opened: list[str] = []
        self.offered: dict[tuple[str, str], list[Json]] = {}

    @property
    def user(self) -> User:
        """Who it is."""
        return self._slack.workspace.users[self._user_id]

    # What they see

    def channels(self) -> list[Channel]:
        """The channels they are in, and their direct message with the bot; archived ones too."""
        there = self._slack.workspace.channels.values()
        return [each for each in there if self._user_id in each.members and not each.deleted]

    def messages(self, channel: Where) -> list[Message]:
        """What stands in a channel itself, oldest first (threads are under their roots)."""
        return self._slack.workspace.roots(self._channel(channel))

    def thread(self, message: Message) -> list[Message]:
        """The replies under a message, oldest first, without the message itself."""
        return self._slack.workspace.replies(message)

    def ephemerals(self, channel: Where | None = None) -> list[Message]:
        """What only they see, oldest first; in one channel or everywhere."""
        wanted = None if channel is None else self._channel(channel).id
        mine = [each for each in self._slack.workspace.ephemerals if each.only_for == self._user_id]
        return [each for each in mine if wanted in {None, each.channel}]

    def dm(self) -> list[Message]:
        """Their direct messages with the bot, oldest first."""
        return self._slack.workspace.roots(self._slack.workspace.open_dm(self._user_id))

    @property
    def modal(self) -> View | None:
        """The modal on top, if one is open."""
        stack = self._slack.screens.stack(self._user_id)
        return stack[-1] if stack else None

    @property
    def home(self) -> View | None:
        """The bot's Home tab, if it published one."""
        return self._slack.workspace.homes.get(self._user_id)

    def visible(self) -> list[Message]:
        """Every message they could press something in, newest first, ephemeral ones too."""
        inside = {channel.id for channel in self.channels()}
        there = [each for key in inside for each in self._slack.workspace.messages[key].values() if not each.deleted]
        return sorted([*there, *self.ephemerals()], key=lambda each: float(each.ts), reverse=True)

    def text(self) -> str:
        """Everything they see, as words: modal, Home tab, then messages with the newest first."""
        parts = [surface.text() for surface in (self.modal, self.home) if surface]
        return "\n---\n".join([*parts, *(message.text() for message in self.visible()), *self.notices])

    def notified_of(self, message: Message) -> bool:
        """Whether Slack would tell them: mentioned, in a direct message, or part of the thread."""
        mentioned = {self._user_id, "channel", "here", "everyone"}
        groups = {key for key, group in self._slack.workspace.usergroups.items() if self._user_id in group.members}
        if message.user == self._user_id or self._user_id not in self._channel(message.channel).members:
            return False
        if set(message.pings) & (mentioned | groups) or self._channel(message.channel).is_im:
            return True
        root = self._slack.workspace.messages[message.channel].get(message.thread_ts or "")
        if not message.is_reply or root is None:
            return False
        earlier = [root, *(each for each in self.thread(root) if float(each.ts) < float(message.ts))]
        return any(each.user == self._user_id or self._user_id in each.pings for each in earlier)

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
        body: Json = {
            "type": "app_home_opened", "user": self._user_id, "tab": "home",
            "channel": self._slack.workspace.open_dm(self._user_id).id, "event_ts": self._slack.workspace.new_ts(),
        }  # fmt: skip
        self._slack.tell(Event("app_home_opened", body))

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
        self, option: str, control: str | None = None, on: Surface | None = None, *, confirm: bool = True
    ) -> Delivery | None:
        """Choose an option (by its words or value) in a menu, or tick it; ``control`` names which menu.

        In menus of people and channels ``option`` is a name or an id. In a menu of several it is added.
        """
        found = await self._find(
            lambda each: self._offers(each, option, control), f"{option!r} in {control or 'a menu'}", on
        )
        value = self._value(found, option)
        if found.kind == "overflow":
            if value.get("url"):
                self.opened.append(value["url"])
            return await self._act(found, {"selected_option": value}, confirm=confirm)
        return await self._change(found, self._chosen(found, value), confirm=confirm)

    async def unchoose(self, option: str, control: str | None = None, on: Surface | None = None) -> Delivery | None:
        """Take an option out of a menu of several, or untick it."""
        found = await self._find(
            lambda each: self._offers(each, option, control), f"{option!r} in {control or 'a menu'}", on
        )
        value, key = self._value(found, option), STATE_KEYS[found.kind]
        left = [each for each in self._field(found)[key] if each != value] if found.kind in MULTI_KEYS else None
        return await self._change(found, left)

    async def type(self, field: str, text: str, on: Surface | None = None, *, enter: bool = False) -> Delivery | None:
        """Type into a field, by its label, placeholder, action_id or block_id; what stood there is replaced.

        In a menu that asks the app, the options it answers are then offered to ``choose``. ``enter`` presses Enter.
        """
        found = await self._find(
            lambda each: each.kind in (*TEXT_FIELDS, *SEARCHED) and each.is_called(field), field, on
        )
        if found.kind not in TEXT_FIELDS:
            return await self._search(found, text)
        wants = set(found.element.get("dispatch_action_config", {}).get("trigger_actions_on", ["on_enter_pressed"]))
        told = ("on_character_entered" in wants) or (enter and "on_enter_pressed" in wants)
        return await self._change(found, text or None, tell=told)

    async def pick(self, field: str, value: str | int, on: Surface | None = None) -> Delivery | None:
        """Set a date (``2026-11-22``), a time (``09:30``) or a moment (seconds since the epoch)."""
        found = await self._find(lambda each: each.kind.endswith("picker") and each.is_called(field), field, on)
        return await self._change(found, value)

    async def upload(self, field: str, name: str, content: str, on: Surface | None = None) -> Delivery | None:
        """Put a file into a file field."""
        found = await self._find(lambda each: each.kind == "file_input" and each.is_called(field), field, on)
        workspace = self._slack.workspace
        file = File(id=workspace.new_id("F"), name=name, title=name, user=self._user_id, content=content, uploaded=True)
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

    async def say(self, text: str, channel: Where | None = None, thread: Message | None = None) -> Message:
        """Write a message in a channel or under a message; the app hears of it where it subscribed."""
        where = self._channel(thread.channel) if thread else self._place(channel)
        ts = self._slack.workspace.new_ts()
        root = (thread.thread_ts or thread.ts) if thread else None
        message = Message(channel=where.id, ts=ts, user=self._user_id, fallback=text, thread_ts=root)
        message.pings = sorted(set(pings({"text": text}, [])))
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

    def _channel(self, channel: Where) -> Channel:
        return self._slack.workspace.channel(channel)

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

    async def _find(
        self, fits: Callable[[Control], bool], what: str, on: Surface | None, block: str | None = None
    ) -> Control:
        def look() -> Control:
            for surface in self._surfaces(on):
                found = only(surface, fits, what, block)
                if found is not None:
                    return found
            raise NotOnScreen(f"{self.user.real_name} sees no {what!r}; there is\n{self._seen(on)}")

        try:
            return look()
        except Ambiguous:
            raise
        except NotOnScreen as missing:
            try:
                return await self._slack.wait_for(look)
            except TimeoutError:
                raise missing from None

    def _surfaces(self, on: Surface | None) -> Iterable[Surface]:
        if on is not None:
            return [on]
        first: list[Surface] = [surface for surface in (self.modal,) if surface]
        last: list[Surface] = [surface for surface in (self.home,) if surface]
        return [*first, *self.visible(), *last]

    def _seen(self, on: Surface | None) -> str:
        return on.text() if on is not None else self.text()

    def _field(self, control: Control) -> Json:
        return interactions.state_of(control.surface, self._user_id)[control.block_id][control.action_id]

    def _offers(self, control: Control, option: str, wanted: str | None) -> bool:
        if wanted is not None and not control.is_called(wanted):
            return False
        try:
            self._value(control, option)
        except LookupError:
            return False
        return True

    def _value(self, control: Control, option: str) -> Any:
        kind = control.kind.removeprefix("multi_")
        if kind in {"users_select", "channels_select", "conversations_select"}:
            return interactions.named(self._slack.workspace, kind, option)
        if kind not in {"overflow", "static_select", "external_select", "radio_buttons", "checkboxes"}:
            raise LookupError(f"{control.label!r} has no options")
        found = control.option(option, self.offered.get((control.block_id, control.action_id), []))
        if found is None:
            raise LookupError(f"{control.label!r} does not offer {option!r}")
        return found

    def _chosen(self, control: Control, value: Any) -> Any:
        if control.kind not in MULTI_KEYS:
            return value
        there: list[Any] = self._field(control)[STATE_KEYS[control.kind]]
        return there if value in there else [*there, value]

    async def _search(self, control: Control, text: str) -> Delivery:
        payload = interactions.suggestion(self._slack, self.user, control, text)
        delivery = await self._slack.deliveries.deliver("interactive", payload)
        self.offered[control.block_id, control.action_id] = interactions.suggested(self._slack, delivery)
        return delivery

    async def _change(
        self, control: Control, value: Any, *, confirm: bool = True, tell: bool = True
    ) -> Delivery | None:
        if not self._confirmed(control, confirm):
            return None
        field = self._field(control)
        field[STATE_KEYS[control.kind]] = value
        self._slack.workspace.changes.note()
        if control.in_input and not (tell and control.block.get("dispatch_action")):
            return None
        return await self._interact(interactions.action(self._slack, self.user, control, field))

    async def _act(self, control: Control, value: Json, *, confirm: bool) -> Delivery | None:
        if not self._confirmed(control, confirm):
            return None
        return await self._interact(interactions.action(self._slack, self.user, control, value))

    def _confirmed(self, control: Control, answer: bool) -> bool:
        dialog = control.element.get("confirm")
        if dialog is not None:
            self.confirmations.append(interactions.dialog_words(dialog, control.surface.names))
        return dialog is None or answer

    async def _interact(self, payload: Json) -> Delivery:
        delivery = await self._slack.deliveries.deliver("interactive", payload)
        if delivery.problem:
            self.notices.append(interactions.TROUBLE)
            self._slack.workspace.changes.note()
        return delivery

    def buttons(self, on: Surface) -> list[str]:
        """The words on the buttons of a surface, in reading order."""
        return [each.label for each in controls(on) if each.kind == "button"]
