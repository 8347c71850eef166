"""What people decide about a broadcast: approve, decline, undo, cancel, look again, send anyway."""

from collections.abc import Awaitable, Callable

from bot.errors import Invalid, Refused
from bot.services.broadcast_model import Broadcast, State
from bot.services.broadcasts import Pressed
from bot.services.policy import Act
from bot.slack import ids as all_ids
from bot.slack import screens
from bot.slack.broadcasts import ids, views
from bot.slack.broadcasts.desk import BroadcastDesk
from bot.slack.broadcasts.listing import ListListeners
from bot.slack.interaction import Interaction
from bot.slack.notices import LOOKED_MEANWHILE
from bot.store.engine import Tx

_LOOK_EVERY = 0.25
_LOOK_TIMES = 32

Change = Callable[[Tx], Awaitable[Pressed]]
Said = Callable[[Pressed], str | None]


class DecidingListeners:
    """What presses on a broadcast do."""

    def __init__(self, desk: BroadcastDesk, listing: ListListeners) -> None:
        self._room = desk.room
        self._broadcasts = desk.office.broadcasts
        self._listing = listing

    async def _press(self, interaction: Interaction, act: Act, change: Change, said: Said) -> None:
        """Write it before the acknowledgement where the right to it is known; else as soon as Slack has said."""
        user_id = interaction.actor.user_id
        policy = await self._room.directory.policy()
        facts = self._room.directory.known(user_id, policy, act)
        allowed = facts is not None and policy.allows(act, facts)

        async def work() -> str | None:
            async with self._room.store.write() as tx:
                return said(await change(tx))

        sentence = await work() if allowed else None
        await interaction.acknowledge()

        async def after() -> None:
            words = sentence
            if not allowed:
                await self._room.directory.check(user_id, act)
                words = await work()
            if words:
                await interaction.tell(words, replace=ids.OfBroadcast.unpack(interaction.value).answer)

        self._room.boundary.later(interaction, after(), "broadcast.press")

    async def approve(self, interaction: Interaction) -> None:
        """**Approve**."""
        of, user_id = ids.OfBroadcast.unpack(interaction.value), interaction.actor.user_id
        await self._press(
            interaction,
            Act.APPROVE,
            lambda tx: self._broadcasts.approve(tx, of.broadcast, of.version, user_id),
            lambda pressed: None if pressed.done else _decided(pressed.broadcast, of.version),
        )

    async def decline(self, interaction: Interaction) -> None:
        """**Decline**: asks why."""
        of = ids.OfBroadcast.unpack(interaction.value)
        await interaction.acknowledge()

        async def ask() -> None:
            await self._room.directory.check(interaction.actor.user_id, Act.APPROVE)
            async with self._room.store.read() as tx:
                broadcast = await self._broadcasts.get(tx, of.broadcast)
            if broadcast.state is not State.WAITING or broadcast.version != of.version:
                await interaction.tell(_decided(broadcast, of.version))
                return
            if broadcast.author == interaction.actor.user_id:
                raise Refused("You wrote this broadcast, so somebody else has to decide. Nothing was sent.")
            draft = ids.DeclineDraft(broadcast=of.broadcast, version=of.version, channel=interaction.channel_id)
            await interaction.open(views.decline(draft, broadcast.author))

        self._room.boundary.later(interaction, ask(), "broadcast.decline")

    async def declined(self, interaction: Interaction) -> None:
        """**Decline**, with a reason."""
        draft = ids.DeclineDraft.unpack(interaction.view.get("private_metadata"))
        user_id = interaction.actor.user_id
        refused = await self._room.refusal(user_id, Act.APPROVE)
        if refused is not None:
            await interaction.acknowledge(response_action="update", view=screens.failed(views.DECLINE, refused))
            return
        reason = all_ids.typed(interaction.view, ids.REASON)
        try:
            async with self._room.store.write() as tx:
                pressed = await self._broadcasts.decline(tx, draft.broadcast, draft.version, user_id, reason)
        except Invalid as error:
            await interaction.acknowledge(response_action="errors", errors={"reason": str(error)})
            return
        if pressed.done:
            await interaction.acknowledge()
            return
        shown = screens.already(views.DECLINE, _decided(pressed.broadcast, draft.version))
        await interaction.acknowledge(response_action="update", view=shown)

    async def undo(self, interaction: Interaction) -> None:
        """**Undo**: its author always may, and whoever may send."""
        of, user_id = ids.OfBroadcast.unpack(interaction.value), interaction.actor.user_id
        async with self._room.store.read() as tx:
            author = (await self._broadcasts.get(tx, of.broadcast)).author
        await self._press(
            interaction,
            Act.OWN_BROADCAST if author == user_id else Act.BROADCAST,
            lambda tx: self._broadcasts.undo(tx, of.broadcast, user_id),
            lambda pressed: _undone(pressed, answered=of.answer),
        )

    async def check_again(self, interaction: Interaction) -> None:
        """**Check again** on an unconfirmed one."""
        of, user_id = ids.OfBroadcast.unpack(interaction.value), interaction.actor.user_id
        await self._press(
            interaction,
            Act.BROADCAST,
            lambda tx: self._broadcasts.check_again(tx, of.broadcast, of.fence, user_id),
            lambda pressed: "Looking once more. Its message tells what came of it." if pressed.done else _left(pressed),
        )

    async def send_anyway(self, interaction: Interaction) -> None:
        """**Send anyway**, which was asked once more: a person takes the risk of a second one."""
        of, user_id = ids.OfBroadcast.unpack(interaction.value), interaction.actor.user_id
        await self._press(
            interaction,
            Act.BROADCAST,
            lambda tx: self._broadcasts.send_anyway(tx, of.broadcast, of.fence, user_id),
            lambda pressed: "It is being sent again." if pressed.done else _left(pressed),
        )

    async def cancel(self, interaction: Interaction) -> None:
        """**Cancel** on a scheduled one, on its message or in the list: whoever pressed is told what came of it."""
        of, user_id = ids.OfBroadcast.unpack(interaction.value), interaction.actor.user_id
        await interaction.acknowledge()

        async def work() -> None:
            await self._room.directory.check(user_id, Act.BROADCAST)
            async with self._room.store.write() as tx:
                pressed = await self._broadcasts.cancel(tx, of.broadcast, user_id)
            words = await self._cancelled(pressed)
            if of.page is not None:
                await self._listing.show(interaction, of.page, replace=True, said=words)
            else:
                await interaction.tell(words)

        self._room.boundary.later(interaction, work(), "broadcast.cancel")

    async def _cancelled(self, pressed: Pressed) -> str:
        """What came of it, if that is known within a few seconds."""
        if not pressed.done:
            return _not_scheduled(pressed.broadcast)
        before = pressed.broadcast.reason
        for _ in range(_LOOK_TIMES):
            async with self._room.store.read() as tx:
                broadcast = await self._broadcasts.get(tx, pressed.broadcast.id)
            if broadcast.state is State.CANCELLED:
                return ":wastebasket: It is cancelled: nothing is sent."
            if broadcast.reason != before or broadcast.state is not State.SCHEDULED:
                return f":warning: {broadcast.reason or 'It was not cancelled: it has been sent already.'}"
            await self._room.store.clock.sleep(_LOOK_EVERY)
        return "Clearstream was told to delete it and has not answered yet. Its message tells what came of it."


