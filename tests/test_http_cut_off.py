"""Requests that are cut off: whoever asked is gone, and whoever asks next must not suffer from it."""

import asyncio

from bot.http import ApiClient
from tests.upstream import Upstream

_TURNS = 60
"""More turns of the loop than a request takes."""


async def test_a_request_cut_off_at_any_turn_leaves_its_connection_usable(upstream: Upstream) -> None:
    """Cancelled after any number of turns of the loop, from before it connects until after its answer."""
    for turns in range(_TURNS):
        upstream.answers("here")
        upstream.answers("here")
        async with ApiClient(service="Acme", base_url=upstream.url, timeout=2) as client:
            cut_off = asyncio.create_task(client.request("GET", "things", route="/things"))
            for _ in range(turns):
                await asyncio.sleep(0)
            cut_off.cancel()
            await asyncio.wait([cut_off])
            answer = await client.request("GET", "things", route="/things")
        assert answer.body == "here", turns
