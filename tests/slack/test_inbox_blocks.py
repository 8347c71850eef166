"""How conversations, texts and notices look."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.operations.model import Operation, State
from bot.sandbox.slack import blockkit
from bot.sandbox.slack.render import render_blocks
from bot.services import contacts, texts
from bot.services.conversation_model import Conversation, Page, Text
from bot.slack.inbox import blocks, list_blocks
from tests.slack.drawn import NOON, WILD, conversation, markup, text, wild_conversations, wild_texts

OPERATION = Operation(
    id="op",
    kind=texts.REPLY,
    key="reply:1",
    payload={"text": "Hi", "conversation": 7},
    state=State.SENT,
    fence=1,
    lane=None,
    bucket=None,
    asked_by="U1",
    attempts=1,
    doubts=0,
    looks=0,
    marker=None,
    bound=None,
    result={},
    reason=None,
    reference=None,
    created_at=NOON,
    sent_at=NOON,
    lease_until=None,
)


def complaints(drawn: list[dict[str, Any]]) -> list[str]:
    """What Slack would say against these blocks."""
    return blockkit.message_complaints(
        [block if "block_id" in block else {**block, "block_id": str(at)} for at, block in enumerate(drawn)]
    )


@given(wild_conversations)
def test_whatever_the_conversation_slack_takes_its_header(one: Conversation) -> None:
    """And its fallback pings nobody."""
    assert complaints(blocks.header(one)) == []
    assert "<!" not in blocks.header_text(one)
    assert blocks.header_text(one).strip()


@given(wild_conversations, wild_texts)
def test_whatever_the_text_slack_takes_it(one: Conversation, words: Text) -> None:
    """And its fallback pings nobody but its own author."""
    assert complaints(blocks.text(words, one)) == []
    assert "<!" not in blocks.text_fallback(words, one)


@given(st.text(alphabet="qzx*_<>!@:", min_size=3, max_size=40).filter(lambda words: "q" in words))
def test_a_strangers_words_are_in_no_markup(words: str) -> None:
    """Neither on the header nor in the thread nor in the list nor in a notice."""
    one = conversation(first=words, last=None, latest_text=words)
    page = Page([one], 1, 1, 1)
    failed = replace(OPERATION, state=State.FAILED, payload={"text": words})
    drawn = [
        *blocks.header(one),
        *blocks.text(text(words), one),
        *list_blocks.inbox_page(page, "https://team.slack.com/"),
        *blocks.notice(failed, one.called),
    ]
    assert "q" not in markup(drawn).replace("requested", "")


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({}, "New"),
        ({"claimed_by": "U1"}, "Open"),
        ({"latest_incoming": False}, "Open"),
        ({"done_at": NOON}, "Done"),
        ({"done_at": NOON, "claimed_by": "U1"}, "Done"),
    ],
)
def test_the_status_words(values: dict[str, Any], status: str) -> None:
    """New: theirs is the last and nobody has claimed or answered; Open: claimed or answered; Done."""
    line = blocks.header(conversation(**values))[1]["elements"][0]["text"]
    assert f"*{status}*" in line
    assert ("claimed by <@U1>" in line) == ("claimed_by" in values)


def test_an_opted_out_person_is_marked() -> None:
    """However the status is written."""
    for status in ("OPTED_OUT", "OPTED OUT", "opted out"):
        assert "opted out" in blocks.header(conversation(subscriber_status=status))[1]["elements"][0]["text"]


def test_a_text_that_failed_says_so() -> None:
    """Clearstream's status stands beside the time; the usual ones do not."""
    one = conversation()
    assert "FAILED" in str(blocks.text(text(incoming=False, status="FAILED"), one))
    for usual in ("QUEUED", "SENT", "delivered", None):
        assert ":warning:" not in str(blocks.text(text(incoming=False, status=usual), one))


def test_only_a_mention_alone_is_a_mention() -> None:
    """A name that holds one, or something like one, is shown as characters."""
    one = conversation()
    mention = blocks.text(text(incoming=False, author="<@U1>"), one)[0]["elements"][0]
    assert mention == {"type": "mrkdwn", "text": "↩ <@U1>"}
    for name in ("<@U1> <!here>", "<@u1>", "Robert", "<!channel>"):
        assert blocks.text(text(incoming=False, author=name), one)[0]["elements"][0]["type"] == "plain_text"


@given(st.sampled_from(list(State)), WILD, st.none() | WILD, st.sampled_from([texts.REPLY, contacts.OPT_OUT]))
def test_whatever_became_of_it_slack_takes_the_notice(state: State, words: str, reason: str | None, kind: str) -> None:
    """And it pings nobody but who asked."""
    operation = replace(OPERATION, state=state, reason=reason, kind=kind, payload={"text": words})
    drawn = blocks.notice(operation, "Jane Doe")
    assert complaints(drawn) == []
    assert "<!" not in blocks.notice_text(operation, "<!channel>").replace("<!subteam", "")


def test_unconfirmed_offers_to_decide() -> None:
    """With the word, the text, and what the risk is."""
    drawn = blocks.notice(replace(OPERATION, state=State.UNCONFIRMED, reference="abc"), "Jane Doe")
    shown = render_blocks(drawn)
    assert "*Unconfirmed*" in shown
    assert "Hi" in shown
    assert "[Check again] [Send anyway] [Leave it]" in shown
    assert "reference `abc`" in shown


@given(st.lists(wild_conversations, max_size=8), st.integers(min_value=1, max_value=3))
def test_whatever_is_listed_slack_takes_the_list(found: list[Conversation], page: int) -> None:
    """A full page of whatever conversations."""
    distinct = [replace(one, id=number) for number, one in enumerate(found)]
    listed = Page(distinct, page, 3, 20)
    assert complaints(list_blocks.inbox_page(listed, "https://team.slack.com/", "@somebody was faster")) == []


def test_the_summary_counts_in_words() -> None:
    """One conversation, several, none."""
    assert "1 conversation*" in blocks.summary_text(1, 0)
    assert "1,234 conversations*" in blocks.summary_text(1234, 56)
    assert len(blocks.summary(3, 0)) == 1
