"""How liberally answers are read: what all models share.

Unknown fields are dropped, and ``null``, ``[]`` and a missing field mean the same: nothing was said. (The service
writes an absent object as ``[]``.) What cannot be read counts as not said, too. All times are aware and in UTC.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar

from pydantic import ValidatorFunctionWrapHandler, WrapValidator, model_validator

from bot.http.reading import Readable

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of a reply whose time cannot be read: sorted before everything, never lost."""


def _in_utc(value: Any, parse: ValidatorFunctionWrapHandler) -> datetime | None:
    """A time, or None for the zero dates and empty strings that stand for "never"."""
    try:
        moment: datetime = parse(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(value: Any, parse: ValidatorFunctionWrapHandler) -> date | None:
    try:
        day: date = parse(value)
        return day
    except ValueError:
        return None


def _dated(value: Any, parse: ValidatorFunctionWrapHandler) -> datetime:
    return _in_utc(value, parse) or UNDATED


Moment = Annotated[datetime | None, WrapValidator(_in_utc)]
Dated = Annotated[datetime, WrapValidator(_dated)]
Day = Annotated[date | None, WrapValidator(_day)]


class Model(Readable):
    """Anything Clearstream answers."""

    parts_can_be_left_out: ClassVar[bool] = True

    @model_validator(mode="before")
    @classmethod
    def _leave_out_nothing(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if value is not None and value != []}
