"""What somebody's hands do on a surface: finding a control, changing what stands in it, telling the app."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack import interactions
from bot.sandbox.slack.controls import Control, only
from bot.sandbox.slack.errors import Ambiguous, NotOnScreen
from bot.sandbox.slack.model import Json, Surface
from bot.sandbox.slack.sight import Sight
from bot.sandbox.slack.transport import Delivery
from bot.sandbox.slack.views import MULTI_KEYS, STATE_KEYS

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import SlackStandIn


class Hands(Sight):
    """One user's hands.

    ``confirmations`` are the dialogs that asked once more; ``offered`` what the app offered to menus that ask it, by
    block_id and action_id.
    """

    def __init__(self, slack: "SlackStandIn", user_id: str) -> None:
        super().__init__(slack, user_id)
        self.confirmations: list[str] = []
        self.offered: dict[tuple[str, str], list[Json]] = {}

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

    async def _find_option(
        self, option: str, control: str | None, on: Surface | None, block: str | None = None
    ) -> Control:
        what = f"{option!r} in {control or 'a menu'}"
        return await self._find(lambda each: self._offers(each, option, control), what, on, block)

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
