"""**Request a call**, Clarity messages and needs: what goes out on Clarity, each through the ledger."""

import re
from collections.abc import Coroutine
from typing import Any

from bot.errors import Invalid
from bot.operations.model import State
from bot.services import clarity_writing
from bot.services.call_kinds import MESSAGE, NEED
from bot.services.calls import REQUEST, Wish
from bot.services.policy import Act
from bot.slack import ids, screens
from bot.slack.experts import blocks, views
from bot.slack.experts.guests import ExpertDesk
from bot.slack.interaction import Interaction, View
from bot.store.clarity import SHARED

_HOURS = re.compile("[0-9]{1,3}")


class WritingListeners:
    """What one can send on Clarity."""

    def __init__(self, desk: ExpertDesk) -> None:
        self._desk = desk

    def _later(self, interaction: Interaction, work: Coroutine[Any, Any, None], name: str) -> None:
        self._desk.room.boundary.later(interaction, work, name)

    async def request_command(self, interaction: Interaction, who: str) -> None:
        """``/expert request <member>``."""
        await interaction.acknowledge()
        if not who:
            raise Invalid("Say whom to ask: `/expert request danmartell`. Find somebody with `/expert search`.")
        self._later(interaction, self._request(interaction, who), "expert.request")

    async def request(self, interaction: Interaction) -> None:
        """**Request call** on a card or profile."""
        of = ids.OfMember.unpack(interaction.value)
        await interaction.acknowledge()
        self._later(interaction, self._request(interaction, str(of.member)), "expert.request")

    async def _request(self, interaction: Interaction, who: str) -> None:
        account = await self._desk.account(interaction.actor.user_id, spending=True)

        async def make() -> View:
            async with self._desk.watching(account):
                member = await self._desk.experts.look_up(account, who)
            if member.id == account.member_id:
                raise Invalid("This expert is you: nobody can call themselves.")
            draft = ids.MemberDraft(
                draft=self._desk.room.new_id(), owner=account.owner, member=member.id, channel=interaction.channel_id
            )
            return views.request(member, draft, shared=account.shared)

        await self._desk.room.boundary.fill(interaction, "Request a call", make, "expert.request")

    async def requested(self, interaction: Interaction) -> None:
        """**Request call** in **Request a call**: checked and recorded before it is acknowledged."""
        view = interaction.view
        draft = ids.MemberDraft.unpack(view.get("private_metadata"))
        reason, hours = ids.typed(view, ids.REQUEST_REASON).strip(), ids.typed(view, ids.REQUEST_HOURS)
        errors = _request_problems(reason, hours)
        if errors:
            await interaction.acknowledge(response_action="errors", errors=errors)
            return
        if await self._refused(interaction, draft.owner, "Request a call"):
            return
        account = await self._desk.accounts.by_owner(draft.owner)
        if account is None:
            raise Invalid("This Clarity account is not connected any more. Nothing was sent.")
        wish = Wish(draft.draft, draft.member, reason, int(hours), interaction.actor.user_id)
        async with self._desk.room.store.write() as tx:
            fresh = await self._desk.calls.request(tx, account, wish)
        await self._answer(interaction, fresh, "Request a call")
        if fresh:
            self._later(interaction, self._tell_requested(interaction, draft), "request.tell")

    async def _tell_requested(self, interaction: Interaction, draft: ids.MemberDraft) -> None:
        operation = await self._desk.room.ended(f"{REQUEST}:{draft.draft}")
        if operation is not None and operation.state is State.SENT:
            name = await self._name(draft.member)
            said = f":white_check_mark: The call with {name} is requested. Its message follows it."
            await self._desk.tell_of_call(interaction, said, draft.owner, operation.result["call"]["id"])

    async def _name(self, member_id: int) -> str:
        known = (await self._desk.experts.known([member_id])).get(member_id)
        return known.name if known else "that member"

    async def _refused(self, interaction: Interaction, owner: str, title: str) -> bool:
        """Whether the person is known not to be allowed (any more); then they are told in place of the modal."""
        user_id = interaction.actor.user_id
        refused = None
        if owner == SHARED:
            refused = await self._desk.room.refusal(user_id, Act.SPEND)
        elif owner != user_id:
            refused = "This modal is somebody else's. Nothing was sent."
        if refused is None:
            return False
        await interaction.acknowledge(response_action="update", view=screens.failed(title, refused))
        return True

    async def _answer(self, interaction: Interaction, fresh: bool, title: str) -> None:
        if fresh:
            await interaction.acknowledge(response_action="clear")
            return
        shown = screens.already(title, "This was sent already. It was not sent again.")
        await interaction.acknowledge(response_action="update", view=shown)

    async def _tell(self, interaction: Interaction, key: str, said: str) -> None:
        operation = await self._desk.room.ended(key)
        if operation is not None and operation.state is State.SENT:
            await interaction.tell(said)

    async def message(self, interaction: Interaction) -> None:
        """**Message** on a profile, **Reply** on a Clarity conversation."""
        of = ids.OfMember.unpack(interaction.value)
        await interaction.acknowledge()

        async def work() -> None:
            account = await self._desk.account_of(of.owner, interaction.actor.user_id, spending=True)

            async def make() -> View:
                async with self._desk.watching(account):
                    member = await self._desk.experts.look_up(account, str(of.member))
                draft = ids.MemberDraft(
                    draft=self._desk.room.new_id(),
                    owner=account.owner,
                    member=of.member,
                    channel=interaction.channel_id,
                )
                return views.write(member, draft, shared=account.shared)

            await self._desk.room.boundary.fill(interaction, "Message", make, "expert.message")

        self._later(interaction, work(), "expert.message")

    async def written(self, interaction: Interaction) -> None:
        """**Send** in **Message**."""
        draft = ids.MemberDraft.unpack(interaction.view.get("private_metadata"))
        text = ids.typed(interaction.view, ids.WRITE_TEXT).strip()
        if not text:
            await interaction.acknowledge(response_action="errors", errors={"message": "Write something."})
            return
        if await self._refused(interaction, draft.owner, "Message"):
            return
        account = await self._desk.accounts.by_owner(draft.owner)
        if account is None:
            raise Invalid("This Clarity account is not connected any more. Nothing was sent.")
        by = interaction.actor.user_id
        async with self._desk.room.store.write() as tx:
            fresh = await self._desk.writing.message(tx, account, draft.member, text, by, draft.draft)
        await self._answer(interaction, fresh, "Message")
        if fresh:
            key = clarity_writing.key(MESSAGE, draft.draft)
            self._later(interaction, self._tell(interaction, key, ":white_check_mark: Sent."), "write.tell")

    async def messages(self, interaction: Interaction, who: str) -> None:
        """``/expert messages [member]``."""
        await interaction.acknowledge()
        self._later(interaction, self._messages(interaction, who, None), "expert.messages")

    async def show_talk(self, interaction: Interaction) -> None:
        """**Show** on a Clarity conversation."""
        of = ids.OfMember.unpack(interaction.value)
        await interaction.acknowledge()
        self._later(interaction, self._messages(interaction, str(of.member), of.owner), "talk.show")

    async def _messages(self, interaction: Interaction, who: str, owner: str | None) -> None:
        account = await self._desk.account_of(owner, interaction.actor.user_id)
        async with self._desk.watching(account):
            if not who:
                drawn = blocks.conversations(await account.client.conversations(), account.owner)
            else:
                member = await self._desk.experts.look_up(account, who)
                talk = await account.client.messages(member.id)
                ordered = sorted(talk.messages, key=lambda one: (one.created_at is not None, one.created_at))
                drawn = blocks.conversation(talk.other_member or member, ordered, account.owner)
        await interaction.tell("Clarity messages", drawn)

    async def needs(self, interaction: Interaction, rest: str) -> None:
        """``/expert needs``."""
        await interaction.acknowledge()

        async def work() -> None:
            account = await self._desk.account(interaction.actor.user_id)
            async with self._desk.watching(account):
                listed = await account.client.needs()
            people = await self._desk.experts.by_id(
                account, [n.requester_id for n in listed if n.requester_id is not None]
            )
            await interaction.tell("Needs", blocks.needs(listed, people, account))

        self._later(interaction, work(), "expert.needs")

    async def need(self, interaction: Interaction, rest: str) -> None:
        """``/expert need``."""
        await interaction.acknowledge()

        async def work() -> None:
            account = await self._desk.account(interaction.actor.user_id, spending=True)
            draft = ids.OwnerDraft(draft=self._desk.room.new_id(), owner=account.owner, channel=interaction.channel_id)
            await interaction.open(views.need(draft, shared=account.shared))

        self._later(interaction, work(), "expert.need")

    async def needed(self, interaction: Interaction) -> None:
        """**Post** in **Post a need**."""
        view = interaction.view
        draft = ids.OwnerDraft.unpack(view.get("private_metadata"))
        text = ids.typed(view, ids.NEED_TEXT).strip()
        if not text:
            await interaction.acknowledge(response_action="errors", errors={"need": "Say what you need."})
            return
        if await self._refused(interaction, draft.owner, "Post a need"):
            return
        account = await self._desk.accounts.by_owner(draft.owner)
        if account is None:
            raise Invalid("This Clarity account is not connected any more. Nothing was posted.")
        by, paid = interaction.actor.user_id, bool(ids.ticked(view, ids.NEED_PAID))
        async with self._desk.room.store.write() as tx:
            fresh = await self._desk.writing.need(tx, account, text, paid=paid, by=by, draft=draft.draft)
        await self._answer(interaction, fresh, "Post a need")
        if fresh:
            key, said = clarity_writing.key(NEED, draft.draft), ":white_check_mark: Your need is posted."
            self._later(interaction, self._tell(interaction, key, said), "need.tell")

    async def fulfill(self, interaction: Interaction) -> None:
        """**Fulfill** on a need, with the account that sees it."""
        of = ids.OfNeed.unpack(interaction.value)
        await interaction.acknowledge()
        self._later(interaction, self._fulfill(interaction, of), "expert.fulfill")

    async def _fulfill(self, interaction: Interaction, of: ids.OfNeed) -> None:
        by = interaction.actor.user_id
        account = await self._desk.account_of(of.owner, by, spending=True)
        async with self._desk.room.store.write() as tx:
            key = await self._desk.writing.fulfill(tx, account, of.need, of.requester, by)
        if key is None:
            who = "Somebody of the team has" if account.shared else "You have"
            await interaction.tell(f"{who} offered to fulfill this need already. It was not done again.")
            return
        operation = await self._desk.room.ended(key)
        if operation is not None and operation.state is State.SENT:
            name = await self._name(of.requester)
            said = f":white_check_mark: A call with {name} is set up to fulfill their need. Its message follows it."
            await self._desk.tell_of_call(interaction, said, account.owner, operation.result["call"]["id"])


def _request_problems(reason: str, hours: str) -> dict[str, str]:
    errors = {}
    if not reason:
        errors["reason"] = "Say what the call is about."
    elif len(reason) > views.REASON:
        errors["reason"] = f"{len(reason)} of {views.REASON} characters: {len(reason) - views.REASON} too many."
    if not _HOURS.fullmatch(hours) or not 1 <= int(hours) <= 720:
        errors["hours"] = "A whole number of hours, from 1 to 720."
    return errors
