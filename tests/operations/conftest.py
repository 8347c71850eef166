"""A desk for each test of the ledger."""

import pytest

from bot.store.engine import Store
from tests.operations.desk import Desk


@pytest.fixture
def desk(store: Store) -> Desk:
    """One process at work on a fresh ledger, on each kind of database."""
    return Desk(store)
