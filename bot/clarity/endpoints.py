"""What all endpoints share: one thing, a list of things, and an answer that is neither."""

from typing import Any, TypeVar

from pydantic import ValidationError

from bot.clarity.reading import Model
from bot.http import Answer
from bot.http.routes import Form, Parts, Query, Routes

One = TypeVar("One", bound=Model)


class Endpoints(Routes):
    """A part of Clarity's API over ``api``, which brings the token and the errors."""

    async def _one(
        self,
        model: type[One],
        method: str,
        route: str,
        parts: Parts | None = None,
        *,
        query: Query | None = None,
        form: Form | None = None,
    ) -> One:
        """The one thing a request answers with."""
        answer = await self._ask(method, route, parts, query=query, form=form)
        if not answer.body or not isinstance(answer.body, dict):
            raise self._api.senseless(method, answer.status)
        return self._read(model, answer.body, method, answer)

    async def _all(self, model: type[One], route: str, parts: Parts | None = None) -> tuple[One, ...]:
        """The things of a list; none at all, as null or an empty answer, is an empty one."""
        return self._items(model, await self._ask("GET", route, parts))

    def _items(self, model: type[One], answer: Answer) -> tuple[One, ...]:
        """The things an answer lists."""
        return self._things(model, answer.body, answer.status)

    def _read(self, model: type[One], said: Any, method: str, answer: Answer) -> One:
        try:
            return model.from_answer(said)
        except ValidationError as error:
            raise self._api.senseless(method, answer.status) from error
