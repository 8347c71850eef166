"""Members and the search for experts ("Members" and "Search" in the document)."""

from collections.abc import AsyncIterator

from bot.clarity.checks import email_problem, refuse, twitter_problem, words_problem
from bot.clarity.endpoints import Endpoints
from bot.clarity.models import Member, SearchPage
from bot.errors import NotFound


class MemberEndpoints(Endpoints):
    """GET /me, GET /members/<id>, GET /members and GET /search."""

    async def me(self) -> Member:
        """The member whose account this is."""
        return await self._one(Member, "GET", "/me")

    async def member(self, member: int | str) -> Member:
        """The member with this id or screen name; raises NotFound."""
        return await self._one(Member, "GET", "/members/{member}", {"member": member})

    async def member_by_twitter(self, handle: str) -> Member:
        """The member with this Twitter handle, with or without its ``@``; raises NotFound."""
        refuse(twitter=twitter_problem(handle))
        return await self._member_with(twitter=handle.removeprefix("@"))

    async def member_by_email(self, email: str) -> Member:
        """The member with this e-mail address; raises NotFound."""
        refuse(email=email_problem(email))
        return await self._member_with(email=email)

    async def _member_with(self, **query: str) -> Member:
        answer = await self._ask("GET", "/members", query=query)
        if not answer.body:
            sentence = "Clarity knows no such member. Check what was entered and try again."
            raise NotFound(sentence, service=self._api.service, status=answer.status)
        return self._read(Member, answer.body, "GET", answer)

    async def look_up(self, who: str) -> Member:
        """The member somebody means by a screen name, an id, an e-mail address or an ``@twitter`` handle."""
        who = who.strip()
        if who.startswith("@"):
            return await self.member_by_twitter(who)
        return await (self.member_by_email(who) if "@" in who else self.member(who))

    async def search_page(self, words: str, offset: int = 0) -> SearchPage:
        """Up to ten experts that ``words`` find, leaving out the first ``offset``; past the end there are none."""
        refuse(q=words_problem(words), offset=None if offset >= 0 else "An offset is counted from 0.")
        query: dict[str, str | int] = {"q": words, **({"offset": offset} if offset else {})}
        page = await self._one(SearchPage, "GET", "/search", query=query)
        return page.model_copy(update={"offset": offset})

    async def search(self, words: str) -> AsyncIterator[Member]:
        """Every expert that ``words`` find, each once, until a page brings nobody new, whatever ``matches`` says."""
        offset, known = 0, set[int]()
        while page := (await self.search_page(words, offset)).members:
            new = [member for member in page if member.id not in known]
            if not new:
                return
            for member in new:
                yield member
            known.update(member.id for member in new)
            offset += len(page)
