"""``/expert calls`` and **Connect**."""

from collections.abc import Sequence
from typing import cast

from bot.clarity.models import Call, CallList
from bot.errors import Invalid, Refused
from bot.services.accounts import Account
from bot.services.calls import Calls
from bot.services.policy import Act
from bot.slack import blocks as b
from bot.slack import ids
from bot.slack.calls import blocks
from bot.slack.experts.guests import ExpertDesk
from bot.slack.interaction import Interaction
from bot.store.clarity import SHARED

_PAGE = 8


class CallListeners:
    """What one can do about calls."""

    def __init__(self, desk: ExpertDesk) -> None:
        self._desk = desk
        self._calls: Calls = desk.calls

    async def command(self, interaction: Interaction, rest: str) -> None:
        """``/expert calls [requested|callback|completed|canceled]``; without a word, the newest of each."""
        await interaction.acknowledge()
        which = rest.strip().lower()
        if not which:
            self._desk.room.boundary.later(interaction, self._show_all(interaction), "calls")
            return
        if which not in blocks.LISTS:
            raise Invalid(f"There is no list “{b.escape(b.cut(rest, 40))}”: write one of {', '.join(blocks.LISTS)}.")
        self._desk.room.boundary.later(interaction, self._show(interaction, which, 1, replace=False), "calls")

    async def help_calls(self, interaction: Interaction) -> None:
        """**Calls** under the help."""
        await self.command(interaction, "")

    async def turned(self, interaction: Interaction) -> None:
        """**Older** and **Newer**."""
        turn = ids.OfCalls.unpack(interaction.value)
        await interaction.acknowledge()
        self._desk.room.boundary.later(
            interaction, self._show(interaction, turn.which, turn.page, replace=True), "calls.turned"
        )

    async def _show_all(self, interaction: Interaction) -> None:
        account = await self._desk.account(interaction.actor.user_id)
        lists = {which: await self._list(account, which) for which in blocks.LISTS}
        calls = [call for listed in lists.values() for call in listed[:_PAGE]]
        drawn = blocks.overview(lists, await self._view(account, calls))
        await interaction.tell("Calls", drawn)

    async def _show(self, interaction: Interaction, which: str, page: int, *, replace: bool) -> None:
        account = await self._desk.account(interaction.actor.user_id)
        calls = await self._list(account, which)
        shown = calls[(page - 1) * _PAGE : page * _PAGE]
        pages = max(1, -(-len(calls) // _PAGE))
        drawn = blocks.listed(which, shown, await self._view(account, shown), page, pages)
        await interaction.tell(f"Calls: {which}", drawn, replace=replace)

    async def _list(self, account: Account, which: str) -> list[Call]:
        """One of Clarity's lists, the newest first."""
        async with self._desk.watching(account):
            calls = await account.client.calls(cast("CallList", which))
        await self._known(account, calls, waits_for_us=which == "callback")
        return sorted(calls, key=lambda call: (call.created_at is not None, call.created_at), reverse=True)

    async def _known(self, account: Account, calls: Sequence[Call], *, waits_for_us: bool) -> None:
        """Keep the pending ones, so that **Connect** knows them."""
        pending = [call for call in calls if call.pending]
        if not pending:
            return
        async with self._desk.room.store.write() as tx:
            for call in pending:
                await self._calls.appeared(tx, account.owner, call, tell=False, waits_for_us=waits_for_us)

    async def _view(self, account: Account, calls: Sequence[Call]) -> blocks.View:
        wanted = {identity for call in calls for identity in (call.expert_id, call.seeker_id) if identity is not None}
        people = await self._desk.experts.by_id(account, wanted)
        return blocks.View(account.owner, account.member_id, people, self._desk.room.store.clock.now())

    async def connect(self, interaction: Interaction) -> None:
        """**Connect**: recorded and acknowledged; dialled by the ledger, once however often it is pressed.

        Where the press was on the call's own message, that message says at once what is happening.
        """
        of = ids.OfCall.unpack(interaction.value)
        await interaction.acknowledge()
        self._desk.room.boundary.later(interaction, self._connect(interaction, of), "call.connect")

    async def _connect(self, interaction: Interaction, of: ids.OfCall) -> None:
        user_id = interaction.actor.user_id
        await self._may(of.owner, user_id)
        async with self._desk.room.store.write() as tx:
            pressed = await self._calls.connect(tx, of.owner, of.call, user_id)
            followed = pressed.followed
            if pressed.done and not followed.told:
                await self._calls.appeared(tx, of.owner, followed.call, tell=True, by=user_id)
        if pressed.done and followed.ts is not None and followed.ts == interaction.message.get("ts"):
            return
        who = followed.call.seeker_id
        people = await self._desk.experts.known([] if who is None else [who])
        name = blocks.View(of.owner, None, people, self._desk.room.store.clock.now()).name(who)
        said = f":telephone_receiver: Clarity is asked to dial the call with {name}. Its message follows it."
        if not pressed.done:
            said = f"The call with {name} was connected already, and was not dialed again."
        await self._desk.tell_of_call(interaction, said, of.owner, of.call)

    async def _may(self, owner: str, user_id: str) -> None:
        if owner == SHARED:
            await self._desk.room.directory.check(user_id, Act.SPEND)
        elif owner != user_id:
            raise Refused(f"This call is <@{owner}>'s: only they can connect it. Nothing was done.")
