"""The channels that posts name when they are asked for, and which of them holds now."""

from bot.services import digest, posts
from bot.services.digest_figures import DIGEST
from bot.services.setup import Setup
from bot.store.engine import Tx

Kinds = tuple[str, ...]
"""Kinds of posts that share a channel."""


async def places(tx: Tx, setup: Setup) -> dict[Kinds, str | None]:
    """The channel of each group of kinds; None where none was chosen. Other kinds look for theirs as they leave."""
    return {
        posts.OF_BROADCASTS: await setup.broadcasts_channel(tx),
        posts.OF_CALLS: await setup.calls_channel(tx),
        (DIGEST,): (await digest.choice(tx)).channel,
    }


async def place_of(tx: Tx, setup: Setup, kind: str) -> tuple[Kinds, str | None]:
    """The group a kind belongs to, and its channel; an empty group for a kind that names none."""
    chosen = await places(tx, setup)
    return next(((kinds, channel) for kinds, channel in chosen.items() if kind in kinds), ((), None))
