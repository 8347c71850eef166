"""Each kind of block and element on the page, posted by the bot's own client and read off the page."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.clearstream import ClearstreamStandIn
from bot.sandbox.slack import Channel, SlackStandIn
from tests.sandbox.page.looking import Element, Visitor, posted, visiting
from tests.sandbox.slack_app import actions, button, field, modal, options, plain, section, text_field

HOSTILE = '<img src=x onerror="alert(1)">'


def mrkdwn(text: str) -> dict[str, Any]:
    """A formatted text object."""
    return {"type": "mrkdwn", "text": text}


def picture(words: str) -> dict[str, Any]:
    """An image that is nowhere."""
    return {"type": "image", "image_url": "https://pictures.example.test/x.png", "alt_text": words}


def menu(kind: str, *labels: str, **rest: Any) -> dict[str, Any]:
    """An element with options."""
    return {"type": kind, "action_id": kind, "options": options(*labels), **rest}


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    """A workspace with a bot whose process does not matter here."""
    async with SlackStandIn(patience=1) as stand_in:
        stand_in.limits.enabled = False
        ada = stand_in.workspace.add_user("ada", "Ada Lovelace", is_admin=True, tz="UTC")
        stand_in.workspace.add_channel("inbox", [ada])
        yield stand_in
        assert stand_in.complaints == []


@pytest.fixture
async def visitor(slack: SlackStandIn) -> AsyncIterator[Visitor]:
    """Ada at the page."""
    line = ClearstreamStandIn(tick_seconds=None)
    line.add_subscriber("+12005551000", "Jane", "Doe")
    async with visiting(slack, line) as somebody:
        yield somebody


async def shown(visitor: Visitor, api: AsyncWebClient, inbox: Channel, *blocks: dict[str, Any]) -> list[Element]:
    """The blocks of a message as they stand on the page."""
    await api.chat_postMessage(channel=inbox.id, text="fallback", blocks=list(blocks))
    message = (await visitor.look()).all("article")[-1]
    return message.all(klass="block")


async def in_modal(visitor: Visitor, slack: SlackStandIn, *blocks: dict[str, Any]) -> Element:
    """A modal with these blocks as it stands on the page."""
    slack.screens.open(slack.person("ada").user.id, modal(*blocks))
    return (await visitor.look()).one("form", klass="modal")


async def test_text_blocks(visitor: Visitor, api: AsyncWebClient, inbox: Channel) -> None:
    """Headers, sections with fields, context, dividers, markdown and pictures say what they hold."""
    header, told, fields, context, divider, markdown, image = await shown(
        visitor, api, inbox,
        {"type": "header", "text": plain("Jane :wave:")},
        {"type": "section", "text": mrkdwn("*hello* <@U00000001>")},
        {"type": "section", "fields": [plain("one"), plain("two")]},
        {"type": "context", "elements": [plain("small"), picture("a face")]},
        {"type": "divider"},
        {"type": "markdown", "text": "**strong**"},
        picture("a chart") | {"title": plain("Chart")},
    )  # fmt: skip
    assert header.one("h3").text() == "Jane 👋"
    assert told.one("strong").text() == "hello"
    assert told.one("span", klass="to-me").text() == "@Ada Lovelace"
    assert [each.text() for each in fields.one(klass="section-fields").all(klass="text")] == ["one", "two"]
    assert context.text() == "small"
    assert context.one(role="img").attributes["aria-label"] == "a face"
    assert divider.all("hr")
    assert markdown.one("strong").text() == "strong"
    assert image.text() == "Chart a chart"


async def test_a_strangers_words_stay_words(visitor: Visitor, api: AsyncWebClient, inbox: Channel) -> None:
    """In every place a text can stand, markup of a stranger's is shown and not obeyed."""
    blocks = await shown(
        visitor, api, inbox,
        {"type": "header", "text": plain(HOSTILE)},
        section(f"{HOSTILE} *not bold* <!channel> :tada:"),
        {"type": "context", "elements": [plain(HOSTILE)]},
        actions(button(HOSTILE), menu("static_select", HOSTILE, placeholder=plain(HOSTILE))),
        {"type": "markdown", "text": HOSTILE},
        picture(HOSTILE),
    )  # fmt: skip
    for block in blocks:
        assert block.all("img") == []
        assert HOSTILE in block.text() or block.one(role="img").attributes["aria-label"] == HOSTILE
    assert "*not bold* <!channel>" in blocks[1].text()
    assert blocks[1].all("strong") == []


async def test_plain_text_without_emoji_keeps_its_colons(visitor: Visitor, api: AsyncWebClient, inbox: Channel) -> None:
    """``emoji: false`` is how texts of strangers come."""
    (block,) = await shown(
        visitor, api, inbox, {"type": "section", "text": {"type": "plain_text", "text": ":tada:", "emoji": False}}
    )
    assert block.text() == ":tada:"


