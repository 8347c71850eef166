"""The phone, the panel of the bot, and keeping strangers out of the page."""

from datetime import timedelta

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.page import BotPanel
from bot.sandbox.slack import SlackStandIn
from tests.sandbox.page.looking import JANE, JOHN, Visitor, visiting


class BotDouble:
    """A bot's process as the page sees it."""

    def __init__(self) -> None:
        self.running = True

    def panel(self) -> BotPanel:
        """Running, or dead of itself."""
        if self.running:
            return BotPanel("running (pid 42)", True, "green")
        return BotPanel("ended (exit code 1)", False, "red", "Traceback: <boom>", "data/bot.log")

    async def start(self) -> None:
        """It runs."""
        self.running = True

    async def kill(self) -> None:
        """It does not."""
        self.running = False


async def test_the_phone_texts_in_and_shows_what_arrives(visitor: Visitor, line: ClearstreamStandIn) -> None:
    """A customer's text reaches the line; what comes back is on their phone, and news on the others' is said."""
    phone = (await visitor.look(phone=JANE)).one("section", klass="phone")
    assert phone.attributes["aria-label"] == "Jane Doe"
    await visitor.post("phone/text", {"number": JANE, "text": "Hello <b>\r\nyou"})
    thread = line.thread_id(JANE)
    assert thread is not None
    line.line.pace.reply = timedelta(0)
    line.site_reply(thread, "Hi Jane")
    page = await visitor.look(phone=JOHN)
    assert page.one("p", klass="news").text() == "New on Jane Doe’s phone 1 new"
    page = await visitor.look(phone=JANE)
    assert [each.text() for each in page.all("p", klass="bubble")] == ["You: Hello <b> you", "Blue Sushi: Hi Jane"]
    assert (await visitor.look(phone=JOHN)).all("p", klass="news") == []


async def test_a_phone_nobody_knows_can_be_taken(visitor: Visitor, line: ClearstreamStandIn) -> None:
    """A new number, as people write it; what is no number texts nothing."""
    phone = (await visitor.look(phone="(200) 555-1999")).one("section", klass="phone")
    assert phone.attributes["aria-label"] == "+1 200-555-1999"
    assert (
        (await visitor.look(phone="(200) 555-1999")).one("p", klass="who").text().endswith("Nobody the line knows yet")
    )
    await visitor.post("phone/text", {"number": "+12005551999", "text": "new here"})
    assert line.thread_id("+12005551999") is not None
    await visitor.post("phone/text", {"number": "nonsense", "text": "x"}, status=409)
    assert visitor.said == "That is no phone number."


async def test_the_next_broadcast_can_be_spoiled(visitor: Visitor, line: ClearstreamStandIn) -> None:
    """What is to become of it is chosen by name and stands there until it happened; what nobody knows is refused."""
    await visitor.post("trouble/broadcast", {"mode": "lose_after"})
    assert visitor.said == "The next broadcast is sent, and the answer is lost."
    choice = (await visitor.look(beside="trouble")).one("select", name="mode")
    assert [each.text() for each in choice.all("option", selected="")] == ["is sent, and the answer is lost"]
    await visitor.post("trouble/broadcast", {"mode": "error_after"})
    assert [(rule.fault, rule.path) for rule in line.faults.rules] == [("error_after", "messages")]
    await visitor.post("trouble/broadcast", {"mode": ""})
    assert (line.trouble, line.faults.rules) == ("", [])
    await visitor.post("trouble/broadcast", {"mode": "fire"}, status=404)


async def test_services_can_be_broken_and_mended(
    visitor: Visitor, line: ClearstreamStandIn, slack: SlackStandIn, api: AsyncWebClient
) -> None:
    """A switch says what it does and what to expect, the bar that it is on; switched back, all is as it was."""
    line.faults.add("error_after", path="threads")
    await visitor.post("trouble/clearstream", {"mode": "failing"})
    assert visitor.said == "Clearstream: fails. Every request is answered with 503, and nothing is done."
    page = await visitor.look(beside="trouble")
    assert "Unconfirmed" in page.one("fieldset", id="switch-clearstream").text()
    assert page.one("a", klass="ills").text() == "Clearstream fails"
    key = {"X-Api-Key": line.api_key}
    await line.start()
    async with visitor.session.get(f"{line.url}account", headers=key) as answer:
        assert answer.status == 503
    await visitor.post("trouble/clearstream", {"mode": "losing"})
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await visitor.session.post(f"{line.url}lists", headers=key, data={"name": "Done"})
    (asked,) = (await visitor.look(beside="trouble")).one("ol", klass="asked").all("li")
    assert asked.text().startswith("Clearstream POST lists")
    assert asked.text().endswith("answer lost")
    await visitor.post("trouble/clearstream", {"mode": ""})
    assert [rule.path for rule in line.faults.rules] == ["threads"]
    await line.stop()
    await visitor.post("trouble/slack", {"mode": "failing"})
    with pytest.raises(SlackApiError, match="internal_error"):
        await api.auth_test()
    await visitor.post("trouble/slack", {"mode": ""})
    assert (await api.auth_test())["ok"]
    await visitor.post("trouble/slack", {"mode": "fire"}, status=404)
    await visitor.post("trouble/fire", {"mode": ""}, status=404)
    assert not slack.complaints


async def test_the_bot_can_be_killed_and_started(slack: SlackStandIn, line: ClearstreamStandIn) -> None:
    """The panel says how it is; where it ended by itself, its last words stand there, escaped."""
    bot = BotDouble()
    async with visiting(slack, line, bot) as visitor:
        assert (await visitor.look()).one(klass="state").text() == "bot: running (pid 42)"
        await visitor.post("bot/kill", {})
        page = await visitor.look()
        assert page.one(role="alert").one("pre").text() == "Traceback: <boom>"
        assert page.one("button", klass="start").text() == "Start"
        await visitor.post("bot/start", {})
        assert bot.running
        await visitor.post("bot/dance", {}, status=404)


async def test_only_the_page_itself_may_act(visitor: Visitor, line: ClearstreamStandIn) -> None:
    """A post from another site, and any request under another name, is refused and does nothing."""
    text = {"number": JANE, "text": "x"}
    await visitor.post("phone/text", text, status=403, Origin="https://evil.example")
    await visitor.post("phone/text", text, status=403, **{"Sec-Fetch-Site": "cross-site"})
    await visitor.post("phone/text", text, status=403, Host="evil.example")
    assert line.thread_id(JANE) is None
    await visitor.post("phone/text", text, Origin=visitor.page.url.rstrip("/"))
    assert line.thread_id(JANE) is not None
    async with visitor.session.get(f"{visitor.page.url}phone/text") as answer:
        assert answer.status == 405


async def test_nothing_is_fetched_from_elsewhere(visitor: Visitor) -> None:
    """The page names only itself, says so to the browser, and holds no inline script or style."""
    async with visitor.session.get(visitor.page.url) as answer:
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = await visitor.look()
    for each in [*page.all("script"), *page.all("link"), *page.all("img")]:
        address = each.attributes.get("src") or each.attributes["href"]
        assert address.startswith("/static/")
        async with visitor.session.get(f"{visitor.page.url}{address[1:]}") as answer:
            assert answer.status == 200
        assert each.text() == ""
    assert all("style" not in each.attributes for each in page.all())
    assert page.all("style") == []
