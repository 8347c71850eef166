"""Drawing App Home: when somebody opens it, after they pressed something on it, and when what it shows has changed."""

import asyncio
import hashlib
import json
from weakref import WeakValueDictionary

import structlog

from bot.services.home import JOB, Homes, Rights
from bot.services.policy import Act
from bot.slack.api import SlackRefused
from bot.slack.blocks import Block
from bot.slack.desk import Room
from bot.slack.home import blocks
from bot.store import homes as rows
from bot.store import jobs as job_rows

log = structlog.get_logger(__name__)

_RIGHTS = {
    "read": Act.READ,
    "text": Act.REPLY,
    "broadcast": Act.BROADCAST,
    "approve": Act.APPROVE,
    "shared_calls": Act.SHARED_EXPERTS,
    "spend": Act.SPEND,
    "own_calls": Act.OWN_EXPERTS,
    "setup": Act.SETUP,
}
"""What decides each of ``Rights``."""


class HomeDrawing:
    """Publishes Homes; what is shown comes from the store, and who may see it from Slack."""

    def __init__(self, room: Room, homes: Homes) -> None:
        self._room = room
        self._homes = homes
        self._one_by_one: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def opened(self, user_id: str) -> None:
        """Somebody looks at their Home: draw it, and keep it true from now on."""
        async with self._alone(user_id):
            await self._draw(user_id, opened=True)

    async def pressed(self, user_id: str) -> None:
        """Somebody pressed something on their Home: draw it anew, where it would show something else now."""
        async with self._alone(user_id):
            if await self._differs(user_id):
                await self._draw(user_id, opened=True)

    async def refresh(self, user_id: str) -> bool:
        """Look after an open Home: drawn anew where it would show something else; whether it was.

        One that Slack does not take (any more) counts as closed.
        """
        async with self._alone(user_id):
            if not await self._differs(user_id):
                return False
            try:
                await self._draw(user_id, opened=False)
            except SlackRefused as error:
                log.warning("home.refused", error=error.code)
                await self.closed(user_id)
            return True

    async def closed(self, user_id: str) -> None:
        """Somebody has turned to another tab."""
        async with self._room.store.write() as tx:
            await rows.closed(tx, user_id)

    def _alone(self, user_id: str) -> asyncio.Lock:
        return self._one_by_one.setdefault(user_id, asyncio.Lock())

    async def _differs(self, user_id: str) -> bool:
        """Whether it would show something else now; False where Slack cannot say what this person may see."""
        view = await self._view(user_id)
        async with self._room.store.write() as tx:
            row = await rows.home(tx, user_id)
            await rows.looked(tx, user_id)
        return view is not None and (row is None or row["drawn"] != _looks(view))

    async def _draw(self, user_id: str, *, opened: bool) -> None:
        """Draw it, of two that draw at once the later one last: where that is not certain it is drawn once more."""
        async with self._room.store.write() as tx:
            drawing = await (rows.opened(tx, user_id) if opened else rows.redrawing(tx, user_id))
            if opened and await rows.alone(tx, user_id):
                await job_rows.wake(tx, JOB)  # with another one open it looks every other second anyway
        if drawing is None:
            return
        view = await self._view(user_id) or blocks.only(blocks.UNKNOWN)
        await self._room.api.call("views.publish", user_id=user_id, view=view)
        async with self._room.store.write() as tx:
            await rows.drawn(tx, user_id, drawing, _looks(view))

    async def _view(self, user_id: str) -> Block | None:
        """What is to be shown; None where Slack could not say who this is."""
        policy = await self._room.directory.policy()
        facts = {name: await self._room.directory.facts(user_id, policy, act) for name, act in _RIGHTS.items()}
        if not all(each.known for each in facts.values()):
            return None
        if any(each.outsider for each in facts.values()):
            return blocks.only(blocks.OUTSIDE)
        rights = Rights(**{name: policy.allows(act, facts[name]) for name, act in _RIGHTS.items()})
        async with self._room.store.read() as tx:
            home = await self._homes.of(tx, user_id, rights)
        return blocks.view(home, self._room.team_url, policy.who_can(Act.SETUP))


def _looks(view: Block) -> str:
    return hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()
