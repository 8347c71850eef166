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

KEPT = timedelta(minutes=1)
"""How long what Slack said is good for showing and refusing things; what leaves is asked for anew."""
_GROUPS_KEPT = timedelta(minutes=5)
"""The same for who is in a user group."""
_POLICY_KEPT = timedelta(seconds=2)
"""How long who may do what is taken as it was read, should nobody say that it was changed."""

Value = TypeVar("Value")


class _Kept(Generic[Value]):
    """Values by key, each for a while; asked for once however many want it at once."""

    def __init__(self, clock: Clock, ask: Callable[[str], Awaitable[Value]], kept: timedelta = KEPT) -> None:
        self._clock = clock
        self._ask = ask
        self._kept = kept
        self._values: dict[str, tuple[datetime, Value]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._asked: dict[str, int] = {}

    def now(self, key: str) -> Value | None:
        """The value, if it is known and fresh."""
        found = self._values.get(key)
        if found is None or self._clock.now() - found[0] > self._kept:
            return None
        return found[1]

    async def get(self, key: str, *, anew: bool = False) -> Value:
        """The value, asked for where it is not known or not fresh; with ``anew`` by a question put after this call."""
        asked_before = self._asked.get(key, 0)
        async with self._locks.setdefault(key, asyncio.Lock()):
            known = self.now(key)
            if known is None or (anew and self._asked.get(key, 0) == asked_before):
                self._asked[key] = self._asked.get(key, 0) + 1
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
        self._changes = 0
        self._people: _Kept[dict[str, Any]] = _Kept(store.clock, self._person)
        self._members: _Kept[frozenset[str]] = _Kept(store.clock, self._members_of)
        self._groups: _Kept[frozenset[str]] = _Kept(store.clock, self._members_of_group, _GROUPS_KEPT)

    async def policy(self) -> Policy:
        """Who may do what, as it was set a moment ago at the earliest."""
        now, changes = self._store.clock.now(), self._changes
        if self._policy is not None and now - self._policy[0] <= _POLICY_KEPT:
            return self._policy[1]
        async with self._store.read() as tx:
            policy = await self._setup.policy(tx)
        if changes == self._changes:
            self._policy = (now, policy)
        return policy

    def setup_changed(self) -> None:
        """Who may do what was set anew: what was read before, or is being read now, is not kept."""
        self._changes += 1
        self._policy = None

    def known(self, user_id: str, policy: Policy, act: Act) -> Facts | None:
        """What is known of a person without asking Slack; None where something is missing or stale."""
        person = self._people.now(user_id)
        channel = _channel(policy, act)
        inbox = self._members.now(channel) if channel else frozenset()
        if person is None or inbox is None:
            return None
        groups: dict[str, frozenset[str]] = {}
        for name in _groups(policy, act, user_id, inbox):
            members = self._groups.now(name)
            if members is None:
                return None
            groups[name] = members
        return self._facts(user_id, person, inbox, groups)

    async def facts(self, user_id: str, policy: Policy, act: Act, *, anew: bool = False) -> Facts:
        """What there is to know of a person for this; ``known`` is False where Slack could not say."""
        try:
            person = await self._people.get(user_id, anew=anew)
            channel = _channel(policy, act)
            inbox = await self._members.get(channel, anew=anew) if channel else frozenset()
            wanted = _groups(policy, act, user_id, inbox)
            groups = {name: await self._groups.get(name, anew=anew) for name in wanted}
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
        refusal = policy.refusal(act, await self.facts(user_id, policy, act))
        if refusal is not None:
            raise Refused(refusal)

    async def check_for_ledger(self, user_id: str, act: Act) -> None:
        """As ``check``, when an operation is about to leave: Rejected ends it, Unreachable has it tried again.

        Slack is asked anew: a right that was withdrawn a moment ago is gone.
        """
        async with self._store.read() as tx:
            policy = await self._setup.policy(tx)
        facts = await self.facts(user_id, policy, act, anew=True)
        if not facts.known:
            raise Unreachable("Slack could not say whether this is still allowed; nothing was sent.", service=SERVICE)
        refusal = policy.refusal(act, facts)
        if refusal is not None:
            raise Rejected(refusal, service="Switchboard")

    async def is_in(self, user_id: str, channel: str) -> bool:
        """Whether a person is in a channel; nobody is in one that is closed to the bot."""
        return user_id in await self._members.get(channel)

    async def name(self, user_id: str) -> str | None:
        """What a person is called; None where Slack cannot say."""
        try:
            return (await self._people.get(user_id)).get("real_name") or None
        except UpstreamError:
            return None

    async def names(self, user_id: str) -> list[str]:
        """Everything a person is called: real name, handle, and what they chose to be shown; none for nobody."""
        try:
            person = await self._people.get(user_id)
        except UpstreamError:
            return []
        profile = person.get("profile") or {}
        return [str(one) for one in (person.get("real_name"), person.get("name"), profile.get("display_name")) if one]

    async def zone(self, user_id: str) -> str | None:
        """The IANA name of the time zone a person has set; None where Slack cannot say."""
        try:
            return (await self._people.get(user_id)).get("tz") or None
        except UpstreamError:
            return None

    async def anyone_else(self, user_id: str, act: Act) -> bool | None:
        """Whether anybody but this person may do this; None where Slack could not say."""
        policy = await self.policy()
        try:
            for other in await self._candidates(policy, act):
                if other != user_id and policy.allows(act, await self.facts(other, policy, act)):
                    return True
        except UpstreamError as error:
            log.warning("directory.unknown", error=str(error))
            return None
        return False

    async def _candidates(self, policy: Policy, act: Act) -> list[str]:
        """Who could be allowed: those who are named, else the workspace's admins."""
        named = policy.admins if act.circle == "admins" else policy.senders
        if not named:
            return await self._workspace_admins()
        people = [name for name in named if not name.startswith("S")]
        for group in named:
            if group.startswith("S"):
                people.extend(sorted(await self._groups.get(group)))
        return list(dict.fromkeys(people))

    async def _workspace_admins(self) -> list[str]:
        found: list[str] = []
        cursor = None
        while True:
            answer = await self._api.call("users.list", limit=200, cursor=cursor)
            found += [
                user["id"] for user in answer.get("members") or () if user.get("is_admin") or user.get("is_owner")
            ]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None or len(found) > 1:
                return found

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
        try:
            answer = await self._api.call("usergroups.users.list", usergroup=group)
        except SlackRefused as error:
            if error.code != "no_such_subteam":
                raise
            log.warning("directory.no_group", group=group)
            return frozenset()
        return frozenset(answer.get("users") or ())


def _channel(policy: Policy, act: Act) -> str | None:
    """The channel whose members may do this, where that is what decides."""
    return policy.inbox_channel if act.circle == "inbox" else None


def _groups(policy: Policy, act: Act, user_id: str, inbox: frozenset[str]) -> list[str]:
    """The user groups that decide; none for who is in the inbox channel and wants no more than that allows."""
    if user_id in inbox:
        return []
    named = policy.admins if act.circle == "admins" else policy.senders
    more = policy.admins if act.circle == "inbox" else ()
    return [name for name in dict.fromkeys((*named, *more)) if name.startswith("S")]
