"""A rig on each kind of database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clock import WoundClock
from tests.faults.rig import Rig


@pytest.fixture
async def rig(clock: WoundClock, database_url: str, tmp_path: Path) -> AsyncIterator[Rig]:
    """The stand-ins, on each kind of database; the test starts the bot."""
    rig = Rig(clock, database_url, tmp_path)
    await rig.open()
    yield rig
    await rig.close()
    assert rig.slack.complaints == []
    assert rig.slack.limits.refused == rig.told_to_wait
