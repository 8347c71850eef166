"""What Clearstream tells by itself."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clearstream import webhooks
from bot.errors import Invalid
from tests.clearstream.conftest import sample


def told(event: Any, data: Any = None, **more: Any) -> webhooks.Event:
    """The event in a body that says so."""
    return webhooks.parse(json.dumps({"event": event, "data": data, **more}).encode())


def test_a_keyword_was_used() -> None:
    """The document's sample, whole."""
    event = webhooks.parse(json.dumps(sample("keyword_used")).encode())
    assert isinstance(event, webhooks.KeywordUsed)
    assert (event.keyword.name, event.keyword.shortcode) == ("bluesushi", "55498")
    assert event.thread is not None and event.thread.id == 152390
    assert event.reply is not None and (event.reply.id, event.reply.text) == (935094, "bluesushi Great meal!")
    assert event.subscriber.mobile_number == "+12005551000"
    assert event.created_at is not None and event.created_at.isoformat() == "2016-06-12T10:00:00+00:00"


@pytest.mark.parametrize("nothing", [{}, {"thread": None, "reply": None}, {"thread": [], "reply": []}])
def test_the_text_may_have_been_only_the_keyword(nothing: dict[str, Any]) -> None:
    """Then there is no conversation to go with it."""
    event = told("keyword.used", {"keyword": {"name": "bluesushi"}, **nothing})
    assert isinstance(event, webhooks.KeywordUsed)
    assert (event.thread, event.reply) == (None, None)


def test_the_same_event_twice_has_the_same_key() -> None:
    """A text is known by its id however it is delivered; an event without one by all it says."""
    used = sample("keyword_used")
    again = {**used, "attempt": 2}
    first, second = (webhooks.parse(json.dumps(each).encode()) for each in (used, again))
    assert first.key == second.key
    keyword = {"keyword": {"name": "bluesushi"}}
    same = [told("keyword.used", keyword, created_at=f"2016-06-12T10:00:0{n}Z").key for n in (0, 0, 1)]
    assert same[0] == same[1] != same[2]


@pytest.mark.parametrize("field", ["text", "body"])
def test_a_text_was_received(field: str) -> None:
    """Its words stand in ``text`` or in ``body``."""
    event = told("text.received", {field: "Hello", "subscriber": {"mobile_number": "+12005551000"}})
    assert isinstance(event, webhooks.TextReceived)
    assert (event.text, event.subscriber.mobile_number) == ("Hello", "+12005551000")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("text.failed", webhooks.TextFailed),
        ("message.report", webhooks.MessageReport),
        ("list.renamed", webhooks.UnknownEvent),
    ],
)
def test_what_is_not_documented_is_kept_as_it_is(name: str, kind: type[webhooks.Event]) -> None:
    """Its data comes along unread."""
    event = told(name, {"anything": [1]})
    assert type(event) is kind
    assert event.event == name
    assert getattr(event, "data") == {"anything": [1]}  # noqa: B009


@pytest.mark.parametrize("data", [None, [], "x", {"keyword": "bluesushi"}, {"keyword": {}}])
def test_a_known_event_with_odd_contents_is_still_an_event(data: Any) -> None:
    """It wakes the poll like any other."""
    assert type(told("keyword.used", data)) is webhooks.UnknownEvent


@pytest.mark.parametrize("body", [b"", b"hello", b"[]", b"5", b"{}", b'{"event": 5}', b'{"event": ""}', b"\xff\xfe"])
def test_what_is_no_event_is_refused(body: bytes) -> None:
    """It must be JSON and name its event."""
    with pytest.raises(Invalid):
        webhooks.parse(body)


@given(
    st.sampled_from(["keyword.used", "text.received", "text.failed", "other"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["keyword", "thread", "reply", "id", "text", "body", "name", "subscriber", "key", "event"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    ),
)
def test_no_contents_break_it(name: str, data: Any) -> None:
    """Any event with a name is an event of that name."""
    assert told(name, data).event == name


def test_a_keyword_may_be_answered_with_a_text() -> None:
    """The document's sample is what is built; what does not fit is refused by the document's names."""
    said = sample("keyword_used_response")
    assert webhooks.response(**said["response"]) == said
    with pytest.raises(Invalid) as caught:
        webhooks.response("", "☺")
    assert set(caught.value.fields) == {"response__header", "response__body"}
    webhooks.response("x" * 58, "y" * 100)
    with pytest.raises(Invalid, match="1 character too long"):
        webhooks.response("x" * 58, "y" * 101)
