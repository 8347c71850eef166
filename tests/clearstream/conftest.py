"""A Clearstream client and what its service says in the document."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.clearstream import Clearstream
from tests.upstream import Upstream

SAMPLES = Path(__file__).parent / "samples"
KEY = "ABCDEFG123"


def sample(name: str) -> Any:
    """An answer of the document, named by its section."""
    return json.loads((SAMPLES / f"{name}.json").read_text())


@pytest.fixture
async def clearstream(upstream: Upstream) -> AsyncIterator[Clearstream]:
    """The client, asking that server."""
    async with Clearstream.with_key(KEY, upstream.url) as client:
        yield client
