"""What a conversation's status is, and what people are called."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.clearstream.models import Reply
from bot.services.contacts import searches_for
from bot.services.conversation_model import Status, Text, name_of, status_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

rows = st.fixed_dictionaries(
    {
        "done_at": st.none() | st.just(NOW),
        "claimed_by": st.none() | st.just("U1"),
        "latest_incoming": st.none() | st.booleans(),
    }
)


@given(rows)
def test_new_open_and_done(row: dict[str, object]) -> None:
    """Done where it was said and nothing came since; New where theirs is the last and nobody claimed; else Open."""
    status = status_of(row)
    assert (status is Status.DONE) == (row["done_at"] is not None)
    if status is Status.NEW:
        assert row["claimed_by"] is None
        assert row["latest_incoming"] is not False
    if status is Status.OPEN:
        assert row["claimed_by"] is not None or row["latest_incoming"] is False


@given(st.none() | st.text(max_size=300), st.none() | st.text(max_size=300))
def test_a_name_is_one_short_line_or_none(first: str | None, last: str | None) -> None:
    """However it is stored in Clearstream."""
    name = name_of(first, last)
    assert name is None or (0 < len(name) <= 80 and name == " ".join(name.split()))


def test_names_are_put_together() -> None:
    """With one part missing, or both."""
    assert name_of("Jane", "Doe") == "Jane Doe"
    assert name_of(None, " Doe ") == "Doe"
    assert name_of("", None) is None
    assert name_of("\n", "  ") is None


def test_a_reply_from_clearstream_has_its_site_user_as_author() -> None:
    """Incoming ones have none."""
    user = {"id": 1, "name": None, "email": "robert@blue.sushi"}
    out = Reply.model_validate({"id": 1, "incoming": False, "text": "Hi", "user": user, "status": "SENT"})
    came = Reply.model_validate({"id": 2, "incoming": True, "text": "Hi", "user": user})
    assert Text.from_reply(out).author == "robert@blue.sushi"
    assert Text.from_reply(out).status == "SENT"
    assert Text.from_reply(came).author is None


def test_how_people_are_searched() -> None:
    """Digits as part of a number; names by every likely split, then as one of the two."""
    assert [each.query() for each in searches_for("(555) 1000")] == [{"mobile_number": "5551000"}]
    assert [each.query() for each in searches_for("Jane")] == [{"first": "Jane", "last": "Jane", "operator": "or"}]
    assert [(each.first, each.last, each.operator) for each in searches_for("Mary Ann Smith")] == [
        ("Mary", "Ann Smith", "and"),
        ("Mary Ann", "Smith", "and"),
        ("Mary Ann Smith", "Mary Ann Smith", "or"),
    ]
    assert len(searches_for("Jane Doe")) == 2
