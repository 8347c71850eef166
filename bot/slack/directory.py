"""What Slack knows of people, as far as rights need it: asked when it is needed, kept for a short while.

Where Slack does not answer, nothing is known, and policy denies.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import structlog

from bot.clock import Clock
from bot.errors import Refused, Rejected, Unreachable, UpstreamError
from bot.services.policy import Act, Facts, Policy
from bot.services.setup import Setup
from bot.slack.api import SERVICE, SlackApi, SlackRefused
from bot.store.engine import Store

log = structlog.get_logger(__name__)

KEPT = timedelta(minutes=5)
_POLICY_KEPT = timedelta(seconds=2)

Value = TypeVar("Value")


class _Kept(Generic[Value]):
    """Values by key, each for a while; asked for once however many want it at once."""

    def __init__(self, clock: Clock, ask: Callable[[str], Awaitable[Value]], kept: timedelta = KEPT) -> None:
        self._clock = clock
        self._ask = ask
        self._kept = kept
        self._values: dict[str, tuple[datetime, Value]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    def now(self, key: str) -> Value | None:
        """The value, if it is known and fresh."""
        found = self._values.get(key)
        if found is None or self._clock.now() - found[0] > self._kept:
            return None
        return found[1]

    async def get(self, key: str) -> Value:
        """The value, asked for where it is not known or not fresh."""
        async with self._locks.setdefault(key, asyncio.Lock()):
            known = self.now(key)
            if known is None:
                known = await self._ask(key)
                self._values[key] = (self._clock.now(), known)
        return known


class Directory:
    """People, members of channels and user groups. ``team_id`` is this workspace's."""

    def __init__(self, api: SlackApi, store: Store, setup: Setup, team_id: str | None) -> None:
        self._api = api
        self._store = store
        self._setup = setup
        self._team_id = team_id
        self._policy: tuple[datetime, Policy] | None = None
        self._people: _Kept[dict[str, Any]] = _Kept(store.clock, self._person)
        self._members: _Kept[frozenset[str]] = _Kept(store.clock, self._members_of)
        self._groups: _Kept[frozenset[str]] = _Kept(store.clock, self._members_of_group)

    async def policy(self) -> Policy:
        """Who may do what, as it was set a moment ago at the earliest."""
        now = self._store.clock.now()
        if self._policy is None or now - self._policy[0] > _POLICY_KEPT:
            async with self._store.read() as tx:
                self._policy = (now, await self._setup.policy(tx))
        return self._policy[1]

    def known(self, user_id: str, policy: Policy) -> Facts | None:
        """What is known of a person without asking Slack; None where something is missing or stale."""
        person = self._people.now(user_id)
        inbox = self._members.now(policy.inbox_channel) if policy.inbox_channel else frozenset()
        groups = {group: self._groups.now(group) for group in _groups(policy)}
        if person is None or inbox is None or any(members is None for members in groups.values()):
            return None
        return self._facts(user_id, person, inbox, {name: members or frozenset() for name, members in groups.items()})

    async def facts(self, user_id: str, policy: Policy) -> Facts:
        """What there is to know of a person; ``known`` is False where Slack could not say."""
        try:
            person = await self._people.get(user_id)
            inbox = await self._members.get(policy.inbox_channel) if policy.inbox_channel else frozenset()
            groups = {group: await self._groups.get(group) for group in _groups(policy)}
        except UpstreamError as error:
            log.warning("directory.unknown", error=str(error))
            return Facts(user_id, known=False)
        return self._facts(user_id, person, inbox, groups)

    def _facts(
        self, user_id: str, person: dict[str, Any], inbox: frozenset[str], groups: dict[str, frozenset[str]]
    ) -> Facts:
        return Facts(
            user_id,
            in_inbox=user_id in inbox,
            workspace_admin=bool(person.get("is_admin") or person.get("is_owner")),
            outsider=self._outsider(person),
            groups=frozenset(name for name, members in groups.items() if user_id in members),
        )

    def _outsider(self, person: dict[str, Any]) -> bool:
        elsewhere = (
            self._team_id is not None
            and person.get("team_id") not in (None, "", self._team_id)
            and not person.get("enterprise_user")
        )
        return bool(person.get("is_stranger") or person.get("deleted") or person.get("is_bot") or elsewhere)

    async def check(self, user_id: str, act: Act) -> None:
        """Raise Refused where this person may not do this."""
        policy = await self.policy()
        refusal = policy.refusal(act, await self.facts(user_id, policy))
        if refusal is not None:
            raise Refused(refusal)

    async def check_for_ledger(self, user_id: str, act: Act) -> None:
        """As ``check``, when an operation is about to leave: Rejected ends it, Unreachable has it tried again."""
        policy = await self.policy()
        facts = await self.facts(user_id, policy)
        if not facts.known:
            raise Unreachable("Slack could not say whether this is still allowed; nothing was sent.", service=SERVICE)
        refusal = policy.refusal(act, facts)
        if refusal is not None:
            raise Rejected(refusal, service="Switchboard")

    async def timezone(self, user_id: str) -> str:
        """A person's IANA time zone; UTC where Slack cannot say."""
        try:
            return str((await self._people.get(user_id)).get("tz") or "UTC")
        except UpstreamError:
            return "UTC"

    async def _person(self, user_id: str) -> dict[str, Any]:
        answer = await self._api.call("users.info", user=user_id)
        return dict(answer.get("user") or {})

    async def _members_of(self, channel: str) -> frozenset[str]:
        members: set[str] = set()
        cursor = None
        while True:
            try:
                answer = await self._api.call("conversations.members", channel=channel, limit=1000, cursor=cursor)
            except SlackRefused as error:
                # The channel is gone or closed to the bot: nobody is known to be in it, but admins still act.
                log.warning("directory.no_members", error=error.code)
                return frozenset()
            members.update(answer.get("members") or ())
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return frozenset(members)

    async def _members_of_group(self, group: str) -> frozenset[str]:
        answer = await self._api.call("usergroups.users.list", usergroup=group)
        return frozenset(answer.get("users") or ())


def _groups(policy: Policy) -> list[str]:
    return [name for name in (*policy.senders, *policy.admins) if name.startswith("S")]
