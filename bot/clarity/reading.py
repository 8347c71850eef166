"""How liberally answers are read: what all models share.

Unknown fields are dropped. What cannot be read counts as not said: an odd ``bio`` costs the bio, never the member.
Only what a thing cannot be without (its id) has to be right. All times are aware and in UTC.
"""

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
            return cls.model_validate(_without(said, error.errors(include_url=False, include_context=False)))


def _without(said: Any, problems: Iterable[ErrorDetails]) -> Any:
    """A copy of what was said without the fields that ``problems`` are about."""
    readable = _copy(said)
    for problem in problems:
        *way, last = problem["loc"] or (0,)
        place = readable
        for step in way:
            place = place[step]
        if isinstance(place, dict):
            place.pop(last, None)
    return readable


def _copy(said: Any) -> Any:
    if isinstance(said, dict):
        return {name: _copy(value) for name, value in said.items()}
    return [_copy(item) for item in said] if isinstance(said, list) else said
