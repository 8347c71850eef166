"""Addresses that others name: nothing is fetched from them, and nothing sent to them, unless they are Slack's own."""

from collections.abc import AsyncIterator
from decimal import Decimal
from io import BytesIO

import pytest
from aiohttp import web

from bot.clarity.models import Member
from bot.errors import Invalid, UpstreamError
from bot.services.import_model import Source
from bot.slack.api import SlackApi, SlackRefused
from bot.slack.experts import blocks
from bot.slack.transfer.files import Files
from tests.club import Club
from tests.drive import JANE
from tests.upstream import Upstream

TOKEN = "xoxb-only-for-slack"


@pytest.fixture
async def elsewhere() -> AsyncIterator[Upstream]:
    """A server inside the house that nobody outside may have the bot ask."""
    async with Upstream.serving() as server:
        yield server


@pytest.fixture
async def slack(upstream: Upstream) -> AsyncIterator[SlackApi]:
    """The bot's way to the server that stands for Slack."""
    api = SlackApi(TOKEN, upstream.url, lambda *_: None)
    yield api
    await api.close()


async def test_an_answer_goes_to_slack_alone(upstream: Upstream, elsewhere: Upstream, slack: SlackApi) -> None:
    """A ``response_url`` elsewhere is not asked, nor is where Slack's would lead; the token is not in it."""
    for url in (elsewhere.url, "http://169.254.169.254/", "file:///etc/passwd", "", "https://["):
        with pytest.raises(SlackRefused, match="not_slacks_address"):
            await slack.respond(url, {"text": "Hello"})
    upstream.answers(b"", status=307, Location=elsewhere.url)
    with pytest.raises(SlackRefused):
        await slack.respond(upstream.url, {"text": "Hello"})
    assert elsewhere.seen == []
    [seen] = upstream.seen
    assert TOKEN not in str(seen)


async def test_a_file_is_fetched_from_slack_alone(upstream: Upstream, elsewhere: Upstream, slack: SlackApi) -> None:
    """Neither an address elsewhere nor a redirection there gets the token, whoever named it."""
    files, into = Files(slack), BytesIO()
    with pytest.raises(Invalid, match="does not lie in Slack"):
        await files.fetch(Source("F1", "people.csv", elsewhere.url, 5), into)
    upstream.answers({"ok": True, "file": {"id": "F1", "url_private": elsewhere.url}}, Content_Type="application/json")
    with pytest.raises(Invalid, match="does not lie in Slack"):
        await files.fetch(Source("F1", "people.csv", "", 5), into)
    upstream.answers(b"", status=302, Location=elsewhere.url)
    with pytest.raises((Invalid, UpstreamError)):
        await files.fetch(Source("F1", "people.csv", upstream.url, 5), into)
    upstream.answers({"ok": True, "upload_url": elsewhere.url, "file_id": "F2"}, Content_Type="application/json")
    with pytest.raises(UpstreamError, match="not its own"):
        await files.upload("list.csv", BytesIO(b"x"), 1)
    assert elsewhere.seen == [] and into.getvalue() == b""


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "https://e.example/" + "x" * 3000,
        "https://a b",
        "https://[x",
        "https://",
        "https:///photo",
        "http://e.example/\n",
        "https://e.example/<!channel>",
        "//e.example/x",
        "https://e.example/\ud800",
    ],
)
def test_a_member_leads_nowhere_but_to_the_web(url: str) -> None:
    """Photo and profile of a member of Clarity are shown, by Slack and not by us, where they are on the web."""
    member = Member(id=1, name="Eve", image_url=url, clarity_url=url, hourly_rate=Decimal(1))
    shown = str([blocks.profile(member, None), blocks.card(member), blocks.in_modal([member], "x", 1)])
    assert url not in shown


async def test_a_payload_that_names_another_address_is_answered_in_slack(fort: Club) -> None:
    """The person is told all the same, and who wanted to listen hears nothing."""
    heard = []

    async def listen(request: web.Request) -> web.Response:
        heard.append(await request.text())
        return web.Response()

    application = web.Application()
    application.router.add_route("*", "/{any:.*}", listen)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    await fort.text_in(JANE, "Hello")
    payload = {
        "command": "/sms", "text": "inbox", "user_id": fort.bob.user.id, "team_id": fort.slack.workspace.team_id,
        "channel_id": fort.texts.id, "trigger_id": "1.2.3",
        "response_url": f"http://127.0.0.1:{runner.addresses[0][1]}/response",
    }  # fmt: skip
    assert (await fort.slack.deliveries.deliver("command", payload)).acked
    await fort.told(fort.bob, "Jane Doe")
    assert heard == []
    await runner.cleanup()