async def test_buttons(visitor: Visitor, api: AsyncWebClient, inbox: Channel, slack: SlackStandIn) -> None:
    """Style, confirmation and address travel with a button; links into the workspace stay on the page."""
    message = await api.chat_postMessage(channel=inbox.id, text="root")
    link = slack.permalink(slack.workspace.messages[inbox.id][message["ts"]])
    sure = {"title": plain("Sure?"), "text": plain("It is gone then."), "confirm": plain("Yes"), "deny": plain("No")}
    (block,) = await shown(
        visitor, api, inbox,
        actions(
            button("Go", "a", style="primary"), button("Drop", "b", style="danger", confirm=sure | {"style": "danger"}),
            button("Open", "c", url=link), button("Site", "d", url="https://example.test/"),
        ),
    )  # fmt: skip
    go, drop, here, site = block.all("button")
    assert "primary" in go.attributes["class"]
    assert "danger" in drop.attributes["class"]
    asked = [drop.attributes[f"data-ask-{part}"] for part in ("title", "text", "yes", "no", "style")]
    assert asked == ["Sure?", "It is gone then.", "Yes", "No", "danger"]
    assert f"thread={message['ts']}" in here.attributes["data-go"]
    assert site.attributes["data-open"] == "https://example.test/"


async def test_menus(visitor: Visitor, api: AsyncWebClient, inbox: Channel, slack: SlackStandIn) -> None:
    """Overflow menus, menus of options, groups, people and channels list what they offer."""
    groups = [
        {"label": plain("Fruit"), "options": options("Apple")},
        {"label": plain("Veg"), "options": options("Leek")},
    ]
    (block,) = await shown(
        visitor, api, inbox,
        actions(
            menu("overflow", "Edit", "Delete"),
            menu("static_select", "One", "Two", initial_option=options("Two")[0]),
            {"type": "static_select", "action_id": "grouped", "option_groups": groups},
            {"type": "users_select", "action_id": "people"},
            {"type": "channels_select", "action_id": "channels"},
            {"type": "conversations_select", "action_id": "anywhere"},
            {"type": "conversations_select", "action_id": "filtered", "filter": {"include": ["private", "im"]}},
        ),
    )  # fmt: skip
    assert [each.text() for each in block.one(role="menu").all("button")] == ["Edit", "Delete"]
    static, grouped, people, channels, anywhere, filtered = block.all(klass="chooser")
    assert static.one(role="combobox").attributes["value"] == "Two"
    assert [each.text() for each in static.all(role="option", aria_selected="true")] == ["Two"]
    assert [each.attributes["aria-label"] for each in grouped.all(role="group")] == ["Fruit", "Veg"]
    assert "Ada Lovelace" in people.text()
    assert [each.text() for each in channels.all(role="option")] == ["#inbox"]
    assert "#inbox" in anywhere.text()
    assert "#inbox" not in filtered.text()


async def test_rich_text(visitor: Visitor, api: AsyncWebClient, inbox: Channel) -> None:
    """Styles, lists, quotes and every kind of leaf."""
    leaves = [
        {"type": "text", "text": "bold", "style": {"bold": True}}, {"type": "text", "text": HOSTILE},
        {"type": "user", "user_id": "U00000001"}, {"type": "channel", "channel_id": inbox.id},
        {"type": "link", "url": "https://example.test/", "text": "site"}, {"type": "emoji", "name": "wave"},
        {"type": "broadcast", "range": "here"}, {"type": "date", "timestamp": 0, "format": "{date_num}"},
    ]  # fmt: skip
    line = {"type": "rich_text_section", "elements": leaves}
    (block,) = await shown(
        visitor, api, inbox,
        {
            "type": "rich_text",
            "elements": [
                line, {"type": "rich_text_list", "style": "ordered", "elements": [line, line], "offset": 2},
                {"type": "rich_text_quote", "elements": leaves[:1]},
                {"type": "rich_text_preformatted", "elements": leaves[:1]},
            ],
        },
    )  # fmt: skip
    words = block.all("div")[0].text()
    assert words == f"bold{HOSTILE}@Ada Lovelace#inboxsite👋@here1970-01-01"
    assert block.one("ol").attributes["start"] == "3"
    assert len(block.all("li")) == 2
    assert block.one("blockquote").one("strong").text() == "bold"
    assert block.one("pre").text() == "bold"


