"""The modal **Setup**, from opening it to what was saved."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.clearstream.models import Account
from bot.errors import UpstreamError
from bot.operations.model import Operation, State
from bot.services import account_change as account
from bot.services import setup_changes
from bot.services.policy import Act
from bot.services.setup import Known, Source
from bot.slack import screens
from bot.slack.interaction import Interaction, View
from bot.slack.setup import fields, ids, joining, views
from bot.slack.setup.desk import SetupDesk

_NOTHING: Mapping[str, Any] = {}
_LATE = ":hourglass: It is on its way; you are told where it fails."


@dataclass(frozen=True)
class _Wish:
    """What somebody wants changed: of our own settings, and of the account."""

    draft: str
    settings: Mapping[str, Any]
    account: Mapping[str, Any]

    @property
    def all(self) -> dict[str, Any]:
        return {**self.settings, **self.account}


class SetupListeners:
    """What happens in **Setup**."""

    def __init__(self, desk: SetupDesk) -> None:
        self._desk = desk
        self._room = desk.room

    async def command(self, interaction: Interaction, rest: str) -> None:
        """``/sms setup``."""
        await self.open(interaction)

    async def open(self, interaction: Interaction) -> None:
        """**Setup**: the command and the buttons."""
        await interaction.acknowledge()

        async def work() -> None:
            await self._room.directory.check(interaction.actor.user_id, Act.SETUP)
            await self._room.boundary.fill(interaction, views.TITLE, lambda: self._first(interaction), "setup.open")

        self._room.boundary.later(interaction, work(), "setup.open")

    async def _first(self, interaction: Interaction) -> View:
        return await self._view(interaction.channel_id)

    async def _view(
        self, channel: str | None, typed: Mapping[str, Any] = _NOTHING, wrong: Mapping[str, str] = _NOTHING
    ) -> View:
        async with self._room.store.read() as tx:
            known = await self._desk.setup.known(tx)
        (found, trouble), groups, lacking = await asyncio.gather(self._account(), self._groups(), self._lacking(known))
        shown = views.Shown(
            draft=self._room.new_id(),
            known=known,
            admins=self._desk.setup.admins,
            groups=groups,
            account=found,
            trouble=trouble,
            typed=typed,
            wrong=wrong,
            lacking=lacking,
            channel=channel,
        )
        return views.modal(shown)

    async def _lacking(self, known: Mapping[str, Known]) -> dict[str, str]:
        """What keeps a channel from being of use, by its setting."""
        channels = {key: str(known[key].value) for key in fields.CHANNELS if known[key].value}
        reasons = await asyncio.gather(*(joining.lacking(self._room.api, channel) for channel in channels.values()))
        found = zip(channels.items(), reasons, strict=True)
        return {key: joining.words(channel, why) for (key, channel), why in found if why is not None}

    async def _account(self) -> tuple[Account | None, str | None]:
        """The account; why it cannot be shown, where it cannot."""
        if self._desk.clearstream is None:
            return None, None
        try:
            return await self._desk.clearstream.account(), None
        except UpstreamError as error:
            said = self._room.boundary.explain("setup.account", error)
            return None, f"The account's name and phone cannot be shown now, the rest can be changed. {said}"

    async def _groups(self) -> list[views.Group]:
        """The workspace's user groups; none where Slack does not say."""
        try:
            answer = await self._room.api.call("usergroups.list")
        except UpstreamError as error:
            self._room.boundary.explain("setup.groups", error)
            return []
        return [views.Group(str(one["id"]), str(one["handle"])) for one in answer.get("usergroups") or ()]

    async def submitted(self, interaction: Interaction) -> None:
        """**Save**: checked and recorded before it is acknowledged; who may not is found out before it is saved."""
        draft = ids.SetupDraft.unpack(interaction.view.get("private_metadata"))
        typed = fields.read(interaction.view)
        values, wrong = fields.checked(fields.touched(typed, draft.seen))
        wrong |= fields.digest_problem(typed)
        if wrong:
            errors = {views.block_id(key): sentence for key, sentence in wrong.items()}
            await interaction.acknowledge(response_action="errors", errors=errors)
            return
        refused = await self._room.refusal(interaction.actor.user_id, Act.SETUP)
        if refused is not None:
            await interaction.acknowledge(response_action="update", view=screens.failed(views.TITLE, refused))
            return
        wish, fresh = await self._record(draft.draft, values, interaction.actor.user_id)
        if not wish.all:
            await interaction.acknowledge()
        elif not fresh:
            shown = screens.already(views.TITLE, "This was saved already. It was not saved again.")
            await interaction.acknowledge(response_action="update", view=shown)
        else:
            await interaction.acknowledge(response_action="update", view=screens.loading(views.TITLE))
            self._room.boundary.later(interaction, self._ended(interaction, wish, draft.channel), "setup.saved")

    async def _record(self, draft: str, values: Mapping[str, Any], by: str) -> tuple[_Wish, bool]:
        """Write down what is wanted; False where it was before."""
        async with self._room.store.write() as tx:
            known = await self._desk.setup.known(tx)
            settings = {key: self._stored(key, value, known[key]) for key, value in values.items() if key in known}
            settings = {key: value for key, value in settings.items() if value is not None or _chosen(known[key])}
            of_account = {key: value for key, value in values.items() if key in fields.ACCOUNT and value is not None}
            wish, fresh = _Wish(draft, settings, of_account), False
            if wish.settings:
                fresh = await self._desk.changes.ask(tx, wish.settings, by, draft)
            if wish.account:
                fresh = await account.ask(self._room.ledger, tx, wish.account, by, draft) or fresh
        return wish, fresh

    def _stored(self, key: str, value: Any, known: Known) -> Any:
        """What to store: nothing where it is what the environment says."""
        default = fields.shown({key: self._desk.setup.default(key)})
        return None if fields.shown({key: value}) == default else value

    async def _ended(self, interaction: Interaction, wish: _Wish, channel: str | None) -> None:
        view_id = str(interaction.view["id"])
        view = await self._outcome(wish, channel)

        async def made() -> View:
            return view

        if not await self._room.boundary.drawing.draw(view_id, made):
            await interaction.tell("\n".join(_sentences(view)))

    async def _outcome(self, wish: _Wish, channel: str | None) -> View:
        """What became of it, as a view; where Clearstream refused a field, the modal again with that said beside it."""
        saved = await self._room.ended(setup_changes.key(wish.draft)) if wish.settings else None
        changed = await self._room.ended(account.key(wish.draft)) if wish.account else None
        failed = next((one for one in (saved, changed) if one is not None and one.state is State.FAILED), None)
        if failed is not None and failed is changed and failed.result.get("fields"):
            wrong = {key: " ".join(said) for key, said in failed.result["fields"].items()}
            return await self._view(channel, wish.account, wrong)
        if failed is not None:
            reference = f" (reference `{failed.reference}`)" if failed.reference else ""
            return screens.failed(views.TITLE, f"{failed.reason or 'It was not saved.'}{reference}")
        if any(one is not None and one.state is not State.SENT for one in (saved, changed)):
            return screens.said(views.TITLE, _LATE)
        return views.saved(wish.all, _outside(saved))


def _chosen(known: Known) -> bool:
    return known.source is Source.SLACK


def _outside(saved: Operation | None) -> list[str]:
    """Which of the channels the bot is not in, and how to mend that."""
    outside = {} if saved is None else saved.result.get("outside", {})
    return [joining.words(channel, why) for channel, why in outside.items()]


def _sentences(view: View) -> list[str]:
    return [str(block["text"]["text"]) for block in view["blocks"] if block["type"] == "section"]
