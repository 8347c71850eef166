"""Times in the database: nothing is lost, and the order stays."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from bot.store.columns import Instant

_DIALECT = sqlite.dialect()

moments = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - Hypothesis wants its bounds naive
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-11))]),
)


def kept(moment: datetime) -> int:
    """What stands in the database for a moment."""
    number = Instant().process_bind_param(moment, _DIALECT)
    assert number is not None
    return number


@given(moments)
def test_a_moment_comes_back_as_it_went(moment: datetime) -> None:
    """To the microsecond, in UTC, whatever zone it was written in."""
    back = Instant().process_result_value(kept(moment), _DIALECT)
    assert back == moment
    assert back.tzinfo is UTC


@given(moments, moments)
def test_the_database_orders_moments_as_we_do(first: datetime, second: datetime) -> None:
    """Comparing the numbers is comparing the times."""
    assert (kept(first) < kept(second)) == (first < second)
    assert (kept(first) == kept(second)) == (first == second)


def test_no_moment_is_no_number() -> None:
    """NULL stays NULL."""
    assert Instant().process_bind_param(None, _DIALECT) is None
    assert Instant().process_result_value(None, _DIALECT) is None
