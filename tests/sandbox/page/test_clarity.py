"""The other side of the calls: asking, writing, connecting and hanging up beside the workspace."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.clarity import ClarityStandIn
from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.slack import SlackStandIn
from tests.sandbox.page.looking import JANE, Element, Visitor, posted, visiting
from tests.sandbox.slack_app import client


class Hour:
    """A clock that is wound."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        """Aware UTC."""
        return self.now

    def on(self, **time: float) -> None:
        """Let time go by."""
        self.now += timedelta(**time)


@pytest.fixture
def hour() -> Hour:
    """The time at Clarity."""
    return Hour()


@pytest.fixture
async def clarity(hour: Hour) -> AsyncIterator[ClarityStandIn]:
    """The team's account, which the app was let into; Nina beside it; Sam in an organization with it."""
    async with ClarityStandIn(now=hour, tick_seconds=None) as site:
        site.add_member("team", "Our", "Team", rate=60)
        site.add_member("nina", "Nina", "Park", rate=240, calls=5, location="Oslo")
        site.add_member("sam", "Sam", "Ortiz", rate=100, calls=1)
        site.add_organization("kitchen", "Kitchen", "We cook.", ["team", "sam"])
        site.token("team")
        yield site


@pytest.fixture
async def visitor(slack: SlackStandIn, line: ClearstreamStandIn, clarity: ClarityStandIn) -> AsyncIterator[Visitor]:
    """Somebody at a page with Clarity beside it."""
    async with visiting(slack, line, clarity=clarity) as somebody:
        yield somebody


async def panel(visitor: Visitor, **where: str) -> Element:
    """What stands beside the workspace."""
    return (await visitor.look(beside="clarity", **where)).one("aside", klass="side")


def states(beside: Element) -> list[str]:
    """How each call stands, with what both phones do."""
    return [
        " / ".join(line.text() for line in each.all("p") if line.attributes["class"].split()[0] in SHOWN)
        for each in beside.all("li", klass="call")
    ]


SHOWN = {"call-state", "caller"}


async def test_phone_and_clarity_stand_on_two_tabs(visitor: Visitor, line: ClearstreamStandIn) -> None:
    """The phone is there at first; from the other side one sees that a text arrived on it."""
    page = await visitor.look()
    assert page.one("section", klass="phone")
    phone, clarity, _trouble = page.one("nav", klass="side-tabs").all("a")
    assert (phone.attributes["aria-current"], clarity.text()) == ("page", "Clarity")
    line.line.pace.reply = timedelta(0)
    line.receive(JANE, "hello")
    line.site_reply(line.thread_id(JANE) or 0, "Hi Jane")
    beside = await panel(visitor)
    assert beside.all("section", klass="phone") == []
    assert beside.one("nav").all("a")[0].text() == "Phone 1 new"
    await visitor.look()
    assert (await panel(visitor)).one("nav").all("a")[0].text() == "Phone"


async def test_a_member_asks_the_team_for_a_call(visitor: Visitor, clarity: ClarityStandIn) -> None:
    """The busiest member is in hand at first; another can be taken; the request has their words and hours."""
    beside = await panel(visitor)
    assert "Nina Park" in beside.one("p", klass="member").text()
    sam = clarity.member("sam")
    beside = await panel(visitor, member=str(sam.id))
    assert "$100.00 per hour" in beside.one("p", klass="member").text()
    asking = beside.one("form", hx_post="/clarity/ask")
    assert [each.text() for each in asking.all("option")] == ["Our Team (shared account)"]
    to = asking.one("option").attributes["value"]
    await visitor.press_form(asking, to=to, reason="A word on leases?", hours="5")
    assert visitor.said == "Asked. It is in Slack in a moment."
    (call,) = clarity.state.calls.values()
    assert (call.seeker_id, call.reason) == (sam.id, "A word on leases?")
    assert call.expires_at - call.created_at == timedelta(hours=5)
    assert states(await panel(visitor)) == ["Waiting, 5 h left / Sam Ortiz asks / Our Team is asked"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": ""}, "Say why, in at most 140 characters."),
        ({"reason": "x" * 141}, "Say why, in at most 140 characters."),
        ({"hours": "0"}, "A request is good for 1 to 720 hours."),
        ({"hours": "soon"}, "A request is good for 1 to 720 hours."),
        ({"to": "nobody"}, "That is no longer there."),
    ],
)
async def test_what_cannot_be_asked_is_said(
    visitor: Visitor, clarity: ClarityStandIn, wrong: dict[str, str], said: str
) -> None:
    """And nothing is asked."""
    asking = (await panel(visitor)).one("form", hx_post="/clarity/ask")
    form = {"to": "team", "reason": "A word?", "hours": "24"} | wrong
    await visitor.press_form(asking, status=409, **form)
    assert visitor.said == said
    assert clarity.state.calls == {}


async def test_both_phones_are_shown_from_dialing_to_the_end(
    visitor: Visitor, clarity: ClarityStandIn, hour: Hour
) -> None:
    """Who is rung, who is on the line, since when they talk, and how long it was."""
    call = clarity.someone_requests("nina", "team", "Pricing", 24)
    beside = await panel(visitor)
    await visitor.press(beside.one("button", hx_post="/clarity/connect"))
    shown = []
    for seconds in (0, 6, 3, 6):
        hour.on(seconds=seconds)
        clarity.settle()
        shown += states(await panel(visitor))
    assert shown == [
        "Dialing / Our Team is ringing … / Nina Park is waiting to be dialed",
        "Dialing / Our Team is on the line / Nina Park is waiting to be dialed",
        "Dialing / Our Team is on the line / Nina Park is ringing …",
        "Talking / Our Team is on the line / Nina Park is on the line",
    ]
    beside = await panel(visitor)
    assert beside.one("time").attributes["data-since"] == str(int(hour.now.timestamp()))
    assert beside.one(klass="on-air")
    hour.on(seconds=65)
    clarity.state.calls[call.id].ahead.clear()
    await visitor.press(beside.one("button", hx_post="/clarity/hang_up"))
    assert states(await panel(visitor)) == ["Completed, 1:05 / Our Team asks / Nina Park is asked"]
    await visitor.post("clarity/hang_up", posted(beside.one("button", hx_post="/clarity/hang_up")), status=409)


