"""Block Kit as the Slack stand-in takes it: every limit, from both sides, and what only some surfaces hold."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models import blocks as sdk
from slack_sdk.models.views import View as SdkView

from bot.sandbox.slack.blockkit import message_complaints, message_too_long, suggestion_complaints, view_complaints
from bot.sandbox.slack.render import render_blocks, render_mrkdwn
from tests.sandbox.slack_app import Json, actions, button, field, modal, options, plain, section, text_field

IMAGE = {"type": "image", "image_url": "https://example.test/a.png", "alt_text": "a"}
CONFIRM = {"title": plain("t"), "text": plain("x"), "confirm": plain("y"), "deny": plain("n")}


def mrkdwn(text: str) -> Json:
    """A formatted text object."""
    return {"type": "mrkdwn", "text": text}


def select(**rest: Any) -> Json:
    """A static select."""
    return {"type": "static_select", "action_id": "s", **rest}


def chart(*labels: str, kind: str = "line", **rest: Any) -> Json:
    """A chart with one series."""
    data = [{"label": label, "value": 1} for label in labels]
    body = {"type": kind, "series": [{"name": "a", "data": data}], "axis_config": {"categories": ["x", "y"]}}
    return {"type": "data_visualization", "title": "Opt-ins", "chart": body, **rest}


def many(count: int, **rest: Any) -> list[Json]:
    """So many different options."""
    return [{"text": plain(f"o{number}"), "value": f"v{number}", **rest} for number in range(count)]


def words(count: int) -> str:
    """So many characters."""
    return "x" * count


ON_THE_LINE: list[tuple[Json, Json]] = [
    (section(words(3000)), section(words(3001))),
    (section("x"), section("")),
    ({"type": "section", "fields": [plain(words(2000))] * 10}, {"type": "section", "fields": [plain("x")] * 11}),
    ({"type": "section", "fields": [plain("x")]}, {"type": "section", "fields": [plain(words(2001))]}),
    ({"type": "header", "text": plain(words(150))}, {"type": "header", "text": plain(words(151))}),
    ({"type": "header", "text": plain("x")}, {"type": "header", "text": mrkdwn("x")}),
    ({"type": "context", "elements": [IMAGE] * 10}, {"type": "context", "elements": [IMAGE] * 11}),
    ({"type": "divider"}, {"type": "divider", "text": plain("x")}),
    ({"type": "markdown", "text": words(12_000)}, {"type": "markdown", "text": words(12_001)}),
    ({**IMAGE, "title": plain("x")}, {key: IMAGE[key] for key in ("type", "image_url")}),
    (actions(*(button("x", str(n)) for n in range(25))), actions(*(button("x", str(n)) for n in range(26)))),
    (actions(button("x", "a"), button("x", "b")), actions(button("x", "a"), button("x", "a"))),
    (actions(button(words(75))), actions(button(words(76)))),
    (actions(button("x", value=words(2000))), actions(button("x", value=words(2001)))),
    (actions(button("x", words(255))), actions(button("x", words(256)))),
    (actions(button("x", style="danger")), actions(button("x", style="loud"))),
    (actions(button("x", url="https://example.test")), actions(button("x", url="example"))),
    (actions(button("x", confirm=CONFIRM)), actions(button("x", confirm={**CONFIRM, "deny": plain(words(31))}))),
    (
        actions(button("x", confirm={**CONFIRM, "text": plain(words(300)), "title": plain(words(100))})),
        actions(button("x", confirm={**CONFIRM, "text": plain(words(301))})),
    ),
    (section("x", block_id=words(255)), section("x", block_id=words(256))),
    (section("x", accessory=select(options=many(100))), section("x", accessory=select(options=many(101)))),
    (
        section("x", accessory=select(options=many(2), initial_option=many(1)[0])),
        section("x", accessory=select(options=many(2), initial_option=many(3)[2])),
    ),
    (
        section("x", accessory=select(option_groups=[{"label": plain("g"), "options": many(2)}])),
        section("x", accessory=select(option_groups=[{"label": plain("g"), "options": many(2)}], options=many(1))),
    ),
    (
        section("x", accessory=select(options=[{"text": plain(words(75)), "value": words(75)}])),
        section("x", accessory=select(options=[{"text": plain("x"), "value": words(76)}])),
    ),
    (
        section("x", accessory=select(options=many(1), placeholder=plain(words(150)))),
        section("x", accessory=select(options=many(1), placeholder=plain(words(151)))),
    ),
    (
        section("x", accessory={"type": "overflow", "action_id": "o", "options": many(5)}),
        section("x", accessory={"type": "overflow", "action_id": "o", "options": many(6)}),
    ),
    (
        section("x", accessory={"type": "overflow", "action_id": "o", "options": many(2)}),
        section("x", accessory={"type": "overflow", "action_id": "o", "options": [many(1)[0]] * 2}),
    ),
    (
        section("x", accessory={"type": "checkboxes", "action_id": "o", "options": many(10)}),
        section("x", accessory={"type": "checkboxes", "action_id": "o", "options": many(11)}),
    ),
    (
        section("x", accessory={"type": "datepicker", "action_id": "o", "initial_date": "2026-02-28"}),
        section("x", accessory={"type": "datepicker", "action_id": "o", "initial_date": "28.2.2026"}),
    ),
    (
        actions({"type": "datetimepicker", "action_id": "o", "initial_date_time": 1_800_000_000}),
        section("x", accessory={"type": "datetimepicker", "action_id": "o"}),
    ),
    (text_field(words(2000), max_length=3000), text_field(words(2001))),
    (text_field("x", max_length=3000), text_field("x", max_length=3001)),
    (text_field("x", initial_value="ab", max_length=2), text_field("x", initial_value="abc", max_length=2)),
    ({"type": "card", "title": mrkdwn(words(150))}, {"type": "card", "title": mrkdwn(words(151))}),
    ({"type": "card", "body": mrkdwn(words(200))}, {"type": "card", "body": mrkdwn(words(201))}),
    ({"type": "card", "actions": [button("x")] * 2}, {"type": "card", "actions": [button("x")] * 3}),
    ({"type": "card", "title": plain("x")}, {"type": "card", "subtitle": plain("x")}),
    (
        {"type": "carousel", "elements": [{"type": "card", "title": plain("x")}] * 10},
        {"type": "carousel", "elements": [{"type": "card", "title": plain("x")}] * 11},
    ),
    (chart("x", "y"), chart("x", "z")),
    (chart("x", "y", title=words(50)), chart("x", "y", title=words(51))),
    (
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 100},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]},
    ),
    (
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "shout"}]}]},
    ),
]


@pytest.mark.parametrize(("good", "bad"), ON_THE_LINE)
def test_a_limit_holds_from_both_sides(good: Json, bad: Json) -> None:
    """What is just allowed passes; one more, or one strange thing, is complained of by its place."""
    assert message_complaints([good]) == []
    assert all("[json-pointer:/blocks/0" in each for each in message_complaints([bad])) and message_complaints([bad])


def test_how_many_blocks() -> None:
    """50 in a message, 100 in a view, none of them twice under one block_id."""
    assert message_complaints([section("x")] * 50) == []
    assert message_complaints([section("x")] * 51) == ["no more than 50 items allowed [json-pointer:/blocks]"]
    assert view_complaints(modal(*[section("x")] * 100), "modal") == []
    assert view_complaints(modal(*[section("x")] * 101), "modal")
    assert message_complaints([section("x", block_id="a"), section("y", block_id="a")]) == [
        "block_id already exists: a [json-pointer:/blocks]"
    ]
    assert message_complaints([chart("x", "y")] * 2) == []
    assert message_complaints([chart("x", "y")] * 3)


def test_how_much_text_a_message_holds_together() -> None:
    """One markdown block is the most; several sections share what is left."""
    assert not message_too_long([{"type": "markdown", "text": words(12_000)}])
    assert not message_too_long([section(words(2900))] * 4)
    assert message_too_long([section(words(2900))] * 5)


@pytest.mark.parametrize(
    ("block", "surfaces"),
    [
        ({"type": "alert", "text": plain("x"), "level": "error"}, {"modal"}),
        (field("x", {"type": "file_input", "action_id": "f"}), {"modal"}),
        (field("x", {"type": "email_text_input", "action_id": "f"}), {"modal"}),
        (field("x", {"type": "number_input", "action_id": "f", "is_decimal_allowed": True}), {"modal"}),
        (text_field(), {"message", "modal", "home"}),
        (actions({"type": "datetimepicker", "action_id": "d"}), {"message", "modal"}),
        ({"type": "markdown", "text": "x"}, {"message"}),
        ({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}, {"message"}),
        ({"type": "carousel", "elements": [{"type": "card", "title": plain("x")}]}, {"message", "home"}),
        ({"type": "card", "title": plain("x")}, {"message", "modal", "home"}),
        (chart("x", "y"), {"message"}),
        ({"type": "video"}, set()),
    ],
)
def test_which_surface_takes_which_block(block: Json, surfaces: set[str]) -> None:
    """As each block's page in Slack's reference says."""
    home = {"type": "home", "blocks": [block]}
    taken = {
        "message": not message_complaints([block]),
        "modal": not view_complaints(modal(block), "modal"),
        "home": not view_complaints(home, "home"),
    }
    assert {surface for surface, fine in taken.items() if fine} == surfaces


@pytest.mark.parametrize(
    ("part", "least"),
    [
        ({"title": plain(words(25))}, "title"),
        ({"submit": plain(words(25))}, "submit"),
        ({"close": plain(words(25))}, "close"),
        ({"private_metadata": words(3001)}, "private_metadata"),
        ({"callback_id": words(256)}, "callback_id"),
        ({"external_id": words(256)}, "external_id"),
        ({"notify_on_close": "yes"}, "notify_on_close"),
        ({"colour": "red"}, "colour"),
        ({"blocks": []}, "blocks"),
    ],
)
def test_what_a_modal_may_say_of_itself(part: Json, least: str) -> None:
    """Each key has its own limit, and unknown ones are refused."""
    assert any(least in each for each in view_complaints(modal(section("x")) | part, "modal"))


def test_options_offered_to_a_menu() -> None:
    """Up to 100, as menus hold them."""
    assert suggestion_complaints({"options": many(100)}) == []
    assert suggestion_complaints({"options": many(101)})
    assert suggestion_complaints({"option_groups": [{"label": plain("g"), "options": many(1)}]}) == []
    assert suggestion_complaints({}) and suggestion_complaints([])


def test_what_slacks_own_library_builds_is_taken() -> None:
    """Blocks built with the SDK's models pass as they are."""
    built = [
        sdk.HeaderBlock(text="Ada"),
        sdk.SectionBlock(text="x", fields=["a", "b"], accessory=sdk.ButtonElement(text="Go", action_id="go")),
        sdk.ActionsBlock(
            elements=[
                sdk.OverflowMenuElement(action_id="o", options=[sdk.Option(label="One", value="1")]),
                sdk.StaticSelectElement(action_id="s", placeholder="Pick", options=[sdk.Option(label="A", value="a")]),
            ]
        ),
        sdk.ContextBlock(elements=[sdk.PlainTextObject(text="x", emoji=False), sdk.MarkdownTextObject(text="y")]),
        sdk.CardBlock(title="t", body="b", actions=[sdk.ButtonElement(text="Go", action_id="go")]),
        sdk.DividerBlock(),
    ]
    assert message_complaints([each.to_dict() for each in built]) == []
    typed = sdk.InputBlock(label="Message", element=sdk.PlainTextInputElement(action_id="t", multiline=True))
    view = SdkView(type="modal", title="Reply", submit="Send", blocks=[typed, sdk.AlertBlock(text="x", level="info")])
    assert view_complaints(view.to_dict(), "modal") == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "text", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_whatever_is_sent_is_judged_and_nothing_breaks(value: Any) -> None:
    """Any JSON at all gets complaints or passes; it never raises."""
    message_complaints(value)
    message_complaints([value])
    view_complaints(value, "modal")
    suggestion_complaints(value)


@given(st.text())
def test_escaped_text_reads_as_it_was_written(text: str) -> None:
    """What a bot escapes shows as plain characters, whatever a stranger wrote."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert render_mrkdwn(escaped) == text


def test_blocks_read_as_people_read_them() -> None:
    """Mentions by name, links by label, buttons in brackets, plain text as it is."""
    names = {"U1": "Ada Lovelace", "C1": "inbox", "S1": "senders"}.get
    shown = render_blocks(
        [
            {
                "type": "section",
                "text": mrkdwn("<@U1> in <#C1> and <!subteam^S1>: <https://x.test|here> &lt;3 <!here>"),
            },
            section("<@U1> *plain*"),
            actions(button("Reply"), {"type": "overflow", "action_id": "o", "options": options("Contact", "History")}),
            {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]]},
            chart("x", "y"),
        ],
        lambda key: names(key) or key,
    )
    assert shown.splitlines() == [
        "@Ada Lovelace in #inbox and @senders: here <3 @here",
        "<@U1> *plain*",
        "[Reply] [… Contact / History]",
        "a | b",
        "Opt-ins",
        "a x: 1",
        "a y: 1",
    ]
