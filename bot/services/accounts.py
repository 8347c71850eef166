"""Whose Clarity account is used: a person's own, sealed in the database, or the shared one of the installation."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.clarity.client import Clarity
from bot.errors import Gone, Refused
from bot.operations.ledger import Ledger
from bot.services import posts, record
from bot.services.setup import Setup
from bot.store import clarity as rows
from bot.store.clarity import SHARED
from bot.store.crypto import Box, Unreadable
from bot.store.engine import Row, Store, Tx

_STATE_LIVES = timedelta(minutes=10)

Connect = Callable[[str], Clarity]
"""A client for a token."""

Exchange = Callable[[str], Awaitable[str]]
"""A token for the code that Clarity sent a browser back with."""

HOW_TO_LOG_IN = "Connect your Clarity account with `/expert login`."
NOT_SHARED = (
    "Clarity does not accept the token of the shared account any more, so nothing was done. Whoever runs Switchboard "
    "sets a new `CLARITY_OAUTH_TOKEN` and starts it again."
)
LOG_IN_AGAIN = f"Clarity does not accept your login any more. {HOW_TO_LOG_IN} Nothing was done."


@dataclass(frozen=True)
class Account:
    """A Clarity account that can be used. ``owner`` is a Slack user id, or "shared"."""

    owner: str
    client: Clarity
    member_id: int | None
    name: str | None

    @property
    def shared(self) -> bool:
        """Whether it is the installation's."""
        return self.owner == SHARED


@dataclass(frozen=True)
class Login:
    """How people connect their own account. ``authorize`` makes the address for a state."""

    authorize: Callable[[str], str]
    exchange: Exchange
    public_url: str


