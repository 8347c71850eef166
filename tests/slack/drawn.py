"""Conversations and texts to draw, wild ones too."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from bot.services.conversation_model import Conversation, Text

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

ROW: Mapping[str, Any] = {
    "id": 7,
    "number": "+12005551000",
    "first": "Jane",
    "last": "Doe",
    "email": None,
    "subscriber_status": "ACTIVE",
    "claimed_by": None,
    "latest_text": "Hello",
    "latest_incoming": True,
    "newest_at": NOON,
    "newest_id": 12,
    "reply_count": 1,
    "channel": "C1",
    "root_ts": "1772442000.000100",
    "root_generation": 0,
    "gone_at": None,
    "done_at": None,
}

WILD = st.text(max_size=300) | st.text(alphabet="<>&!@#*_~`:|\u202e\u200b\n x", max_size=300)


def conversation(**values: Any) -> Conversation:
    """Jane's conversation, with these things otherwise."""
    return Conversation.of({**ROW, **values})


def text(body: str = "Hello", *, incoming: bool = True, author: str | None = None, status: str | None = None) -> Text:
    """One text."""
    return Text(12, incoming, body, NOON, author, status)


wild_conversations = st.builds(
    conversation,
    first=st.none() | WILD,
    last=st.none() | WILD,
    latest_text=st.none() | WILD | st.text(min_size=2990, max_size=3100),
    latest_incoming=st.booleans(),
    claimed_by=st.none() | st.just("U1"),
    subscriber_status=st.none() | WILD,
    done_at=st.none() | st.just(NOON),
    gone_at=st.none() | st.just(NOON),
    root_ts=st.none() | st.just("1772442000.000100"),
)

wild_texts = st.builds(
    lambda body, incoming, author, status: text(body, incoming=incoming, author=author, status=status),
    WILD,
    st.booleans(),
    st.none() | WILD | st.just("<@U1>"),
    st.none() | WILD,
)


def markup(part: Any) -> str:
    """All that Slack would read as markup in these blocks."""
    if isinstance(part, list):
        return "\n".join(markup(each) for each in part)
    if not isinstance(part, dict):
        return ""
    own = str(part["text"]) if part.get("type") == "mrkdwn" or part.get("emoji") else ""
    return "\n".join([own, *(markup(value) for value in part.values() if isinstance(value, dict | list))])
