"""App Home: what waits for a person, from what is stored, and true as long as they look at it."""

from bot.sandbox.clarity import cast
from bot.sandbox.faults import Fault
from bot.sandbox.slack.person import Person
from bot.services.setup import APPROVAL_ABOVE
from bot.store import installation
from tests.club import Club
from tests.drive import JANE, JOHN, House
from tests.hall import WORDS, Hall


def home(person: Person) -> str:
    """What somebody reads on their Home; LookupError before there is one."""
    if person.home is None:
        raise LookupError("no Home")
    return person.home.text()


async def opened(house: House, person: Person) -> str:
    """Somebody opens their Home; what they read there."""
    before = person.home.hash if person.home else None
    await person.open_home()
    await house.until(lambda: person.home is not None and person.home.hash != before, "Home")
    return home(person)


async def test_home_shows_what_waits_and_follows_it(hall: Hall) -> None:
    """New conversations, those claimed by me and broadcasts; a press on it counts there at once, a text by itself."""
    await hall.text_in(JANE, "Is it open?")
    shown = await opened(hall, hall.bob)
    assert "*Claimed by you*: 0" in shown and "*New*: 1" in shown
    assert "Jane Doe · +1 200-555-1000\nIs it open?" in shown
    assert "*Credits*: 2,000 left" in shown
    assert "New broadcast" not in shown and "[Setup]" not in shown
    await hall.bob.click("Claim", hall.bob.home)
    await hall.until(lambda: "*Claimed by you*: 1" in home(hall.bob), "the claim on Home", within=1)
    assert "[Release]" in home(hall.bob)
    await hall.text_in(JOHN, "And me?")
    await hall.until(
        lambda: "*New*: 1" in home(hall.bob) and "And me?" in home(hall.bob), "the text on Home", within=10
    )
    await hall.bob.click("Reply", hall.bob.home, block=f"home:{hall.clearstream.thread_id(JOHN)}")
    await hall.until(lambda: hall.bob.modal and "And me?" in hall.bob.modal.text(), "the modal")


async def test_home_opens_while_clearstream_is_away(hall: Hall) -> None:
    """It is drawn from what is stored; where that is old, it says so, and no longer when that is over."""
    await hall.text_in(JANE, "Is it open?")
    hall.clearstream.faults.add(Fault.UNAVAILABLE, count=None)
    shown = await opened(hall, hall.alice)
    assert "Is it open?" in shown and "could last be read" not in shown
    hall.clock.advance(310)
    await hall.until(lambda: "Clearstream could last be read" in home(hall.alice), "that it is old")
    hall.clearstream.faults.clear()
    await hall.until(lambda: "could last be read" not in home(hall.alice), "that it is fresh again")
    await hall.alice.open_messages()
    await hall.wind(1)
    await hall.text_in(JOHN, "And me?")
    await hall.wind(5)
    assert "And me?" not in home(hall.alice)
    assert "And me?" in await opened(hall, hall.alice)


async def test_broadcasts_wait_on_home_with_their_buttons(hall: Hall) -> None:
    """Dana approves Alice's on her Home, Alice has no such button; one whose fate nobody knows can be checked there."""
    assert hall.bot is not None
    async with hall.bot.store.write() as tx:
        await installation.set_setting(tx, APPROVAL_ABOVE, 1, hall.alice.user.id)
    hall.clearstream.faults.add(Fault.LOSE_BEFORE, method="POST", path="messages")
    await hall.send()
    await hall.shows("[Approve]")
    assert WORDS in await opened(hall, hall.alice) and "[Approve]" not in home(hall.alice)
    assert "Waiting for approval" in await opened(hall, hall.dana)
    await hall.dana.click("Approve", hall.dana.home)
    await hall.until(lambda: "[Check again]" in home(hall.dana), "the unconfirmed one on Home")
    assert "[Check again]" not in await opened(hall, hall.bob) and "*Unconfirmed*" in home(hall.bob)


async def test_each_sees_only_what_they_may(hall: Hall) -> None:
    """Carol, who is not in #texts, sees nothing of it; a guest of another workspace nothing at all."""
    await hall.text_in(JANE, "Is it open?")
    hall.slack.workspace.users[hall.bob.user.id].team_id = "T0STRANGER"
    shown = await opened(hall, hall.carol)
    assert "Is it open?" not in shown and "*New*" not in shown and "Credits" not in shown
    assert await opened(hall, hall.bob) == "Switchboard is for the members of this workspace."


async def test_what_is_not_set_up_yet_is_said_with_what_mends_it(unopened: House) -> None:
    """Without a channel texts wait: an admin has **Setup** for it, anybody else is told who has."""
    await unopened.start(inbox_channel=None, senders=unopened.bob.user.id)
    shown = await opened(unopened, unopened.alice)
    assert "*Not set up yet*" in shown
    assert "*No inbox channel* is chosen, so texts wait and are not shown.\n[Setup]" in shown
    assert "*Calls* are not connected" in shown
    assert "The workspace's admins can mend it in *Setup*." in await opened(unopened, unopened.bob)


async def test_calls_wait_on_home_for_whom_they_wait(lounge: Club) -> None:
    """A request to the shared account waits on the Homes of those who may connect it; pressed there it is dialled."""
    await opened(lounge, lounge.alice)
    call = lounge.clarity.someone_requests(cast.SHARED, "ninapark", "How do I price it?")
    asks = "Nina Park asks the shared account for a call"
    await lounge.until(lambda: asks in home(lounge.alice), "the call on Home")
    assert "How do I price it?" in home(lounge.alice)
    assert "[Connect]" not in await opened(lounge, lounge.bob) and "How do I price it?" in home(lounge.bob)
    assert "How do I price it?" not in await opened(lounge, lounge.carol)
    await lounge.carol.click("Connect Clarity", lounge.carol.home)
    await lounge.until(lambda: "good once" in (lounge.carol.modal.text() if lounge.carol.modal else ""), "the link")
    await lounge.alice.click("Connect", lounge.alice.home, block=f"home:call:{call.id}")
    await lounge.until(lambda: "How do I price it?" not in home(lounge.alice), "that it waits no more")
