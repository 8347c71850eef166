"""Slack's border: who presses is acknowledged before anybody's press is gone on with."""

import asyncio
from typing import Any

from bot.clock import Clock
from bot.metrics import Metrics
from bot.slack.api import SlackApi
from bot.slack.boundary import Boundary
from bot.slack.interaction import Background, Interaction


async def test_everybody_is_acknowledged_before_anybody_is_gone_on_with() -> None:
    """What follows on one press waits while another is not acknowledged yet, though not for ever."""
    happened: list[str] = []
    go_on = asyncio.Event()
    api = SlackApi("xoxb-1", "http://127.0.0.1:9/api/", lambda *_: None)
    background = Background()
    boundary = Boundary(api, background, Metrics(), Clock())

    async def follows(name: str) -> None:
        happened.append(f"{name} follows")

    async def quick(interaction: Interaction) -> None:
        await interaction.acknowledge()
        boundary.later(interaction, follows("quick"), "quick")

    async def slow(interaction: Interaction) -> None:
        await go_on.wait()
        await interaction.acknowledge()
        boundary.later(interaction, follows("slow"), "slow")

    async def ack(*_: Any, **__: Any) -> None:
        happened.append("acknowledged")

    pressing = asyncio.ensure_future(boundary.listener("slow", slow)(ack, {}))
    await asyncio.sleep(0)
    await boundary.listener("quick", quick)(ack, {})
    await asyncio.sleep(0)
    assert happened == ["acknowledged"]
    go_on.set()
    await pressing
    await background.drain(1)
    assert happened[:2] == ["acknowledged"] * 2
    assert sorted(happened[2:]) == ["quick follows", "slow follows"]

    go_on.clear()
    pressing = asyncio.ensure_future(boundary.listener("slow", slow)(ack, {}))
    await asyncio.sleep(0)
    await boundary.listener("quick", quick)(ack, {})
    await background.drain(1)
    assert happened[4:] == ["acknowledged", "quick follows"]
    go_on.set()
    await pressing
    await background.drain(1)
    await api.close()