class Accounts:
    """Connects, finds and forgets accounts. ``login`` is None where no client id and secret are set.

    What befalls the shared account is told in the calls channel.
    """

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        box: Box | None,
        connect: Connect,
        shared_token: str | None,
        login: Login | None,
        setup: Setup,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._box = box
        self._connect = connect
        self._shared_token = shared_token
        self._login = login
        self._setup = setup
        self._clients: dict[str, tuple[str, Clarity]] = {}

    async def prepare(self) -> None:
        """Seal anew what an old key sealed, and have the shared account polled where there is one."""
        async with self._store.write() as tx:
            if self._box is not None:
                for row in await rows.other_keys(tx, self._box.newest):
                    await self._seal_anew(tx, self._box, row)
            shared = await rows.account(tx, SHARED)
            if self._shared_token is None:
                await rows.forget_account(tx, SHARED)
            elif shared is None or shared["refused_at"] is not None:
                listened = bool(shared and shared["listened"])
                values = {"connected_at": tx.now, "next_poll": tx.now, "refused_at": None, "listened": listened}
                await rows.keep_account(tx, SHARED, values)

    async def _seal_anew(self, tx: Tx, box: Box, row: Row) -> None:
        try:
            token = box.open(row["key"], row["sealed"], row["owner"])
        except Unreadable:
            await self._refuse(tx, row["owner"])
            return
        key, sealed = box.seal(token, row["owner"])
        await rows.change_account(tx, row["owner"], key=key, sealed=sealed)

    async def of(self, user_id: str) -> Account:
        """The account a person acts with: their own, else the shared one. Raises Refused where there is neither."""
        async with self._store.read() as tx:
            own = await rows.account(tx, user_id) if self._box is not None else None
            shared = await rows.account(tx, SHARED)
        if own is not None and own["refused_at"] is None:
            try:
                return self._usable(own)
            except Unreadable as error:
                await self.refused(user_id)
                raise Refused(LOG_IN_AGAIN) from error
        if own is not None:
            raise Refused(LOG_IN_AGAIN)
        if shared is not None and self._shared_token is not None:
            return self._usable(shared)
        raise Refused(f"{self._no_account()} Nothing was done.")

    def _no_account(self) -> str:
        if self._login is None:
            return (
                "Switchboard is not connected to Clarity yet. Whoever runs it sets `CLARITY_OAUTH_TOKEN`, or "
                "`CLARITY_CLIENT_ID` and `CLARITY_CLIENT_SECRET` so that everyone can connect their own account."
            )
        return f"You have not connected a Clarity account. {HOW_TO_LOG_IN}"

    async def by_owner(self, owner: str) -> Account | None:
        """An account that is still accepted; None where there is none."""
        async with self._store.read() as tx:
            row = await rows.account(tx, owner)
        if row is None or row["refused_at"] is not None or (owner == SHARED and self._shared_token is None):
            return None
        try:
            return self._usable(row)
        except Unreadable:
            await self.refused(owner)
            return None

    async def still_accepted(self, row: Row) -> Account | None:
        """As ``by_owner``, for a row that was read just now."""
        known = self._clients.get(row["owner"])
        if known is not None and known[0] == (row["sealed"] or ""):
            return Account(row["owner"], known[1], row["member_id"], row["name"])
        return await self.by_owner(row["owner"])

    def _usable(self, row: Row) -> Account:
        owner = row["owner"]
        sealed = row["sealed"] or ""
        known = self._clients.get(owner)
        if known is None or known[0] != sealed:
            known = (sealed, self._connect(self._token(row)))
            self._clients[owner] = known
        return Account(owner, known[1], row["member_id"], row["name"])

    def _token(self, row: Row) -> str:
        if row["owner"] == SHARED and self._shared_token is not None:
            return self._shared_token
        if self._box is None:
            raise Unreadable("A stored token cannot be opened: ENCRYPTION_KEYS is not set.")
        return self._box.open(row["key"], row["sealed"], row["owner"])

    async def set_out(self, user_id: str) -> str:
        """The link with which a person connects their account, good once and for ten minutes."""
        if self._login is None:
            raise Refused(
                "Connecting your own Clarity account is not set up: whoever runs Switchboard sets "
                "`CLARITY_CLIENT_ID` and `CLARITY_CLIENT_SECRET`."
            )
        state = secrets.token_urlsafe(32)
        async with self._store.write() as tx:
            await rows.forget_states(tx, tx.now - _STATE_LIVES)
            await rows.add_state(tx, _digest(state), user_id)
        return f"{self._login.public_url.rstrip('/')}/clarity/login/{state}"

    async def onward(self, state: str) -> str:
        """Where a browser that followed the link goes next; raises Gone for a link that is used up or unknown."""
        async with self._store.read() as tx:
            row = await rows.state(tx, _digest(state))
            fresh = row is not None and row["used_at"] is None and row["created_at"] >= tx.now - _STATE_LIVES
        if not fresh or self._login is None:
            raise Gone("This link was used already, or is older than ten minutes. Ask for a new one: `/expert login`.")
        return self._login.authorize(state)

    async def came_back(self, state: str, code: str) -> str:
        """A browser came back from Clarity: take the token, and keep it sealed. The member's name.

        The state is used up before anything else, so that a replayed one does nothing.
        """
        async with self._store.write() as tx:
            row = await rows.use_state(tx, _digest(state), tx.now - _STATE_LIVES)
        if row is None or self._login is None or self._box is None:
            raise Gone("This login was used already, or took longer than ten minutes. Start again: `/expert login`.")
        token = await self._login.exchange(code)
        me = await self._connect(token).me()
        owner = row["user_id"]
        key, sealed = self._box.seal(token, owner)
        async with self._store.write() as tx:
            before = await rows.account(tx, owner)
            if before is not None and before["member_id"] != me.id:
                await rows.forget_calls(tx, owner)
            values = {
                "key": key,
                "sealed": sealed,
                "member_id": me.id,
                "name": me.name,
                "connected_at": tx.now,
                "refused_at": None,
                "listened": False,
                "next_poll": tx.now,
            }
            await rows.keep_account(tx, owner, values)
            await record.write(tx, actor=owner, act="clarity login", subject=me.name)
        return me.name or "your account"

    async def forget(self, tx: Tx, user_id: str) -> bool:
        """Forget a person's account; False where they had none."""
        self._clients.pop(user_id, None)
        forgotten = await rows.forget_account(tx, user_id)
        if forgotten:
            await record.write(tx, actor=user_id, act="clarity logout", subject=None)
        return forgotten

    async def refused(self, owner: str) -> None:
        """Clarity does not accept an account's token any more: polling stops, and its owner is told, once."""
        async with self._store.write() as tx:
            await self._refuse(tx, owner)

    async def _refuse(self, tx: Tx, owner: str) -> None:
        place = await self._setup.calls_channel(tx) if owner == SHARED else owner
        if await rows.refuse_account(tx, owner) and place is not None:
            key = f"{owner}:{tx.now.timestamp():.6f}"
            await self._ledger.ask(tx, posts.word(place, "refused", key, {"owner": owner}))

    async def learn(self, account: Account) -> Account:
        """The account with its member's id and name, asked for where they are not known."""
        if account.member_id is not None:
            return account
        me = await account.client.me()
        async with self._store.write() as tx:
            await rows.change_account(tx, account.owner, member_id=me.id, name=me.name)
        return Account(account.owner, account.client, me.id, me.name)


def refusal(account: Account) -> str:
    """What to say where Clarity does not accept an account's token any more."""
    return NOT_SHARED if account.shared else LOG_IN_AGAIN


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode(errors="surrogatepass")).hexdigest()
