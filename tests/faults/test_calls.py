"""Calls while answers get lost and processes die: dialled once, asked for once, followed to the end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.polling.calls import LIVE
from bot.sandbox.faults import Fault
from bot.sandbox.requests import RequestInfo
from bot.sandbox.slack.model import Message
from bot.store import jobs
from tests.clock import WoundClock
from tests.club import Club

PACE = {"seeker_rings": 3, "announcement": 1, "expert_rings": 3, "talk": 40, "patience": 6}
LEASE = 30


async def _opened(clock: WoundClock, database_url: str, folder: Path) -> AsyncIterator[Club]:
    club = Club(clock, database_url, folder)
    club.settings = {"clearstream_api_key": None, "calls_poll_seconds": 10, "live_call_poll_seconds": 3}
    for part, seconds in PACE.items():
        setattr(club.clarity.pace, part, timedelta(seconds=seconds))
    club.clarity.odd.ids = True
    await club.open()
    await club.start()
    await club.log_in(club.alice, "alice")
    yield club
    await club.close_as_time_goes_by()


@pytest.fixture
async def club(clock: WoundClock, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Club]:
    """A bot on SQLite, with Alice's own account connected."""
    async for club in _opened(clock, sqlite_url, tmp_path):
        yield club


@pytest.fixture
async def shared(clock: WoundClock, postgresql_url: str, tmp_path: Path) -> AsyncIterator[Club]:
    """The same on the database that several processes may share."""
    async for club in _opened(clock, postgresql_url, tmp_path):
        yield club


async def asked(club: Club) -> Message:
    """Nina asks Alice for a call; the message that tells her."""
    club.clarity.someone_requests("alice", "ninapark", "Your text line", 72)
    return await club.call_told(club.alice, "Your text line")


async def connect(club: Club) -> None:
    """Alice presses **Connect**."""
    await club.alice.click("Connect", await asked(club))


async def write(club: Club) -> None:
    """Alice writes to a member."""
    await club.alice.click("Reply", await club.expert(club.alice, "messages samortiz"))
    await club.filled(club.alice)
    await club.alice.type("Message", "Thank you again")
    await club.alice.submit()


async def post_need(club: Club) -> None:
    """Alice posts a need."""
    await club.alice.command("/expert", "need")
    await club.filled(club.alice)
    await club.alice.type("What do you need?", "Who knows leases?")
    await club.alice.submit()


async def fulfill(club: Club) -> None:
    """Alice offers to fulfill a need."""
    await club.alice.click("Fulfill", await club.expert(club.alice, "needs"), block="need:0")


@dataclass(frozen=True)
class Act:
    """Something a person does on Clarity: how, at which path, and how often it took effect."""

    do: Callable[[Club], Awaitable[None]]
    path: str
    effects: Callable[[Club], int]

    def posted(self, club: Club) -> int:
        """How often Clarity was asked to do it."""
        return len(club.clarity.requests_since(method="POST", path=self.path))


def _mine(club: Club, words: str) -> int:
    return sum(need.description == words for need in club.clarity.state.needs.values())


ACTS = {
    "connect": Act(
        connect, "calls/*/connect", lambda c: sum(one.status != "pending" and one.reason == "Your text line"
                                                  for one in c.clarity.state.calls.values())
    ),
    "message": Act(
        write, "messages/*", lambda c: sum(one.text == "Thank you again" for one in c.clarity.state.messages)
    ),
    "need": Act(post_need, "needs", lambda c: _mine(c, "Who knows leases?")),
    "fulfill": Act(
        fulfill, "needs/*/fulfill", lambda c: sum(len(need.fulfilled_by) for need in c.clarity.state.needs.values())
    ),
}  # fmt: skip
acts = pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)


@acts
async def test_what_clarity_did_is_found_when_its_answer_is_lost(club: Club, act: Act) -> None:
    """It is done once, and nobody is asked anything."""
    club.clarity.faults.add(Fault.LOSE_AFTER, method="POST", path=act.path)
    before = act.effects(club)
    await act.do(club)
    await club.until(lambda: act.posted(club), "the request")
    await club.wind(8)
    assert (act.posted(club), act.effects(club)) == (1, before + 1)
    assert "Unconfirmed" not in club.slack.text()
    assert "done" in [outcome for _, _, outcome in await club.record()][-1:]


@acts
async def test_what_is_not_found_is_left_to_a_person(club: Club, act: Act) -> None:
    """**Unconfirmed**, and never a second request by itself: **Check again** looks, **Send anyway** does it once."""
    club.clarity.faults.add(Fault.LOSE_BEFORE, method="POST", path=act.path)
    before = act.effects(club)
    await act.do(club)
    notice = await club.call_told(club.alice, "Unconfirmed")
    assert club.alice.buttons(notice)[:2] == ["Check again", "Send anyway"]
    await club.wind(6)
    await club.alice.click("Check again", notice)
    await club.told(club.alice, "Looking once more")
    await club.wind(5)
    assert (act.posted(club), act.effects(club)) == (1, before)
    assert "Unconfirmed" in notice.text()
    await asyncio.gather(club.alice.click("Send anyway", notice), club.alice.click("Send anyway", notice))
    await club.until(lambda: act.effects(club) == before + 1, "done")
    await club.until(lambda: "Unconfirmed" not in notice.text(), "the notice follows")
    await club.wind(5)
    assert (act.posted(club), act.effects(club)) == (2, before + 1)


def looks(club: Club, mark: int = 0) -> list[RequestInfo]:
    """How often Clarity was asked for the newest call."""
    return club.clarity.requests_since(mark, method="GET", path=f"calls/{max(club.clarity.state.calls)}")


async def holder(*bots: Club) -> Club:
    """The one of these that has the job of looking at live calls in hand."""
    assert bots[0].bot is not None
    async with bots[0].bot.store.read() as tx:
        row = await jobs.get(tx, LIVE)
    return next(each for each in bots if row is not None and each.bot is not None and each.bot.owner == row["owner"])


async def test_two_processes_follow_a_call_as_one_and_either_outlives_the_other(shared: Club) -> None:
    """One request for two clicks, one look an interval, one update a change; and one dies with a look in flight."""
    twin = shared.twin()
    await twin.start()
    message = await asked(shared)
    await asyncio.gather(shared.alice.click("Connect", message), shared.alice.click("Connect", message))
    await shared.until(lambda: "In progress" in message.text(), "the clock")
    shared.clarity.faults.add(Fault.STALL_BEFORE, path=f"calls/{max(shared.clarity.state.calls)}")
    mark = shared.clarity.log.mark()
    await shared.until(lambda: looks(shared, mark), "a look in flight")
    dead = await holder(shared, twin)
    await dead.die()
    shared.clarity.faults.release()
    await shared.until(lambda: "Completed after 0:40" in message.text(), "its end")
    assert len(shared.clarity.requests_since(method="POST", path="calls/*/connect")) == 1
    gaps = [(late.at - early.at).total_seconds() for early, late in pairwise(looks(shared))]
    assert all(gap >= 3 for gap in gaps)
    assert sorted(gaps)[-2] <= 5
    assert max(gaps) <= LEASE + 5
    drawn = [call.arguments for call in shared.slack.called("chat.update") if call.arguments["ts"] == message.ts]
    assert all(early["blocks"] != late["blocks"] for early, late in pairwise(drawn))
    assert [m for m in shared.alice.dm() if "Your text line" in m.text()] == [message]
    await twin.stop()
