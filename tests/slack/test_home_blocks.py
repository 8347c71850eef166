"""How App Home looks, whatever is on it."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clarity.models import Call
from bot.sandbox.slack import blockkit
from bot.services.broadcast_audience import KnownAccount
from bot.services.broadcast_fields import Fields
from bot.services.broadcast_model import Broadcast
from bot.services.conversation_model import Conversation
from bot.services.followed import Followed
from bot.services.home import BROADCASTS, CALLS, CLAIMED, NEW, WAITING, Home, Missing, Rights, Sendable, Some
from bot.slack.home import blocks
from tests.slack.drawn import NOON, WILD, markup, wild_conversations

ALL = Rights(*[True] * 8)
TEAM = "https://blue-sushi.slack.com/"


def full(conversations: list[Conversation], words: str, rights: Rights) -> Home:
    """A Home with as much on it as there can be."""
    numbered = [Conversation(**{**vars(one), "id": place}) for place, one in enumerate(conversations)]
    soon = NOON + timedelta(hours=2)
    calls = [
        Followed("shared", Call(id=n, expert_id=6, seeker_id=7, reason=words, expires_at=soon), waits_for_us=True)
        for n in range(CALLS)
    ]
    sent = [
        Sendable(Broadcast(f"b{n}", 1, WAITING[n % 3], "U2", Fields((1,), header="H", body=words)), n)
        for n in range(BROADCASTS)
    ]
    return Home(
        "U1", rights, NOON, Some(tuple(numbered[:CLAIMED]), 999), Some(tuple(numbered[CLAIMED:]), 10_000),
        Some(tuple(calls), 9), {}, {"shared": 6}, Some(tuple(sent), 9), KnownAccount("B", 12, NOON),
        credits_low=True, missing=tuple(Missing), held=2, held_why=words, read_at=NOON,
    )  # fmt: skip


@settings(max_examples=25)
@given(st.lists(wild_conversations, min_size=2, max_size=2), WILD, st.builds(Rights, *[st.booleans()] * 8))
def test_whatever_is_on_it_slack_takes_it(conversations: list[Conversation], words: str, rights: Rights) -> None:
    """As much as there can be, for somebody with any rights: within the hundred blocks, and nothing of it is markup."""
    for each in (ALL, rights):
        home = full(conversations * ((CLAIMED + NEW) // 2), f"<!channel> {words}", each)
        view = blocks.view(home, TEAM, "<@U1> can.")
        assert blockkit.view_complaints(view, "home") == []
        assert "<!channel>" not in markup(view["blocks"])


def test_buttons_are_for_who_may_press_them() -> None:
    """Who may only read sees no button that changes anything, but the ones that lead somewhere."""
    one = full([], "Words", Rights(read=True))
    pressed = [
        element["text"]["text"]
        for block in blocks.view(one, TEAM, "<@U1> can.")["blocks"]
        for element in block.get("elements", ())
        if element["type"] == "button"
    ]
    assert pressed == ["Inbox"]
