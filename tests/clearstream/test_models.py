"""Reading what Clearstream answers: the document's samples, and liberally beyond them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.clearstream import models
from bot.clearstream.reading import UNDATED, Model
from tests.clearstream.conftest import SAMPLES, sample

CONTENTS: dict[str, type[Model]] = {
    "account": models.Account,
    "list": models.List,
    "lists": models.List,
    "user": models.User,
    "users": models.User,
    "subscriber": models.Subscriber,
    "subscribers": models.Subscriber,
    "keyword": models.Keyword,
    "keywords": models.Keyword,
    "message": models.Message,
    "messages": models.Message,
    "thread": models.Thread,
    "threads": models.Thread,
    "replies": models.Reply,
    "reply": models.Reply,
}
THINGS = sorted(
    path.stem
    for path in SAMPLES.glob("*.json")
    if not path.stem.startswith("delete") and path.stem.split("_")[0] != "keyword"
)


def content(name: str) -> tuple[type[Model], list[Any]]:
    """The model a sample is of, and the things in it."""
    subject = "subscribers" if name == "view_subscribers_for_a_list" else name.rsplit("_", maxsplit=1)[-1]
    data = sample(name)["data"]
    return CONTENTS[subject], data if isinstance(data, list) else [data]


def within(said: Any, understood: Any) -> bool:
    """Whether everything a sample says came through, whatever its type became."""
    if isinstance(said, dict):
        return all(within(value, understood.get(name)) for name, value in said.items())
    if isinstance(said, list) and said:
        return len(said) == len(understood) and all(map(within, said, understood))
    return understood == said or (said == [] and understood in (None, []))


@pytest.mark.parametrize("name", THINGS)
def test_a_sample_is_understood_whole(name: str) -> None:
    """Nothing the document shows is lost in reading it."""
    model, things = content(name)
    assert things
    for thing in things:
        assert within(thing, model.model_validate(thing).model_dump(mode="json"))


@pytest.mark.parametrize("name", THINGS)
def test_unknown_fields_are_left_out(name: str) -> None:
    """What a later version adds, anywhere, changes nothing."""

    def with_more(value: Any) -> Any:
        if isinstance(value, dict):
            more = {} if value and all(key[:2] == "20" for key in value) else {"new_field": {"deep": [1]}}
            return {name: with_more(item) for name, item in value.items()} | more
        return [with_more(item) for item in value] if isinstance(value, list) else value

    model, things = content(name)
    for thing in things:
        assert model.model_validate(with_more(thing)) == model.model_validate(thing)


@pytest.mark.parametrize("nothing", [None, []])
@pytest.mark.parametrize(
    ("model", "needed"),
    [
        (models.Account, {}),
        (models.User, {"email": "sue@blue.sushi"}),
        (models.List, {"id": 1}),
        (models.Subscriber, {}),
        (models.Keyword, {"name": "sushi"}),
        (models.Message, {"id": 1}),
        (models.Thread, {"id": 1}),
        (models.Reply, {"id": 1, "incoming": True}),
    ],
)
def test_saying_nothing_is_no_error(model: type[Model], needed: dict[str, Any], nothing: Any) -> None:
    """Missing, null and ``[]`` are the same for everything that can be missing."""
    silent = {name: nothing for name in model.model_fields if name not in needed}
    assert model.model_validate({**silent, **needed}) == model.model_validate(needed)


def test_what_identifies_a_thing_is_needed() -> None:
    """A reply without an id cannot be told from others; the error does not quote what people wrote."""
    with pytest.raises(ValidationError) as caught:
        models.Reply.model_validate({"text": "secret", "incoming": True})
    assert "secret" not in str(caught.value)


NOON = datetime(2016, 6, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    ["2016-06-10T12:00:00Z", "2016-06-10T12:00:00+00:00", "2016-06-10T08:00:00-04:00", "2016-06-10 12:00:00"],
)
def test_times_are_aware_and_in_utc(said: str) -> None:
    """Z, an offset, or neither."""
    reply = models.Reply.model_validate({"id": 1, "incoming": True, "sent_at": said})
    assert reply.sent_at == NOON and reply.sent_at.tzinfo is UTC


@pytest.mark.parametrize("said", ["", "0000-00-00 00:00:00", "-0001-11-30T00:00:00+00:00", "soon", {}])
def test_a_time_that_cannot_be_read_loses_nothing(said: Any) -> None:
    """The text stays, at the beginning of time; elsewhere such a time is "never"."""
    thread = models.Thread.model_validate(
        {"id": 1, "replied_at": said, "recent_replies": [{"id": 2, "incoming": True, "text": "Hi", "sent_at": said}]}
    )
    assert thread.replied_at is None
    assert thread.recent_replies[0].sent_at == UNDATED


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.lists(st.integers())))
def test_no_time_breaks_a_conversation(said: Any) -> None:
    """Whatever stands where a time should be."""
    reply = models.Reply.model_validate({"id": 1, "incoming": True, "sent_at": said})
    assert reply.sent_at.tzinfo is UTC


def test_the_sender_of_a_text_from_outside_is_nobody() -> None:
    """``user: []`` is the document's null; a text of the team names its sender. Newest first."""
    thread = models.Thread.model_validate(sample("view_all_threads")["data"][1])
    assert [reply.user and reply.user.name for reply in thread.recent_replies] == ["Robert", "Robert", None]
    assert [reply.id for reply in thread.recent_replies] == [118000, 117999, 117980]


def test_sending_never_took_less_than_no_time() -> None:
    """The document's own sample ends before it began."""
    first, second = map(models.Message.model_validate, sample("view_all_messages")["data"])
    assert (first.seconds, second.seconds) == (0, 1)
    assert models.Message(id=1).seconds is None


def test_a_scheduled_message_is_known_by_its_time() -> None:
    """Its status is not documented: an unknown one with a time to come."""
    later = {"id": 1, "sent_at": "2016-06-10T13:00:00Z"}
    assert models.Message.model_validate({**later, "status": "SCHEDULED"}).is_scheduled(NOON)
    assert models.Message.model_validate(later).is_scheduled(NOON)
    assert not models.Message.model_validate({**later, "status": "SENT"}).is_scheduled(NOON)
    assert not models.Message(id=1, status="SCHEDULED").is_scheduled(NOON)


def test_opt_ins_come_by_day() -> None:
    """The chart's days are dates; the time zone stands in either of the two places the document shows."""
    viewed, updated = (models.Account.model_validate(sample(n)["data"]) for n in ("view_account", "update_account"))
    assert viewed.stats.opt_ins.past_7_days.chart.day[date(2016, 6, 1)] == 15
    assert (viewed.stats.timezone, updated.stats.opt_ins.past_7_days.chart.timezone) == ("UTC", "UTC")


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [("Jane", "Doe", "Jane Doe"), (None, "Doe", "Doe"), (" Jane ", "", "Jane"), (None, None, None), ("", " ", None)],
)
def test_a_persons_name(first: str | None, last: str | None, name: str | None) -> None:
    """As far as it is known."""
    assert models.Subscriber(first=first, last=last).name == name