def _left(pressed: Pressed) -> str:
    """Why a press on an unconfirmed one did nothing: how it stands instead."""
    if pressed.broadcast.state is State.UNCONFIRMED:
        return LOOKED_MEANWHILE
    if pressed.broadcast.state is State.LEAVING:
        return "It is being looked for, or sent again, just now. Nothing was done: its message tells what comes of it."
    return "That was decided already; its message shows how it stands now."


def _decided(broadcast: Broadcast, version: int) -> str:
    """Why it cannot be decided (any more)."""
    if broadcast.version != version:
        return "Its author has changed it since: what you saw is not what would be sent. Nothing was done."
    if broadcast.decided_by is None:
        return "There is nothing to decide any more. Nothing was done."
    how = "declined" if broadcast.state is State.DECLINED else "approved"
    return f"<@{broadcast.decided_by}> has {how} it already. Nothing more was done."


def _undone(pressed: Pressed, *, answered: bool) -> str | None:
    broadcast = pressed.broadcast
    if pressed.done:
        return ":leftwards_arrow_with_hook: *Undone*: nothing was sent." if answered else None
    if broadcast.state is State.UNDONE:
        by = f" by <@{broadcast.stopped_by}>" if broadcast.stopped_by else ""
        return f"It was undone already{by}: nothing was sent."
    return "*Too late*: it has left already. Its message in the broadcasts channel shows what became of it."


def _not_scheduled(broadcast: Broadcast) -> str:
    if broadcast.state is State.CANCELLED:
        return "It was cancelled already: nothing is sent."
    return "It is not scheduled any more, so there is nothing to cancel. Nothing was done."
