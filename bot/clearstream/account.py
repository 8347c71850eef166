"""The account and its users ("Account" and "Users" in the document)."""

from bot.clearstream.checks import Checks, changed, flag, given, zone
from bot.clearstream.endpoints import Endpoints
from bot.clearstream.models import Account, User


class AccountEndpoints(Endpoints):
    """GET and PATCH /account, GET /users and /users/<email>."""

    async def account(self, timezone: str | None = None) -> Account:
        """The account with its figures, counted in the IANA ``timezone`` (UTC when None)."""
        checks = Checks()
        if timezone is not None:
            zone(timezone, checks)
        checks.done()
        return await self._one(Account, "GET", "/account", query=given(timezone=timezone))

    async def update_account(
        self, *, business: str | None = None, phone: str | None = None, collect_emails: bool | None = None
    ) -> Account:
        """Change what is given, None leaves a thing as it is; ``phone`` in E.164. Answers with the account."""
        checks = Checks()
        checks.that(business is None or business.strip(), "business", "Enter the name of the business.")
        if phone is not None:
            checks.number(phone, "phone")
        checks.done()
        form = given(business=business, phone=phone, collect_emails=flag(collect_emails))
        return await self._one(Account, "PATCH", "/account", form=changed(form))

    async def users(self) -> list[User]:
        """Everybody who can sign in to the account; this listing has no pages."""
        return list(self._read_all(User, await self._ask("GET", "/users")))

    async def user(self, email: str) -> User:
        """The user with this e-mail address; raises NotFound."""
        checks = Checks()
        checks.required(email, "email", "an e-mail address")
        checks.email(email)
        checks.done()
        return await self._one(User, "GET", "/users/{email}", {"email": email})
