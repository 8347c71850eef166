"""How lists are chosen in a modal: by typing a part of a name, from those the account has."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from bot.errors import UpstreamError
from bot.services.broadcast_audience import Audience
from bot.services.broadcast_fields import ListChoice, search
from bot.services.policy import Act
from bot.slack import blocks as b
from bot.slack.blocks import Block
from bot.slack.desk import Room
from bot.slack.interaction import Interaction

MOST = 100
"""Options in one menu."""

_FETCH_SECONDS = 1.5
"""Slack waits three seconds for lists to choose from; where none are known yet they are fetched within this."""


def option(one: ListChoice) -> Block:
    """A list as a choice, with how many are on it."""
    if one.subscribers is None:
        return b.option(one.name, str(one.id))
    count = f" ({one.subscribers:,})"
    return b.option(b.cut(one.name, 75 - len(count)) + count, str(one.id))


def element(action_id: str, chosen: Sequence[ListChoice] = ()) -> Block:
    """The field's element, with what is ``chosen`` so far; its options come from ``suggest``."""
    shown: Block = {
        "type": "multi_external_select",
        "action_id": action_id,
        "placeholder": b.label("Choose lists", 150),
        "min_query_length": 0,
    }
    return {**shown, "initial_options": [option(one) for one in chosen]} if chosen else shown


async def suggest(interaction: Interaction, room: Room, audience: Audience, act: Act) -> None:
    """Acknowledge with the lists that what was typed may mean; with none where the person may not do ``act``."""
    if await room.refusal(interaction.actor.user_id, act) is not None:
        await interaction.acknowledge(options=[])
        return
    if not await audience.lists():
        with suppress(TimeoutError, UpstreamError):  # there is nothing to choose from yet; an empty menu says so
            async with asyncio.timeout(_FETCH_SECONDS):
                await audience.refresh()
    found = search(await audience.lists(), str(interaction.body.get("value") or ""), MOST)
    await interaction.acknowledge(options=[option(one) for one in found])
