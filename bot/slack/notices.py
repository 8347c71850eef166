"""The buttons of a notice: **Check again**, **Send anyway** and **Leave it**, whatever the notice is about."""

from collections.abc import Awaitable, Callable
from functools import partial

from bot.errors import Gone, Refused
from bot.operations.model import Operation, State
from bot.services import call_kinds, record, texts
from bot.services.policy import Act
from bot.slack import ids
from bot.slack.desk import Room
from bot.slack.interaction import Interaction
from bot.store.clarity import SHARED
from bot.store.engine import Tx

_TEXTS = (texts.REPLY, texts.MESSAGE)
"""What anybody may decide who may reply; a broadcast has buttons of its own, and rights."""

Decide = Callable[[Tx], Awaitable[Operation | None]]
"""What a person decided, written; None where it cannot be decided (any more)."""

LOOKED_MEANWHILE = (
    "It was looked for once more meanwhile, and nobody can tell still. Nothing was done: press once more."
)
"""The press was on a notice that was drawn before the last look."""


class NoticeListeners:
    """What a person decides about an operation whose fate nobody can tell."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def check_again(self, interaction: Interaction) -> None:
        """**Check again**: look for it once more."""
        of = ids.OfOperation.unpack(interaction.value)
        said = "Looking once more. This message tells what came of it."
        decide = partial(self._room.ledger.check_again, operation_id=of.operation, fence=of.fence)
        await self._decide(interaction, "check again", said, of, decide)

    async def send_anyway(self, interaction: Interaction) -> None:
        """**Send anyway**: a person takes the risk of a second one."""
        of = ids.OfOperation.unpack(interaction.value)
        decide = partial(self._room.ledger.send_anyway, operation_id=of.operation, fence=of.fence)
        await self._decide(interaction, "send anyway", "It is being sent again.", of, decide)

    async def drop(self, interaction: Interaction) -> None:
        """**Leave it**: it is not to be sent again."""
        of = ids.OfOperation.unpack(interaction.value)
        reason = "It was left as it was."
        decide = partial(self._room.ledger.give_up, operation_id=of.operation, fence=of.fence, reason=reason)
        await self._decide(interaction, "leave it", "It is left as it is.", of, decide)

    async def _decide(self, interaction: Interaction, act: str, said: str, of: ids.OfOperation, decide: Decide) -> None:
        await interaction.acknowledge()
        user_id = interaction.actor.user_id

        async def work() -> None:
            await self._may(user_id, of)
            async with self._room.store.write() as tx:
                operation = await decide(tx)
                if operation is not None:
                    await record.write(tx, actor=user_id, act=act, subject=record.subject_of(operation))
                stands = operation or await self._room.ledger.get(tx, of.operation)
            await interaction.tell(said if operation else _not_decided(stands))

        self._room.boundary.later(interaction, work(), "notice.decide")

    async def _may(self, user_id: str, of: ids.OfOperation) -> None:
        """Texts are for who may reply; on Clarity, who may spend or whose account it is decides."""
        async with self._room.store.read() as tx:
            operation = await self._room.ledger.get(tx, of.operation)
        if operation is None or operation.kind not in (*_TEXTS, *call_kinds.ON_CLARITY):
            raise Gone("What this notice was about is not known here any more. Nothing was done.")
        if operation.kind in _TEXTS:
            await self._room.directory.check(user_id, Act.REPLY)
        elif operation.payload["owner"] == SHARED:
            await self._room.directory.check(user_id, Act.SPEND)
        elif operation.payload["owner"] != user_id:
            raise Refused(f"This is <@{operation.payload['owner']}>'s: only they can decide. Nothing was done.")
        if operation.kind not in self._room.ledger.kinds:
            raise Gone(_unconnected(operation))


def _not_decided(operation: Operation | None) -> str:
    """Why nothing came of a press: how it stands instead."""
    if operation is not None and operation.state is State.UNKNOWN:
        return "It is being looked for just now, so nothing was done. Decide when this message says what came of it."
    if operation is not None and operation.state is State.UNCONFIRMED:
        return LOOKED_MEANWHILE
    return "That was decided already; see how it stands now."


def _unconnected(operation: Operation) -> str:
    service, key = ("Clarity", "CLARITY_OAUTH_TOKEN")
    if operation.kind not in call_kinds.ON_CLARITY:
        service, key = ("Clearstream", "CLEARSTREAM_API_KEY")
    return (
        f"Switchboard is not connected to {service} any more, so nothing was done. Whoever runs it sets `{key}` "
        "and starts it again; then press once more."
    )
