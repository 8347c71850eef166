"""Words people text to a number ("Keywords" in the document)."""

from collections.abc import AsyncIterator, Sequence
from typing import Literal, TypedDict, Unpack, get_args

from bot.clearstream.checks import Checks, changed, flag, given, ids
from bot.clearstream.endpoints import Endpoints, every
from bot.clearstream.models import Keyword, Page

AutoresponseSetting = Literal["ALWAYS", "FIRST", "NEW"]
"""When a keyword answers by itself: always, a person's first time, or only to new subscribers."""


class KeywordSettings(TypedDict, total=False):
    """What a keyword does; a thing left out stays as it is, and is off in a new keyword.

    What is enabled needs its details along with it: the lists, or header, body and setting of the answer.
    """

    enable_opt_in: bool
    opt_in_lists: Sequence[int]
    enable_autoresponse: bool
    autoresponse_header: str
    autoresponse_body: str
    autoresponse_setting: AutoresponseSetting


class KeywordEndpoints(Endpoints):
    """GET and POST /keywords, GET, PATCH and DELETE /keywords/<name>."""

    async def keywords_page(self, page: int = 1, limit: int | None = None) -> Page[Keyword]:
        """One page of the active keywords, with how many more are ``available``; ``limit`` is 20 where None."""
        return await self._page(Keyword, "/keywords", page, limit)

    def keywords(self) -> AsyncIterator[Keyword]:
        """All active keywords."""
        return every(self.keywords_page)

    async def keyword(self, name: str) -> Keyword:
        """The keyword of this name; raises NotFound."""
        return await self._one(Keyword, "GET", "/keywords/{name}", {"name": _checked(name)})

    async def create_keyword(self, name: str, **settings: Unpack[KeywordSettings]) -> Keyword:
        """Create a keyword of 4 to 25 letters and digits."""
        checks = Checks()
        checks.keyword(name)
        form = {"name": name, **_form(checks, settings)}
        checks.done()
        return await self._one(Keyword, "POST", "/keywords", form=form)

    async def update_keyword(self, name: str, **settings: Unpack[KeywordSettings]) -> Keyword:
        """Change what is given of a keyword."""
        checks = Checks()
        checks.keyword(name)
        form = _form(checks, settings)
        checks.done()
        return await self._one(Keyword, "PATCH", "/keywords/{name}", {"name": name}, form=changed(form))

    async def delete_keyword(self, name: str) -> None:
        """Delete a keyword."""
        await self._delete("/keywords/{name}", {"name": _checked(name)})


def _form(checks: Checks, settings: KeywordSettings) -> dict[str, str]:
    """The parameters for ``settings``; what is wrong with them goes to ``checks``."""
    lists, setting = settings.get("opt_in_lists"), settings.get("autoresponse_setting")
    header, body = settings.get("autoresponse_header"), settings.get("autoresponse_body")
    joins, answers = settings.get("enable_opt_in"), settings.get("enable_autoresponse")
    known = get_args(AutoresponseSetting)
    checks.that(lists or not joins, "opt_in_lists", "Choose at least one list for people to join.")
    checks.that(setting or not answers, "autoresponse_setting", "Choose when to answer.")
    checks.that(setting is None or setting in known, "autoresponse_setting", f"Choose one of {', '.join(known)}.")
    if answers or header is not None or body is not None:
        checks.words(header or "", body or "", "autoresponse_")
    return given(
        enable_opt_in=flag(joins),
        opt_in_lists=None if lists is None else ids(lists),
        enable_autoresponse=flag(answers),
        autoresponse_header=header,
        autoresponse_body=body,
        autoresponse_setting=setting,
    )


def _checked(name: str) -> str:
    checks = Checks()
    checks.keyword(name)
    checks.done()
    return name
