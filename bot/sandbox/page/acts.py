"""What somebody does on the page, handed to the stand-ins as that person's doing."""

from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp.web import FileField

from bot.sandbox.page.fields import field_name
from bot.sandbox.page.writing import Act, Form, Gone, Writing, newlines
from bot.sandbox.slack import Person, SlackStandIn
from bot.sandbox.slack.controls import Control, controls
from bot.sandbox.slack.interactions import TROUBLE, state_of
from bot.sandbox.slack.model import Message, Surface, View
from bot.sandbox.slack.transport import Delivery
from bot.sandbox.slack.views import TEXT_FIELDS


class Acts:
    """Each act takes who does it and the form that was posted; it returns what Slack would say of it, if anything.

    All raise ``Gone`` where what they are about is no longer there.
    """

    def __init__(self, slack: SlackStandIn) -> None:
        self._slack = slack
        self.named: dict[str, Act] = {
            "click": self.click, "choose": self.choose, "unchoose": self.unchoose, "type": self.type,
            "search": self.search, "pick": self.pick, "upload": self.upload, "drop": self.drop, "submit": self.submit,
            "close": self.close, "shortcut": self.shortcut,
            "message_shortcut": self.message_shortcut, "dismiss": self.dismiss,
            "home": self.home, **Writing(slack).named,
        }  # fmt: skip

    # On surfaces

    async def click(self, person: Person, form: Form) -> str | None:
        """Press a button."""
        found = self._control(person, form)
        return _said(await person.click(found.action_id, found.surface, block=found.block_id))

    async def choose(self, person: Person, form: Form) -> str | None:
        """Choose in a menu, or tick."""
        found, value = self._control(person, form), _value(form)
        if not value:
            return None
        return _said(await person.choose(value, found.action_id, found.surface, block=found.block_id))

    async def unchoose(self, person: Person, form: Form) -> str | None:
        """Take out of a menu of several, or untick."""
        found = self._control(person, form)
        return _said(await person.unchoose(_value(form), found.action_id, found.surface, block=found.block_id))

    async def type(self, person: Person, form: Form) -> str | None:
        """Type into a field; ``enter`` presses Enter too. What stands there already is not told again.

        The last keys may be on their way when their window closes: then nobody hears them.
        """
        try:
            found = self._control(person, form)
        except Gone:
            return None
        value, enter = _value(form), bool(form.get("enter"))
        held = state_of(found.surface, person.user.id)[found.block_id][found.action_id].get("value") or ""
        if held == value and not enter:
            return None
        return _said(await person.type(found.action_id, value, found.surface, block=found.block_id, enter=enter))

    async def search(self, person: Person, form: Form) -> str | None:
        """Type into a menu that asks the app; what it offers is then in ``person.offered``."""
        found = self._control(person, form)
        return _said(await person.type(found.action_id, _value(form), found.surface, block=found.block_id))

    async def pick(self, person: Person, form: Form) -> str | None:
        """Set a date, a time or a moment; an empty one empties it."""
        found, value = self._control(person, form), _value(form)
        moment: str | int | None = value or None
        if value and found.kind == "datetimepicker":
            moment = int(datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(person.user.tz)).timestamp())
        return _said(await person.pick(found.action_id, moment, found.surface, block=found.block_id))

    async def upload(self, person: Person, form: Form) -> str | None:
        """Put a file into a file field."""
        found = self._control(person, form)
        file = form.get(field_name(found.block_id, found.action_id))
        if not isinstance(file, FileField):
            raise Gone("There is no file.")
        content = file.file.read()
        return _said(await person.upload(found.block_id, file.filename, content, found.surface))

    async def drop(self, person: Person, form: Form) -> str | None:
        """Take a file out of a file field."""
        found = self._control(person, form)
        held = state_of(found.surface, person.user.id)[found.block_id][found.action_id]
        held["files"] = [each for each in held["files"] if each["id"] != form.get("value")]
        self._slack.workspace.changes.note()
        return None

    def _control(self, person: Person, form: Form) -> Control:
        there = controls(self._surface(person, form))
        for each in there:
            if each.block_id == form.get("block") and each.action_id == form.get("action"):
                return each
        raise Gone("That is no longer there.")

    def _surface(self, person: Person, form: Form) -> Surface:
        kind, _, rest = str(form.get("surface", "")).partition(":")
        found = self._view(person, rest) if kind == "v" else self._message(person, kind, rest)
        if found is None:
            raise Gone("That is no longer there.")
        return found

    def _view(self, person: Person, view_id: str) -> View | None:
        there = [*self._slack.screens.stack(person.user.id), *([person.home] if person.home else [])]
        return next((each for each in there if each.id == view_id), None)

    def _message(self, person: Person, kind: str, place: str) -> Message | None:
        channel, _, ts = place.partition(":")
        if kind == "e":
            return next((each for each in person.ephemerals() if (each.channel, each.ts) == (channel, ts)), None)
        if channel not in {each.id for each in person.channels()}:
            return None
        return self._slack.workspace.message(channel, ts)

    # Modals

    async def submit(self, person: Person, form: Form) -> str | None:
        """Send the modal on top, with the text fields as they stand in the form."""
        view = self._top(person, form)
        for each in controls(view):
            name = field_name(each.block_id, each.action_id)
            if each.kind in TEXT_FIELDS and name in form:
                view.state[each.block_id][each.action_id]["value"] = newlines(form[name]) or None
        await person.submit()
        return None

    async def close(self, person: Person, form: Form) -> str | None:
        """Leave the modal on top; with ``everything`` all of them."""
        self._top(person, form)
        await person.close(everything=bool(form.get("everything")))
        return None

    def _top(self, person: Person, form: Form) -> View:
        if person.modal is None or form.get("surface") != f"v:{person.modal.id}":
            raise Gone("This window was closed already.")
        return person.modal

    # Elsewhere

    async def shortcut(self, person: Person, form: Form) -> str | None:
        """Use one of the app's global shortcuts."""
        return _said(await person.shortcut(str(form["name"])))

    async def message_shortcut(self, person: Person, form: Form) -> str | None:
        """Use one of the app's shortcuts on a message."""
        surface = self._surface(person, form)
        if not isinstance(surface, Message):
            raise Gone("That is no message.")
        return _said(await person.message_shortcut(str(form["name"]), surface))

    async def dismiss(self, person: Person, form: Form) -> str | None:
        """Put an ephemeral message away."""
        surface = self._surface(person, form)
        if isinstance(surface, Message) and surface.is_ephemeral:
            self._slack.workspace.dismiss(surface)
        return None

    async def home(self, person: Person, _form: Form) -> str | None:
        """Look at the bot's Home tab."""
        await person.open_home()
        return None


def _value(form: Form) -> str:
    value = form.get("value")
    if value is None:
        value = form.get(field_name(str(form.get("block")), str(form.get("action"))), "")
    return newlines(value)


def _said(delivery: Delivery | None) -> str | None:
    return TROUBLE if delivery is not None and delivery.problem else None
