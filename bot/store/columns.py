"""Kinds of columns that both databases keep alike."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Integer, TypeDecorator
from sqlalchemy.engine import Dialect

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds so that both databases order and compare it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Microseconds since 1970, or NULL."""
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """The aware datetime, in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


Sequence = BigInteger().with_variant(Integer, "sqlite")
"""A row number that both databases count up by themselves (SQLite does so for INTEGER alone)."""
