"""A Clarity client and what its service says in the document."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.clarity import Clarity
from tests.upstream import Upstream

SAMPLES = Path(__file__).parent / "samples"
TOKEN = "7f3a-Jane's+token/=="


def sample(name: str) -> Any:
    """An answer of the document, its JSON mended, named by what is asked for."""
    return json.loads((SAMPLES / f"{name}.json").read_text())


@pytest.fixture
async def clarity(upstream: Upstream) -> AsyncIterator[Clarity]:
    """The client, asking that server."""
    async with Clarity.with_token(TOKEN, upstream.url) as client:
        yield client
