"""A desk for each test of the ledger."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from bot.store.engine import Store
from tests.operations.desk import Desk


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[dict[str, object]]]:
    """What was logged: most of these tests make trouble on purpose, so it is kept off the screen."""
    with capture_logs() as lines:
        yield lines  # type: ignore[misc]


@pytest.fixture
def desk(store: Store) -> Desk:
    """One process at work on a fresh ledger, on each kind of database."""
    return Desk(store)
