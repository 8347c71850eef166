"""How liberally answers are read: what all models share.

Unknown fields are dropped. What cannot be read counts as not said: an odd ``bio`` costs the bio, never the member.
Only what a thing cannot be without (its id) has to be right. All times are aware and in UTC.
"""

import copy
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails


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


class Model(BaseModel):
    """Anything Clarity answers."""

    # Inputs stay out of error texts: they hold what people wrote.
    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True, hide_input_in_errors=True)

    @classmethod
    def from_answer(cls, said: Any) -> Self:
        """What Clarity said, as far as it can be read; raises ValidationError where what is needed is missing."""
        try:
            return cls.model_validate(said)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False)
            readable = _without(said, problems)
            if readable is None or readable == said:
                raise
        return cls.from_answer(readable)


def _without(said: Any, problems: Iterable[ErrorDetails]) -> Any:
    """A copy of what was said without the fields that ``problems`` are about; None where one is about no field.

    A thing that lacks what it cannot be without is itself the field; a thing in a list is none.
    """
    readable = copy.deepcopy(said)
    for problem in problems:
        way = problem["loc"][:-1] if problem["type"] == "missing" else problem["loc"]
        if not way or not isinstance(way[-1], str):
            return None
        place = readable
        for step in way[:-1]:
            place = place.get(step, {}) if isinstance(place, dict) else place[step]
        place.pop(way[-1], None)
    return readable
