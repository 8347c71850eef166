"""What Slack knows of people: asked when it is needed, kept for a minute, asked anew before something leaves."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.errors import Refused, Rejected, Unreachable
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.model import Channel, User
from bot.sandbox.slack.registration import Registration
from bot.services.policy import Act, Facts
from bot.services.setup import Setup
from bot.slack.api import SlackApi
from bot.slack.directory import Directory
from bot.store.engine import Store
from tests.clock import WoundClock
from tests.drive import MANIFEST


class Town:
    """Slack with Alice (admin), Bob (in #texts) and Carol, and a directory of it."""

    def __init__(self, slack: SlackStandIn, store: Store, api: SlackApi) -> None:
        self.slack, self.store, self.api = slack, store, api
        add = slack.workspace.add_user
        self.alice: User = add("alice", "Alice", is_admin=True)
        self.bob: User = add("bob", "Bob")
        self.carol: User = add("carol", "Carol")
        self.texts: Channel = slack.workspace.add_channel("texts", [self.alice, self.bob])
        self.directory = self.with_setup()

    def with_setup(self, senders: tuple[str, ...] = (), admins: tuple[str, ...] = ()) -> Directory:
        """A fresh directory under this setup."""
        setup = Setup(self.texts.id, 30, senders, admins)
        return Directory(self.api, self.store, setup, self.slack.workspace.team_id)

    async def may(self, user: User, act: Act, directory: Directory | None = None) -> bool:
        """Whether somebody may do this now."""
        try:
            await (directory or self.directory).check(user.id, act)
        except Refused:
            return False
        return True


@pytest.fixture
async def town(clock: WoundClock, sqlite_url: str) -> AsyncIterator[Town]:
    """The town, over real sockets."""
    async with SlackStandIn(Registration.from_manifest(MANIFEST), now=clock.seconds) as slack:
        store = Store(sqlite_url, clock)
        api = SlackApi(slack.bot_token, slack.api_url, lambda *_: None)
        yield Town(slack, store, api)
        await api.close()
        await store.close()


async def test_who_is_in_the_channel_may_and_who_is_not_may_not(town: Town) -> None:
    """Members of the inbox channel text; the workspace's admins also opt out; nobody else does anything."""
    assert await town.may(town.bob, Act.REPLY)
    assert not await town.may(town.bob, Act.OPT_OUT)
    assert await town.may(town.alice, Act.OPT_OUT)
    assert not await town.may(town.carol, Act.READ)


async def test_a_user_group_is_asked_only_where_it_decides(town: Town) -> None:
    """Carol sends by her group; for Bob, who is in the channel and replies, no group is asked."""
    group = town.slack.workspace.add_usergroup("care", [town.carol])
    directory = town.with_setup(senders=(group.id,))
    assert await town.may(town.bob, Act.REPLY, directory)
    assert town.slack.called("usergroups.users.list") == []
    assert await town.may(town.carol, Act.OPT_OUT, directory)
    assert await town.may(town.carol, Act.READ, directory)
    assert not await town.may(town.alice, Act.OPT_OUT, directory)


async def test_a_group_that_is_gone_has_nobody_in_it(town: Town) -> None:
    """A wrong id in SENDERS denies, and holds up nothing else."""
    directory = town.with_setup(senders=("S00000000",))
    assert not await town.may(town.alice, Act.OPT_OUT, directory)
    assert await town.may(town.bob, Act.REPLY, directory)


async def test_what_is_known_is_kept_for_a_minute(town: Town, clock: WoundClock) -> None:
    """Two checks ask once; a minute later the answer may have changed."""
    policy = await town.directory.policy()
    assert town.directory.known(town.bob.id, policy, Act.REPLY) is None
    assert await town.may(town.bob, Act.REPLY)
    assert await town.may(town.bob, Act.REPLY)
    assert len(town.slack.called("users.info")) == 1
    known = town.directory.known(town.bob.id, policy, Act.REPLY)
    assert known == Facts(town.bob.id, in_inbox=True)
    town.slack.admin.remove(town.texts, town.bob)
    clock.advance(61)
    assert town.directory.known(town.bob.id, policy, Act.REPLY) is None
    assert not await town.may(town.bob, Act.REPLY)


async def test_before_something_leaves_slack_is_asked_anew(town: Town) -> None:
    """A right withdrawn a moment ago is gone, whatever is kept."""
    await town.directory.check_for_ledger(town.bob.id, Act.REPLY)
    town.slack.admin.remove(town.texts, town.bob)
    with pytest.raises(Rejected, match="You may not reply"):
        await town.directory.check_for_ledger(town.bob.id, Act.REPLY)


async def test_many_at_once_share_one_question(town: Town) -> None:
    """Fifty texts that are about to leave ask for the channel's members a few times, not fifty."""
    policy = await town.directory.policy()
    asking = (town.directory.facts(town.bob.id, policy, Act.REPLY, anew=True) for _ in range(50))
    assert set(await asyncio.gather(*asking)) == {Facts(town.bob.id, in_inbox=True)}
    assert len(town.slack.called("conversations.members")) <= 15
    assert len(town.slack.called("users.info")) <= 15


async def test_where_slack_cannot_say_the_ledger_waits(town: Town) -> None:
    """Denied for showing, tried again for sending."""
    town.slack.faults.refuse("users.info", "internal_error", times=5)
    assert not await town.may(town.bob, Act.REPLY)
    with pytest.raises(Unreachable, match="nothing was sent"):
        await town.directory.check_for_ledger(town.bob.id, Act.REPLY)


async def test_somebody_from_elsewhere_deleted_or_a_bot_is_an_outsider(town: Town) -> None:
    """Even in the channel, even as an admin."""
    town.alice.team_id = "T99999999"
    town.bob.deleted = True
    for user in (town.alice, town.bob):
        policy = await town.directory.policy()
        facts = await town.directory.facts(user.id, policy, Act.REPLY)
        assert facts.outsider
        assert not await town.may(user, Act.REPLY)


async def test_an_archived_or_unknown_channel_has_no_members(town: Town) -> None:
    """Then admins act, and nobody else."""
    town.slack.admin.delete(town.texts)
    assert not await town.may(town.bob, Act.REPLY)
    assert await town.may(town.alice, Act.REPLY)


async def test_names_are_known_or_not(town: Town) -> None:
    """None where Slack does not say."""
    assert await town.directory.name(town.bob.id) == "Bob"
    assert await town.directory.name("U99999999") is None
