"""Reading what a service says as liberally as can be: what cannot be read counts as not said. Pure."""

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

Id = Annotated[int, Field(ge=0, lt=2**63)]
"""What a service calls a thing by; a database takes no larger one."""
Count = Annotated[int, Field(gt=-(2**31), lt=2**31)]
"""How many there are of something, within what a database takes."""

MOST = 1000
"""Things that are read of a list inside a thing: a longer one was sent by nobody who means well."""


def at_most(number: int) -> BeforeValidator:
    """For a list or the like: a longer one counts as unreadable as a whole, before each thing in it costs anything."""

    def check(value: Any) -> Any:
        if isinstance(value, list | dict) and len(value) > number:
            raise ValueError(f"more than {number}")
        return value

    return BeforeValidator(check)


class Readable(BaseModel):
    """Anything a service answers.

    Unknown fields are dropped, and so is one that cannot be read: an odd name costs the name, never the person. With
    ``parts_can_be_left_out`` the same goes for a thing in a list of a thing. Only what a thing cannot be without has
    to be right.
    """

    # Inputs stay out of error texts: they hold phone numbers and what people wrote.
    model_config = ConfigDict(
        extra="ignore", frozen=True, coerce_numbers_to_str=True, hide_input_in_errors=True, allow_inf_nan=False
    )
    parts_can_be_left_out: ClassVar[bool] = False

    @classmethod
    def from_answer(cls, said: Any) -> Self:
        """What a service said, as far as it can be read; raises ValidationError where what is needed is missing."""
        try:
            return cls.model_validate(said)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False, include_input=False)
            readable = _without(said, problems, in_lists=cls.parts_can_be_left_out)
            if readable is None:
                raise
        return cls.from_answer(readable)


def _without(said: Any, problems: Iterable[ErrorDetails], *, in_lists: bool) -> Any:
    """A copy of what was said without what ``problems`` are about; None where one is about what cannot be left out.

    A thing that lacks what it cannot be without is itself what the problem is about.
    """
    ways = {problem["loc"][:-1] if problem["type"] == "missing" else problem["loc"] for problem in problems}
    found = {_existing(said, way) for way in ways}
    if not all(way and (in_lists or isinstance(way[-1], str)) for way in found):
        return None
    return _dropped(said, found)


def _dropped(said: Any, ways: Iterable[tuple[int | str, ...]]) -> Any:
    """A copy without what is at the end of these ways; all else in it is the same as before, not copied."""
    by_step: dict[int | str, list[tuple[int | str, ...]]] = {}
    for step, *rest in ways:
        by_step.setdefault(step, []).append(tuple(rest))
    kept: Any = dict(said) if isinstance(said, dict) else list(said)
    gone = {step for step, rests in by_step.items() if () in rests}
    for step, rests in by_step.items():
        if () not in rests:
            kept[step] = _dropped(said[step], rests)
    if isinstance(kept, list):
        return [item for number, item in enumerate(kept) if number not in gone]
    return {name: value for name, value in kept.items() if name not in gone}


def _existing(said: Any, way: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """As much of a way as there is: its end may name no field, but a kind that was tried."""
    place = said
    for number, step in enumerate(way):
        inside = step in place if isinstance(place, dict) else isinstance(place, list) and isinstance(step, int)
        if not inside:
            return way[:number]
        place = place[step]
    return way