async def test_somebody_may_not_pick_up_or_may_change_their_mind(
    visitor: Visitor, clarity: ClarityStandIn, hour: Hour
) -> None:
    """A caller who does not answer; a request taken back, one declined; one that nobody connected in time."""
    asking = (await panel(visitor)).one("form", hx_post="/clarity/ask")
    await visitor.press_form(asking, to="team", reason="Guess who", hours="24", unreachable="on")
    (call,) = clarity.state.calls.values()
    clarity.someone_connects(call)
    hour.on(seconds=30)
    clarity.settle()
    assert states(await panel(visitor)) == ["Nobody answered / Nina Park did not pick up / Our Team is asked"]
    clarity.someone_requests("team", "nina", "Take back", 24)
    clarity.someone_requests("nina", "team", "Decline", 24)
    for each in (await panel(visitor)).all("button", hx_post="/clarity/cancel"):
        await visitor.press(each)
    clarity.someone_requests("team", "nina", "Late", 1)
    hour.on(hours=2)
    assert [each.split(" / ")[0] for each in states(await panel(visitor))][:3] == ["Expired", "Canceled", "Canceled"]


async def test_what_the_team_does_in_slack_it_does_not_do_here(visitor: Visitor, clarity: ClarityStandIn) -> None:
    """A call waiting for the team is connected in Slack; here its caller can only take it back."""
    clarity.someone_requests("team", "nina", "Connect me", 24)
    (call,) = (await panel(visitor)).all("li", klass="call")
    assert [each.text() for each in call.all("button")] == ["Take back"]


async def test_whoever_connects_their_account_can_be_asked_too(visitor: Visitor, clarity: ClarityStandIn) -> None:
    """They are among those one can ask, and no longer among those one can be."""
    clarity.token("sam")
    beside = await panel(visitor)
    asked = [each.text() for each in beside.one("form", hx_post="/clarity/ask").all("option")]
    assert asked == ["Our Team (shared account)", "Sam Ortiz"]
    assert [each.text() for each in beside.one("select", name="member").all("option")] == ["Nina Park"]


async def test_messages_and_needs(visitor: Visitor, clarity: ClarityStandIn) -> None:
    """Anybody writes; a need is posted by who shares an organization with the team, as nobody else's would be seen."""
    beside = await panel(visitor)
    writing = beside.one("form", hx_post="/clarity/write")
    await visitor.press_form(writing, to="team", text="Hello\r\nyou")
    assert [each.text for each in clarity.state.messages] == ["Hello\nyou"]
    await visitor.press_form(writing, status=409, to="team", text=" ")
    assert beside.all("form", hx_post="/clarity/need") == []
    assert "Be Sam Ortiz to post one" in beside.text()
    beside = await panel(visitor, member=str(clarity.member("sam").id))
    needing = beside.one("form", hx_post="/clarity/need")
    await visitor.press_form(needing, text="A cooler", paid="on")
    await visitor.press_form(needing, text="Advice")
    assert [(each.description, each.paid) for each in clarity.state.needs.values()] == [
        ("A cooler", True), ("Advice", False),
    ]  # fmt: skip
    await visitor.press_form(needing, status=409, text="")


async def test_only_claritys_pictures_are_fetched(
    visitor: Visitor, slack: SlackStandIn, clarity: ClarityStandIn
) -> None:
    """The browser is told so, and a picture from elsewhere is shown as words."""
    async with visitor.session.get(visitor.page.url) as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert f"img-src 'self' {clarity.site.origin}" in policy.split("; ")
    here = f"{clarity.site.origin}/pictures/members/6.svg"
    card = {"type": "card", "title": {"type": "plain_text", "text": "Ada"}}
    addresses = [here, "https://elsewhere.example.test/x.png", f"{clarity.site.origin}1/x.png"]
    icons = [{"type": "image", "image_url": each, "alt_text": "a face"} for each in addresses]
    api: AsyncWebClient = client(slack)
    await api.chat_postMessage(
        channel=slack.workspace.channel("inbox").id, text="cards",
        blocks=[{"type": "carousel", "elements": [{**card, "icon": icon} for icon in icons]}],
    )  # fmt: skip
    cards = (await visitor.look()).all(klass="card-block")
    assert [[each.attributes["src"] for each in one.all("img")] for one in cards] == [[here], [], []]
    assert [one.all(role="img") != [] for one in cards] == [False, True, True]
    async with visitor.session.get(here) as answer:
        assert answer.content_type == "image/svg+xml"


async def test_there_is_nothing_to_do_where_there_is_no_clarity(
    visitor: Visitor, slack: SlackStandIn, line: ClearstreamStandIn
) -> None:
    """No tab, and no act."""
    await visitor.post("clarity/dance", {}, status=404)
    async with visiting(slack, line) as other:
        page = await other.look(beside="clarity")
        assert page.one("section", klass="phone")
        assert page.one("nav", klass="side-tabs").text() == "Phone Trouble"
        await other.post("clarity/ask", {}, status=404)
