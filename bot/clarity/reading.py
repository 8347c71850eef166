"""How liberally answers are read: what all models share.

Unknown fields are dropped. What cannot be read counts as not said: an odd ``bio`` costs the bio, never the member.
Only what a thing cannot be without (its id) has to be right. All times are aware and in UTC.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.http.reading import Readable


def _in_utc(moment: datetime) -> datetime:
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:  # the first and the last day there is
        raise ValueError("out of range") from error


Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""A time in UTC; one without an offset is taken to be in UTC."""
Dollars = Annotated[Decimal, Field(ge=0, lt=1_000_000_000), AfterValidator(abs)]
"""An amount of dollars, which Clarity writes as ``"0.0"`` or ``0.0``; minus nothing is nothing."""
Seconds = Annotated[int, Field(ge=0, lt=1_000_000_000)]


class Model(Readable):
    """Anything Clarity answers."""
