"""Who goes when: lanes keep order, buckets keep pace."""

from bot.operations.model import Intention, State
from tests.clock import START
from tests.operations.desk import DOWN, LOST, POST, REFUSED, SLOW, Desk, fails, limited


async def test_a_lane_is_left_in_the_order_of_asking(desk: Desk) -> None:
    """One after the other, although all are due."""
    for key in "abcdef":
        await desk.ask(key, lane="sms:1")
    rounds = 0
    while await desk.runner.step():
        rounds += 1
    assert rounds == 6
    assert desk.upstream.keys == list("abcdef")


async def test_a_first_one_goes_before_those_that_wait(desk: Desk) -> None:
    """A new header is posted before the texts that wait for it, whenever it was asked for."""
    await desk.ask("a", POST, lane="slack:1")
    await desk.ask("b", POST, lane="slack:1")
    await desk.ask("header", POST, lane="slack:1", first=True)
    await desk.work()
    assert desk.upstream.keys == ["header", "a", "b"]


async def test_a_lane_waits_for_its_head_only(desk: Desk) -> None:
    """One that must try again holds back its own lane, and no other."""
    desk.upstream.plan.append(fails(DOWN))
    await desk.ask("a1", lane="a")
    await desk.runner.step()
    await desk.ask("a2", lane="a")
    await desk.ask("b1", lane="b")
    await desk.ask("free")
    await desk.work()
    assert sorted(desk.upstream.keys) == ["b1", "free"]
    desk.advance(2)
    await desk.work()
    assert desk.upstream.keys[2:] == ["a1", "a2"]


async def test_one_in_doubt_holds_its_lane_until_it_is_looked_for(desk: Desk) -> None:
    """The next text must not overtake one that may yet turn out not to have left."""
    desk.upstream.plan.append(fails(LOST))
    await desk.ask("a", lane="sms:1")
    await desk.ask("b", lane="sms:1")
    await desk.work()
    assert await desk.state("a") is State.UNKNOWN
    assert desk.upstream.keys == []


async def test_one_that_a_person_must_decide_leaves_its_lane(desk: Desk) -> None:
    """An unconfirmed text never holds back later ones."""
    await desk.unconfirmed("a", lane="sms:1")
    await desk.ask("b", lane="sms:1")
    await desk.work()
    assert desk.upstream.keys == ["b"]


async def test_one_that_failed_leaves_its_lane(desk: Desk) -> None:
    """A refusal is an end; the next one goes."""
    desk.upstream.plan.append(fails(REFUSED))
    await desk.ask("a", lane="sms:1")
    await desk.ask("b", lane="sms:1")
    await desk.work()
    assert await desk.state("a") is State.FAILED
    assert desk.upstream.keys == ["b"]


async def test_a_bucket_lets_one_through_each_interval(desk: Desk) -> None:
    """Posts to one channel leave a second apart; the first at once."""
    for key in "abc":
        await desk.ask(key, POST, bucket=SLOW)
    left = []
    for _ in range(4):
        await desk.work()
        left.append(len(desk.upstream.effects))
        desk.advance(0.5)
    assert left == [1, 1, 2, 2]


async def test_a_bucket_does_not_slow_another(desk: Desk) -> None:
    """Each channel has its own pace, and what counts against none has none."""
    await desk.ask("a1", POST, bucket="slow:a")
    await desk.ask("a2", POST, bucket="slow:a")
    await desk.ask("b1", POST, bucket="slow:b")
    await desk.ask("c1", POST, bucket="unlimited:c")
    await desk.ask("c2", POST, bucket="unlimited:c")
    await desk.work()
    assert sorted(desk.upstream.keys) == ["a1", "b1", "c1", "c2"]


async def test_processes_share_a_bucket(desk: Desk) -> None:
    """Two at work on the same channel are no faster than one."""
    other = desk.beside()
    for number in range(6):
        await desk.ask(f"{number}", POST, bucket=SLOW)
    for second in range(6):
        await desk.work()
        await other.work()
        assert len(desk.upstream.effects) == second + 1
        desk.advance(1)


async def test_an_upstream_that_asks_to_wait_stops_the_whole_bucket(desk: Desk) -> None:
    """429 says how long; nothing of that bucket leaves before, whoever works on it."""
    desk.upstream.plan.append(fails(limited(30)))
    await desk.ask("a", POST, bucket="any:x")
    await desk.work()
    await desk.ask("b", POST, bucket="any:x")
    await desk.ask("c", POST, bucket="any:y")
    await desk.work()
    assert desk.upstream.keys == ["c"]
    desk.advance(29)
    await desk.work()
    await desk.beside().work()
    assert desk.upstream.keys == ["c"]
    desk.advance(1)
    await desk.work()
    assert desk.upstream.keys == ["c", "a", "b"]


async def test_a_full_bucket_does_not_hold_up_what_waits_behind_it(desk: Desk) -> None:
    """A hundred posts to one channel in front, and what belongs elsewhere still leaves at once."""
    async with desk.store.write() as tx:
        for number in range(100):
            await desk.ledger.ask(tx, Intention(kind=POST, key=f"{number}", payload={"words": "x"}, bucket=SLOW))
    await desk.ask("elsewhere", POST)
    await desk.work()
    assert desk.upstream.keys == ["0", "elsewhere"]


async def test_the_next_moment_with_something_to_do_is_known(desk: Desk) -> None:
    """The ledger sleeps until then, not shorter and not longer."""
    assert await desk.ledger.next_due(START) is None
    await desk.ask("a", POST, bucket=SLOW)
    await desk.ask("b", POST, bucket=SLOW)
    await desk.work()
    due = await desk.ledger.next_due(START)
    assert due is not None
    assert (due - START).total_seconds() == 1
    desk.advance(1)
    desk.upstream.plan.append(fails(DOWN))
    await desk.work()
    due = await desk.ledger.next_due(desk.store.clock.now())
    assert due is not None
    assert (due - START).total_seconds() == 2
