"""What each person has open: modals in a stack, the Home tab; and the triggers that let the app open one."""

from dataclasses import dataclass

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.model import Json, View
from bot.sandbox.slack.payloads import settled
from bot.sandbox.slack.views import carried_over, first_state
from bot.sandbox.slack.workspace import Workspace

DEEPEST = 3
"""Views in one stack."""
TRIGGER_SECONDS = 3


@dataclass
class Trigger:
    """Somebody did something: for three seconds, once, the app may open a modal for them."""

    user: str
    issued: float
    view_id: str | None
    used: bool = False


class Triggers:
    """The triggers handed out."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str, view_id: str | None = None) -> str:
        """A fresh ``trigger_id``; ``view_id`` where it was done in a modal."""
        trigger_id = f"{self._workspace.new_id('')}.{self._workspace.new_id('')}.{self._workspace.new_id('t')}"
        self._issued[trigger_id] = Trigger(user, self._workspace.now(), view_id)
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use a trigger up.

        Raises ``SlackError``: invalid_trigger_id, exchanged_trigger_id, expired_trigger_id.
        """
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._workspace.now() - trigger.issued > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger


class Screens:
    """Opening, replacing and leaving views."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def stack(self, user: str) -> list[View]:
        """The open modals of a person, the top one last."""
        return self._workspace.modals.setdefault(user, [])

    def open(self, user: str, definition: Json) -> View:
        """Show a modal; whatever was open gives way."""
        view = self._made(user, definition, None)
        self._workspace.modals[user] = [view]
        self._workspace.changes.note()
        return view

    def push(self, user: str, definition: Json) -> View:
        """Put a modal on top. Raises ``SlackError``: not_found without an open one, push_limit_reached over three."""
        stack = self.stack(user)
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= DEEPEST:
            raise SlackError("push_limit_reached")
        stack.append(self._made(user, definition, stack[-1]))
        self._workspace.changes.note()
        return stack[-1]

    def publish(self, user: str, definition: Json) -> View:
        """Set a Home tab; it keeps its id."""
        home = self._workspace.homes.get(user)
        if home is None:
            home = self._workspace.homes[user] = self._made(user, definition, None)
            self._workspace.changes.note()
        else:
            self.replace(home, definition)
        return home

    def replace(self, view: View, definition: Json) -> None:
        """Give a view new content; fields with the same block_id and action_id keep what was typed."""
        view.definition = definition | {"blocks": settled(self._workspace, definition["blocks"])}
        view.state = carried_over(view.state, view.blocks)
        view.hash = self._workspace.new_hash()
        view.errors, view.trouble = {}, None
        self._workspace.changes.note()

    def leave(self, view: View, *, everything: bool = False) -> list[View]:
        """Take a modal away, or its whole stack; returns what was closed, the top one first."""
        stack = self.stack(view.user)
        if view not in stack:
            return []
        closed = list(reversed(stack)) if everything else [view]
        self._workspace.modals[view.user] = [each for each in stack if each not in closed]
        self._workspace.changes.note()
        return closed

    def _made(self, user: str, definition: Json, below: View | None) -> View:
        blocks = settled(self._workspace, definition["blocks"])
        view_id = self._workspace.new_id("V")
        return View(
            id=view_id, user=user, definition=definition | {"blocks": blocks}, hash=self._workspace.new_hash(),
            root_id=below.root_id if below else view_id, previous_id=below.id if below else None,
            state=first_state(blocks), names=self._workspace.name_of,
        )  # fmt: skip