async def test_cards_tables_and_charts(visitor: Visitor, api: AsyncWebClient, inbox: Channel) -> None:
    """What newer apps send."""
    card = {
        "type": "card",
        "title": plain("Ada"),
        "subtitle": plain("$1"),
        "body": plain("Bio"),
        "actions": [button("Call")],
    }
    chart = {"type": "pie", "segments": [{"label": "in", "value": 3}, {"label": "out", "value": 6}]}
    one, several, table, drawn = await shown(
        visitor, api, inbox, card, {"type": "carousel", "elements": [card]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "Name"}], [{"type": "raw_text", "text": HOSTILE}]]},
        {"type": "data_visualization", "title": "Texts", "chart": chart},
    )  # fmt: skip
    assert one.text() == several.text() == "Ada $1 Bio Call"
    assert table.one("th").text() == "Name"
    assert table.one("td").text() == HOSTILE
    assert len(drawn.one("svg", klass="drawing").all("path")) == 2
    assert drawn.one("svg", klass="drawing").attributes["aria-label"] == "Texts. Pie chart. in 3 (33%), out 6 (67%)."
    assert [each.text() for each in drawn.one("table").all("tr")] == ["ValueShare", "in 3 33%", "out 6 67%"]


async def test_every_field_of_a_modal_is_labelled(visitor: Visitor, slack: SlackStandIn) -> None:
    """Each input has its label, its hint and what is typed in it."""
    form = await in_modal(
        visitor, slack,
        text_field("Message", "text", multiline=True, initial_value=HOSTILE) | {"hint": plain("160 at most")},
        text_field("Name", "name", placeholder=plain("Jane")) | {"optional": True},
        field("Mail", {"type": "email_text_input", "action_id": "x"}, "mail"),
        field("How many", {"type": "number_input", "action_id": "x", "is_decimal_allowed": False}, "number"),
        field("Day", {"type": "datepicker", "action_id": "x", "initial_date": "2026-11-22"}, "day"),
        field("Time", {"type": "timepicker", "action_id": "x", "initial_time": "09:30"}, "time"),
        field("When", {"type": "datetimepicker", "action_id": "x", "initial_date_time": 1_700_000_000}, "moment"),
        field("Which", menu("static_select", "A", "B"), "which"),
        field("File", {"type": "file_input", "action_id": "x"}, "file"),
    )  # fmt: skip
    for label in form.all("label"):
        assert form.one(id=label.attributes["for"]).tag in {"input", "textarea", "select"}
    assert form.one("textarea").text() == HOSTILE
    assert "160 at most" in form.text()
    assert "(optional)" in form.text()
    held = {
        each.attributes["type"]: each.attributes["value"] for each in form.all("input") if each.attributes.get("value")
    }
    assert held == {"date": "2026-11-22", "time": "09:30", "datetime-local": "2023-11-14T22:13"}


async def test_ticks_chips_and_searches(visitor: Visitor, slack: SlackStandIn) -> None:
    """Checkboxes, radio buttons, menus of several and menus that ask the app."""
    form = await in_modal(
        visitor, slack,
        field("Tick", menu("checkboxes", "A", "B", initial_options=options("B")), "tick"),
        field("One", menu("radio_buttons", "C", "D"), "one"),
        field("Lists", menu("multi_static_select", "E", "F", initial_options=options("F")), "lists"),
        field("People", {"type": "multi_users_select", "action_id": "x", "initial_users": ["U00000001"]}, "people"),
        field("To", {"type": "external_select", "action_id": "x", "placeholder": plain("A name")}, "to"),
    )  # fmt: skip
    boxes = form.all("input", type="checkbox")
    assert ["checked" in box.attributes for box in boxes] == [False, True]
    assert [box.attributes["hx-post"] for box in boxes] == ["/act/choose", "/act/unchoose"]
    assert [posted(radio)["value"] for radio in form.all("input", type="radio")] == ["c", "d"]
    assert [chip.text() for chip in form.all(klass="chip")] == ["F", "Ada Lovelace"]
    assert form.one("button", aria_label="Remove F").attributes["hx-post"] == "/act/unchoose"
    lists, _people, to = form.all(role="combobox")
    assert to.attributes["placeholder"] == "A name"
    assert [each.text() for each in form.one(id=lists.attributes["aria-controls"]).all(role="option")] == ["E"]


async def test_a_modal_says_what_is_wrong_beside_the_field(visitor: Visitor, slack: SlackStandIn) -> None:
    """Slack's own refusal and the app's look the same."""
    form = await in_modal(visitor, slack, text_field("Message", "text"), {"type": "alert", "text": plain("Careful")})
    await visitor.press(form)
    form = (await visitor.look()).one("form", klass="modal")
    assert form.one(klass="error").text() == "Please complete this required field."
    assert form.one(klass="callout").text() == "Careful"
    assert form.one("button", type="submit").text() == "Send"


async def test_a_home_tab_shows_what_was_published(visitor: Visitor, slack: SlackStandIn, api: AsyncWebClient) -> None:
    """It stands beside the messages of the bot."""
    ada = slack.person("ada").user
    await api.views_publish(
        user_id=ada.id, view={"type": "home", "blocks": [section("Welcome"), actions(button("Go"))]}
    )
    page = await visitor.look(channel=slack.workspace.open_dm(ada).id, tab="home")
    assert page.one(klass="home").text() == "Welcome Go"
    assert page.one("nav", klass="tabs").text() == "Home Messages About"
